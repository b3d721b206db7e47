"""What belongs to a press event: its series, moves, preparation, media, files, days to avoid."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.core.audit import Audited
from responder.core.database import Base, choice
from responder.core.identity import Sealed
from responder.planning.models import FORM_LABELS, EventState, Form, PressEvent


class Reply(StrEnum):
    """What a medium answered (媒体回复)."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ATTENDED = "attended"
    ABSENT = "absent"


REPLY_LABELS = {
    Reply.INVITED: "已邀请，待回复",
    Reply.ACCEPTED: "同意参加",
    Reply.DECLINED: "不能参加",
    Reply.ATTENDED: "已到场",
    Reply.ABSENT: "未到场",
}


class FileKind(StrEnum):
    """What a file of an event is for."""

    MATERIAL = "material"
    TRANSCRIPT = "transcript"
    PICTURE = "picture"
    GRAPHIC = "graphic"
    EVALUATION = "evaluation"
    OTHER = "other"


FILE_KIND_LABELS = {
    FileKind.MATERIAL: "发布材料",
    FileKind.TRANSCRIPT: "实录",
    FileKind.PICTURE: "现场照片",
    FileKind.GRAPHIC: "图解",
    FileKind.EVALUATION: "效果评估",
    FileKind.OTHER: "其他",
}


class EventSeries(Audited, Base):
    """Events that recur (系列活动).

    ``rule`` is an RRULE of RFC 5545 without its name (``FREQ=MONTHLY;BYDAY=1TU;COUNT=12``),
    counted in the office's zone from ``starts_at``.
    """

    __tablename__ = "event_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    created_at: Mapped[datetime]
    events: Mapped[list[PressEvent]] = relationship(order_by=PressEvent.starts_at, viewonly=True)


class EventMove(Base):
    """That an event was put to another time (改期). Never changed; the old date stays known.

    ``from_…`` is the event as it was: its time, where it stood, who had proposed it, and who
    had done the approval in its checklist (task id → ``[moment, id, name]``). ``left_sequence``
    is the event's ``sequence`` once all was done; None where the move came with other changes,
    or was made before such things were kept, and so cannot be taken back by itself.
    ``undoes_id`` is the move that this one took back. ``together_id``: the first of the moves
    of one series that were made at once.
    """

    __tablename__ = "event_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("press_event.id", ondelete="CASCADE"), index=True
    )
    from_at: Mapped[datetime]
    to_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    by_name: Mapped[str] = mapped_column(String(64))
    from_ends_at: Mapped[datetime | None]
    from_all_day: Mapped[bool | None]
    from_state: Mapped[EventState | None] = mapped_column(choice(EventState, "from_state"))
    from_proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    from_approvals: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    left_sequence: Mapped[int | None]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("event_move.id"))
    together_id: Mapped[int | None] = mapped_column(ForeignKey("event_move.id"), index=True)
    event: Mapped[PressEvent] = relationship()


class PreparationItem(Audited, Base):
    """A line of the office's checklist (筹备清单模板).

    ``days`` counts working days back from the day of the event; below 0, on from it.
    ``form`` None: for events of every form. ``before_confirmation``: the day is not certain
    while the task is open.
    """

    __tablename__ = "preparation_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    days: Mapped[int]
    form: Mapped[Form | None] = mapped_column(choice(Form, "form"))
    source: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)
    before_confirmation: Mapped[bool] = mapped_column(default=False, server_default=false())
    version_id: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def form_label(self) -> str:
        return FORM_LABELS[self.form] if self.form else ""


class PreparationTask(Audited, Base):
    """One thing to be done for one event (筹备事项).

    ``due_on`` follows from ``days`` and the day of the event, and moves with it; None for an
    event whose date is open. ``before_confirmation``: see :class:`PreparationItem`.
    """

    __tablename__ = "preparation_task"
    __audit_skip__ = frozenset({"due_on", "done_at", "done_by_id", "done_by_name"})

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("press_event.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    days: Mapped[int]
    due_on: Mapped[date | None] = mapped_column(index=True)
    responsible: Mapped[str] = mapped_column(String(64), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    done_by_name: Mapped[str] = mapped_column(String(64), default="")
    before_confirmation: Mapped[bool] = mapped_column(default=False, server_default=false())
    version_id: Mapped[int] = mapped_column(default=1, server_default="1")
    event: Mapped[PressEvent] = relationship()

    __mapper_args__ = {"version_id_col": version_id}


class MediaInvitation(Audited, Base):
    """A medium that is asked to come (拟邀媒体). ``accreditation``: number of the press card."""

    __tablename__ = "media_invitation"
    __audit_masked__ = frozenset({"phone"})

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("press_event.id", ondelete="CASCADE"), index=True
    )
    outlet: Mapped[str] = mapped_column(String(100))
    journalist: Mapped[str] = mapped_column(String(64), default="")
    phone: Mapped[str] = mapped_column(Sealed("media_invitation.phone", 32), default="")
    accreditation: Mapped[str] = mapped_column(String(64), default="")
    reply: Mapped[Reply] = mapped_column(choice(Reply, "reply"), default=Reply.INVITED)
    note: Mapped[str] = mapped_column(String(200), default="")
    version_id: Mapped[int] = mapped_column(default=1, server_default="1")
    event: Mapped[PressEvent] = relationship()

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def reply_label(self) -> str:
        return REPLY_LABELS[self.reply]


class EventFile(Audited, Base):
    """A file of an event (活动文件). Its content is kept under its digest (SHA-256)."""

    __tablename__ = "event_file"
    __table_args__ = (CheckConstraint("size >= 0", name="size"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("press_event.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[FileKind] = mapped_column(choice(FileKind, "kind"))
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    added_at: Mapped[datetime]
    added_by_name: Mapped[str] = mapped_column(String(64))
    event: Mapped[PressEvent] = relationship()

    @property
    def kind_label(self) -> str:
        return FILE_KIND_LABELS[self.kind]


class AvoidedPeriod(Audited, Base):
    """Days on which nothing should be released (回避时段): 全国两会, a memorial day."""

    __tablename__ = "avoided_period"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    first_day: Mapped[date] = mapped_column(index=True)
    last_day: Mapped[date]
    name: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(String(200), default="")
    version_id: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version_id}
