"""The annual release plan (新闻发布计划), press events (发布活动), and their topics."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import Unit
from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.topics.models import Topic

_EMPTY = text("''")


class Form(StrEnum):
    """How something is released (发布形式)."""

    CONFERENCE = "conference"
    BRIEFING = "briefing"
    POLICY_BRIEFING = "policy_briefing"
    RECEPTION = "reception"
    MEDIA_FORUM = "media_forum"
    ONLINE_RELEASE = "online_release"
    ONLINE_INTERVIEW = "online_interview"


FORM_LABELS = {
    Form.CONFERENCE: "新闻发布会",
    Form.BRIEFING: "新闻通气会",
    Form.POLICY_BRIEFING: "政策吹风会",
    Form.RECEPTION: "记者招待会",
    Form.MEDIA_FORUM: "媒体座谈会",
    Form.ONLINE_RELEASE: "网络发布",
    Form.ONLINE_INTERVIEW: "在线访谈",
}


class PlanState(StrEnum):
    """Whether the year's plan has been adopted by a meeting."""

    DRAFT = "draft"
    ADOPTED = "adopted"


PLAN_STATE_LABELS = {PlanState.DRAFT: "草案", PlanState.ADOPTED: "已审议通过"}


class EntryState(StrEnum):
    """What became of a row that a unit sent in, or of one that was adopted."""

    PROPOSED = "proposed"
    LISTED = "listed"
    DECLINED = "declined"
    DROPPED = "dropped"


ENTRY_STATE_LABELS = {
    EntryState.PROPOSED: "单位报送，待列入",
    EntryState.LISTED: "已列入",
    EntryState.DECLINED: "未列入",
    EntryState.DROPPED: "已取消",
}


class EventState(StrEnum):
    """Where a press event stands; the arrows are in ``lifecycle.py``."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    PREPARING = "preparing"
    CONFIRMED = "confirmed"
    HELD = "held"
    EVALUATED = "evaluated"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class SpeakerRank(StrEnum):
    """Who speaks for a unit (发布人身份), from whoever it sends to its head."""

    OTHER = "other"
    LEADER = "leader"
    HEAD = "head"

    def counts_as(self, least: SpeakerRank) -> bool:
        """Whether it will do where ``least`` is asked: the head is one of the leaders, too."""
        order = list(SpeakerRank)
        return order.index(self) >= order.index(least)


SPEAKER_RANK_LABELS = {
    SpeakerRank.OTHER: "其他",
    SpeakerRank.LEADER: "负责同志",
    SpeakerRank.HEAD: "主要负责人",
}


class LinkState(StrEnum):
    """What a person said of a suggested link."""

    SUGGESTED = "suggested"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class ReleasePlan(Audited, Base):
    """A year's plan (年度新闻发布计划).

    ``minutes_number`` is that of the minutes of the meeting that adopted it (会议纪要文号).
    """

    __tablename__ = "release_plan"
    # Its lifecycle tells of all these.
    __audit_skip__ = frozenset(
        {"state", "adopted_on", "adopted_by", "minutes_number", "submitted_at"}
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(100))
    state: Mapped[PlanState] = mapped_column(choice(PlanState, "state"))
    adopted_on: Mapped[date | None]
    adopted_by: Mapped[str] = mapped_column(String(100), default="")
    submitted_at: Mapped[datetime | None]
    minutes_number: Mapped[str] = mapped_column(String(64), default="", server_default=_EMPTY)
    version_id: Mapped[int] = mapped_column(default=1)
    entries: Mapped[list[PlanEntry]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="PlanEntry.number"
    )

    __mapper_args__ = {"version_id_col": version_id}


class PlanEntry(Audited, Base):
    """A row of the plan (计划条目). Often only the month is known.

    ``number`` is its place in the table; below 0 it has none (sent in, or declined).
    ``entered_at`` is when a person typed it, None for one that came another way. What happens
    to it after the plan was adopted stands in the change table (``plans.models.PlanChange``).
    """

    __tablename__ = "plan_entry"
    __audit_skip__ = frozenset({"state", "proposed_by_id", "entered_at"})  # lines of their own
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        CheckConstraint("day IS NULL OR day BETWEEN 1 AND 31", name="day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("release_plan.id", ondelete="CASCADE"))
    number: Mapped[int]
    theme: Mapped[str] = mapped_column(String(200))
    form: Mapped[Form] = mapped_column(choice(Form, "form"))
    month: Mapped[int]
    day: Mapped[int | None]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    speaker: Mapped[str] = mapped_column(String(64), default="")
    basis: Mapped[str] = mapped_column(String(300), default="")
    remark: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[EntryState] = mapped_column(
        choice(EntryState, "entry_state"), default=EntryState.LISTED, server_default="listed"
    )
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime | None]
    version_id: Mapped[int] = mapped_column(default=1, server_default="1")
    plan: Mapped[ReleasePlan] = relationship(back_populates="entries")
    unit: Mapped[Unit] = relationship()
    events: Mapped[list[PressEvent]] = relationship(back_populates="plan_entry")

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def form_label(self) -> str:
        return FORM_LABELS[self.form]


def _new_uid() -> str:
    return str(uuid4())


class PressEvent(Audited, Base):
    """Something held for the press on a day (发布活动).

    ``ends_at`` None: nobody said how long. ``all_day``: only the day is known, and
    ``starts_at`` is its first moment in the office's zone. ``speaker_rank``: whether one of the
    unit's leaders, or its head, speaks in person. ``wording`` is what the office will say
    (口径), ``transcript`` what was said (实录), ``evaluation`` what came of it (效果评估).

    ``uid`` and ``sequence`` are those of iCalendar (RFC 5545): calendars elsewhere know the
    event by the one and take a change by the other. ``changed_at`` is the last such change.
    Of an event that a calendar file brought, ``imported_sequence`` is the version of the file
    that was last taken, and ``series_uid`` the recurring entry that it is an occurrence of.
    ``series_at`` is when it would be held by the rule of its series alone.

    ``changed_since_approval``: theme, form or unit changed while it was postponed, so that it
    has to be approved again when it is taken up.
    """

    __tablename__ = "press_event"
    # The lifecycle tells of states; who proposed is whoever its line, or the change, names.
    __audit_skip__ = frozenset(
        {"state", "proposed_by_id", "uid", "sequence", "imported_sequence", "series_uid",
         "changed_at", "series_at", "changed_since_approval"}
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_entry_id: Mapped[int | None] = mapped_column(ForeignKey("plan_entry.id"))
    theme: Mapped[str] = mapped_column(String(200))
    form: Mapped[Form] = mapped_column(choice(Form, "form"))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    place: Mapped[str] = mapped_column(String(200), default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    speaker: Mapped[str] = mapped_column(String(64), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[EventState] = mapped_column(
        choice(EventState, "state"), default=EventState.PROPOSED
    )
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ends_at: Mapped[datetime | None]
    all_day: Mapped[bool] = mapped_column(default=False, server_default=false())
    speaker_rank: Mapped[SpeakerRank] = mapped_column(
        choice(SpeakerRank, "speaker_rank"), default=SpeakerRank.OTHER, server_default="other"
    )
    host: Mapped[str] = mapped_column(String(64), default="", server_default=_EMPTY)
    attendees: Mapped[str] = mapped_column(Text, default="", server_default=_EMPTY)
    wording: Mapped[str] = mapped_column(Text, default="", server_default=_EMPTY)
    spokesperson_opinion: Mapped[str] = mapped_column(
        String(500), default="", server_default=_EMPTY
    )
    leader_opinion: Mapped[str] = mapped_column(String(500), default="", server_default=_EMPTY)
    transcript: Mapped[str] = mapped_column(Text, default="", server_default=_EMPTY)
    evaluation: Mapped[str] = mapped_column(Text, default="", server_default=_EMPTY)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("event_series.id"), index=True)
    series_at: Mapped[datetime | None]
    uid: Mapped[str] = mapped_column(
        String(255), default=_new_uid, server_default=_EMPTY, index=True, unique=True
    )
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    imported_sequence: Mapped[int | None]
    series_uid: Mapped[str | None] = mapped_column(String(255), index=True)
    changed_at: Mapped[datetime | None]
    changed_since_approval: Mapped[bool] = mapped_column(default=False, server_default=false())
    version_id: Mapped[int] = mapped_column(default=1)
    plan_entry: Mapped[PlanEntry | None] = relationship(back_populates="events")
    unit: Mapped[Unit] = relationship()
    links: Mapped[list[TopicEventLink]] = relationship(
        back_populates="event", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def form_label(self) -> str:
        return FORM_LABELS[self.form]

    @property
    def speaker_rank_label(self) -> str:
        return SPEAKER_RANK_LABELS[self.speaker_rank]


class TopicEventLink(Audited, Base):
    """A topic that an event could answer, or will (话题与发布活动的关联).

    ``reasons`` holds ``[[word or circumstance, share of the score], …]``; ``statement`` is what
    was said on the topic at the event (会上回应). ``version_id`` counts what people decided and
    wrote; a run that scores the link anew takes nothing from anybody and leaves it.
    """

    __tablename__ = "topic_event_link"
    __table_args__ = (UniqueConstraint("topic_id", "event_id"),)
    __audit_skip__ = frozenset({"score", "reasons", "state", "decided_by_id", "decided_at"})
    __audit_creation__ = False  # suggestions are the machine's; decisions are recorded

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(
        ForeignKey("press_event.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[LinkState] = mapped_column(choice(LinkState, "state"))
    score: Mapped[float] = mapped_column(default=0.0)
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    statement: Mapped[str] = mapped_column(Text, default="", server_default=_EMPTY)
    version_id: Mapped[int] = mapped_column(default=1, server_default="1")
    topic: Mapped[Topic] = relationship()
    event: Mapped[PressEvent] = relationship(back_populates="links")
