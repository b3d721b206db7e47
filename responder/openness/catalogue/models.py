"""Columns of the catalogue (目录栏目), their adjustments, and what was published in them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit
from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.openness.catalogue.rules import CADENCE_LABELS, Cadence, LimitUnit, limit_words


class KeyArea(Audited, Base):
    """A key area (重点领域); retired, it is offered no more and keeps its columns."""

    __tablename__ = "key_area"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    source: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}


class CheckKind(Audited, Base):
    """What the check of government sites takes a column for (网站检查类别), and for how long it
    may stand still: ``limit`` days or months, as ``source`` has it.
    """

    __tablename__ = "site_check_kind"
    __table_args__ = (CheckConstraint('"limit" >= 1', name="limit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    limit: Mapped[int]
    limit_unit: Mapped[LimitUnit] = mapped_column(choice(LimitUnit, "limit_unit"))
    source: Mapped[str] = mapped_column(String(200), default="")
    version_id: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def limit_label(self) -> str:
        return limit_words(self.limit, self.limit_unit)


class CatalogueColumn(Audited, Base):
    """A column of the catalogue (目录栏目). ``unit``: who keeps it up to date (责任单位).

    ``valid_to`` is its last day: after it the column takes nothing, and keeps what stands in it.
    """

    __tablename__ = "catalogue_column"
    __table_args__ = (CheckConstraint("valid_to >= valid_from", name="valid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_column.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    valid_from: Mapped[date] = mapped_column(index=True)
    valid_to: Mapped[date | None]
    cadence: Mapped[Cadence] = mapped_column(choice(Cadence, "cadence"))
    check_kind_id: Mapped[int | None] = mapped_column(ForeignKey("site_check_kind.id"))
    key_area_id: Mapped[int | None] = mapped_column(ForeignKey("key_area.id"), index=True)
    version_id: Mapped[int] = mapped_column(default=1)
    parent: Mapped[CatalogueColumn | None] = relationship(remote_side="CatalogueColumn.id")
    unit: Mapped[Unit] = relationship()
    check_kind: Mapped[CheckKind | None] = relationship()
    key_area: Mapped[KeyArea | None] = relationship()
    feed: Mapped[ColumnFeed | None] = relationship(back_populates="column", uselist=False)

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def cadence_label(self) -> str:
        return CADENCE_LABELS[self.cadence]

    def takes(self, day: date) -> bool:
        """Whether something published on a day belongs here."""
        return self.valid_to is None or day <= self.valid_to

    def is_valid(self, day: date) -> bool:
        return self.valid_from <= day and self.takes(day)


class AdjustmentKind(StrEnum):
    """What was done to a column."""

    ADDED = "added"
    CHANGED = "changed"
    RETIRED = "retired"
    RESTORED = "restored"


ADJUSTMENT_LABELS = {
    AdjustmentKind.ADDED: "新增",
    AdjustmentKind.CHANGED: "调整",
    AdjustmentKind.RETIRED: "停用",
    AdjustmentKind.RESTORED: "恢复",
}


class ColumnAdjustment(Base):
    """A line of the adjustments (目录调整记录). Never changed itself.

    ``on`` is the day from which it holds, ``changes`` holds ``{label: [before, after], …}`` as
    people read it, ``name`` what the column was called from then on.
    """

    __tablename__ = "column_adjustment"

    id: Mapped[int] = mapped_column(primary_key=True)
    column_id: Mapped[int] = mapped_column(ForeignKey("catalogue_column.id"), index=True)
    kind: Mapped[AdjustmentKind] = mapped_column(choice(AdjustmentKind, "kind"))
    on: Mapped[date] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(100))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    by_name: Mapped[str] = mapped_column(String(64))
    column: Mapped[CatalogueColumn] = relationship()

    @property
    def kind_label(self) -> str:
        return ADJUSTMENT_LABELS[self.kind]


class Way(StrEnum):
    """How an item came to be registered."""

    MANUAL = "manual"
    IMPORT = "import"
    OWN = "own"
    FEED = "feed"


WAY_LABELS = {
    Way.MANUAL: "手工登记",
    Way.IMPORT: "表格导入",
    Way.OWN: "本系统发布",
    Way.FEED: "站点订阅",
}


class Publication(Audited, Base):
    """Something published (公开信息), once in its column.

    Known by its index number, by its address, or by its title and day; empty ones are null, so
    that the database itself lets nobody in twice. ``own_key`` names what this product published
    itself: ``entry:12``.
    """

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("column_id", "url"),
        UniqueConstraint("column_id", "published_on", "title"),
    )
    __audit_creation__ = False  # they come by the thousand; a batch says it

    id: Mapped[int] = mapped_column(primary_key=True)
    column_id: Mapped[int] = mapped_column(ForeignKey("catalogue_column.id"))
    title: Mapped[str] = mapped_column(String(300))
    url: Mapped[str | None] = mapped_column(String(500))
    published_on: Mapped[date] = mapped_column(index=True)
    index_number: Mapped[str | None] = mapped_column(String(64), unique=True)
    way: Mapped[Way] = mapped_column(choice(Way, "way"))
    own_key: Mapped[str | None] = mapped_column(String(48), unique=True)
    registered_at: Mapped[datetime]
    version_id: Mapped[int] = mapped_column(default=1, server_default="1")
    column: Mapped[CatalogueColumn] = relationship()

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def way_label(self) -> str:
        return WAY_LABELS[self.way]


class PublicationBatch(Audited, Base):
    """That many items came in at once: a table, what the product published, or a feed."""

    __tablename__ = "publication_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    way: Mapped[Way] = mapped_column(choice(Way, "way"))
    name: Mapped[str] = mapped_column(String(255), default="")
    rows: Mapped[int]
    created: Mapped[int]
    duplicates: Mapped[int]
    errors: Mapped[int]
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(String(64))


class OwnKind(StrEnum):
    """What this product publishes itself."""

    CONCERN = "concern"
    DOCUMENT = "document"
    INTERPRETATION = "interpretation"


OWN_LABELS = {
    OwnKind.CONCERN: "回应关切",
    OwnKind.DOCUMENT: "政策文件",
    OwnKind.INTERPRETATION: "政策解读",
}


class OwnMapping(Audited, Base):
    """Into which column goes what this product publishes (栏目对应).

    ``detail`` is a document's level, or the code of an interpretation's column; empty for all
    that no other line names.
    """

    __tablename__ = "own_mapping"
    __table_args__ = (UniqueConstraint("kind", "detail"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OwnKind] = mapped_column(choice(OwnKind, "kind"))
    detail: Mapped[str] = mapped_column(String(64), default="")
    column_id: Mapped[int] = mapped_column(ForeignKey("catalogue_column.id"))
    column: Mapped[CatalogueColumn] = relationship()


class FeedState(StrEnum):
    """Whether the feed of a column is read; one that failed is tried again, ever later."""

    ACTIVE = "active"
    FAILING = "failing"
    PAUSED = "paused"


FEED_LABELS = {
    FeedState.ACTIVE: "运行中",
    FeedState.FAILING: "出错",
    FeedState.PAUSED: "已暂停",
}

# What the runs write; a person's change of the rest is in the audit trail.
FEED_RUN_COLUMNS = frozenset({
    "cursor", "last_run_at", "last_success_at", "next_run_at", "errors", "last_error", "fetched",
    "created", "refused", "claim", "claimed_until",
})  # fmt: skip


class ColumnFeed(Audited, Base):
    """The site's own feed of a column (栏目订阅): RSS, Atom or JSON Feed.

    ``cursor`` holds what the last answer said of itself, ``errors`` the failed runs since the last
    good one. Whoever reads it holds ``claim`` until ``claimed_until``. Counts are over all runs.
    ``version_id`` counts what people change alone: a run must not disturb whoever edits.
    """

    __tablename__ = "column_feed"
    __audit_skip__ = FEED_RUN_COLUMNS

    id: Mapped[int] = mapped_column(primary_key=True)
    column_id: Mapped[int] = mapped_column(ForeignKey("catalogue_column.id"), unique=True)
    url: Mapped[str] = mapped_column(String(500))
    interval_minutes: Mapped[int]
    state: Mapped[FeedState] = mapped_column(choice(FeedState, "state"), default=FeedState.ACTIVE)
    cursor: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    last_run_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    next_run_at: Mapped[datetime] = mapped_column(index=True)
    errors: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    fetched: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None]
    version_id: Mapped[int] = mapped_column(default=1)
    column: Mapped[CatalogueColumn] = relationship(back_populates="feed")

    @property
    def state_label(self) -> str:
        return FEED_LABELS[self.state]
