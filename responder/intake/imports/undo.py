"""Taking a whole import back, while nobody has done anything with its messages.

Rooms above say what they rest on (``keep_messages``), what must go with a message where no
foreign key sees to it (``on_departure``), and what is worked out anew once all are gone
(``after_undo``). Both go portion by portion, each in a transaction of its own, in which rooms
are asked again; a process that dies leaves the rest to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.audit import AuditEvent
from responder.core.database import db, end_read, transaction
from responder.core.errors import GuardRefused, WrongState
from responder.core.permissions import SYSTEM, Actor
from responder.intake import service
from responder.intake.imports.models import ImportRun, RunState
from responder.intake.models import ImportBatch, Message

PORTION = 500
SHOWN = 3

Ids = Select[int]
Kept = Callable[[Session, Ids], Ids]
Departure = Callable[[Session, Sequence[int]], None]
FollowUp = Callable[[Session, datetime], bool]
Ending = Callable[[Session, datetime], None]

_keepers: dict[str, tuple[str, Kept]] = {}
_departures: dict[str, Departure] = {}
_follow_ups: dict[str, tuple[FollowUp, Ending]] = {}


@dataclass(frozen=True)
class Obstacle:
    """Why some messages stay.

    :param label: what was done with them.
    :param first: ids of the first few.
    """

    label: str
    messages: int
    first: tuple[int, ...]

    @property
    def sentence(self) -> str:
        named = "、".join(f"第 {one} 号" for one in self.first)
        return f"{self.messages} 条{self.label}（{named}{'等' if self.messages > SHOWN else ''}）"


def labels() -> list[str]:
    """What rooms do with messages, so that these stay: for the catalogues."""
    return [label for label, _kept in _keepers.values()]


def keep_messages(name: str, label: str, kept: Kept) -> None:
    """Say which messages may not vanish with the import that brought them.

    :param name: of the room's reason; given again, it replaces the former.
    :param label: what was done with them, to stand after “N 条”.
    :param kept: session, a SELECT of message ids → a SELECT of those of them that must stay.
    """
    _keepers[name] = (label, kept)


def on_departure(name: str, listener: Departure) -> None:
    """Have ``listener`` told of each portion of ids, right before these messages are deleted."""
    _departures[name] = listener


def after_undo(name: str, follow_up: FollowUp, ending: Ending) -> None:
    """Have rooms say anew what rested on the messages that are gone.

    :param follow_up: does a portion; False when there was nothing to do. Called again, in
        another transaction, until there is nothing.
    :param ending: called in the transaction that ends an undo which took messages away.
    """
    _follow_ups[name] = follow_up, ending


def obstacles(session: Session, batch: ImportBatch) -> list[Obstacle]:
    """What stands in the way of undoing this import; empty when nothing does."""
    return _obstacles(session, select(Message.id).where(Message.batch_id == batch.id))


def _obstacles(session: Session, ids: Ids) -> list[Obstacle]:
    found = []
    for label, kept in _keepers.values():
        staying = kept(session, ids).distinct().subquery()
        total = session.scalar(select(func.count()).select_from(staying)) or 0
        if total:
            column = staying.c[0]
            first = session.scalars(select(column).order_by(column).limit(SHOWN))
            found.append(Obstacle(label, total, tuple(first)))
    return found


def also_in(session: Session, batch: ImportBatch) -> list[ImportBatch]:
    """Later imports that found messages stored already, perhaps these: they will lack them."""
    query = select(ImportBatch).where(
        ImportBatch.id > batch.id,
        ImportBatch.channel == batch.channel,
        ImportBatch.duplicates > 0,
        ImportBatch.undone_at.is_(None),
    )
    return list(session.scalars(query.order_by(ImportBatch.id)))


def ask(session: Session, batch: ImportBatch, actor: Actor, now: datetime) -> None:
    """Have an import undone; the scheduler's process does it.

    :raises WrongState: it is under way, or undone already.
    :raises GuardRefused: somebody has done something with its messages; the sentence says what.
    """
    service.lock_messages(session)
    session.refresh(batch)
    if batch.undone_at is not None or batch.undo_asked_at is not None:
        raise WrongState("这次导入已撤销，或正在撤销：请刷新页面")
    working = select(ImportRun.id).where(
        ImportRun.batch_id == batch.id,
        ImportRun.state.in_((RunState.QUEUED, RunState.RUNNING, RunState.STOPPING)),
    )
    if session.scalar(working.limit(1)) is not None:
        raise WrongState("这次导入还在进行：请先停止，再撤销")
    if found := obstacles(session, batch):
        raise GuardRefused(_refusal(found))
    batch.undo_asked_at, batch.undo_problem = now, ""
    batch.undone_by_name = actor.name
    audit.record(session, "ask-undo", batch, {"created": batch.created}, actor=actor)


def _refusal(found: Sequence[Obstacle]) -> str:
    reasons = "；".join(one.sentence for one in found)
    return f"不能撤销：{reasons}。请先撤回对它们的处理（如取消关联），或保留这次导入，逐条更正"


def undo_once(clock: Callable[[], datetime], goes_on: Callable[[], bool]) -> bool:
    """Take back the import that has waited longest; whether there was one."""
    query = select(ImportBatch.id).where(ImportBatch.undo_asked_at.is_not(None))
    batch_id = db.session.scalar(query.order_by(ImportBatch.undo_asked_at).limit(1))
    end_read()
    if batch_id is None:
        return False
    while goes_on():
        with transaction(SYSTEM, clock()) as session:
            if not _take_back(session, batch_id, clock()):
                return True
    return True


def _take_back(session: Session, batch_id: int, now: datetime) -> bool:
    """Delete a portion of a batch, or say a portion anew; whether there may be more.

    The messages are locked before rooms are asked: whoever begins to use one meanwhile either
    is seen here, or finds it gone.
    """
    service.lock_messages(session)
    batch = session.get_one(ImportBatch, batch_id, populate_existing=True)
    if batch.undo_asked_at is None:
        return False  # another runner has ended it
    of_batch = select(Message.id).where(Message.batch_id == batch_id).order_by(Message.id)
    ids = list(session.scalars(of_batch.limit(PORTION).with_for_update()))
    if not ids:
        return _follow(session, batch, now)
    if found := _obstacles(session, select(Message.id).where(Message.id.in_(ids))):
        batch.undo_asked_at, batch.undo_problem = None, _refusal(found)
        return False
    for listener in _departures.values():
        listener(session, ids)
    session.execute(
        delete(Message).where(Message.id.in_(ids)), execution_options={"synchronize_session": False}
    )
    session.expire_all()
    batch.removed += len(ids)
    return True


def _follow(session: Session, batch: ImportBatch, now: datetime) -> bool:
    """All messages are gone: do what is left to do, or end; whether there may be more."""
    if batch.removed:
        if any(follow_up(session, now) for follow_up, _ in _follow_ups.values()):
            return True
        for _, ending in _follow_ups.values():
            ending(session, now)
    _end(session, batch, now)
    return False


def _end(session: Session, batch: ImportBatch, now: datetime) -> None:
    batch.undo_asked_at, batch.undone_at = None, now
    who = Actor(None, batch.undone_by_name, frozenset())
    audit.record(session, "undo", batch, {"removed": batch.removed}, actor=who)


def _spoken_of(_session: Session, ids: Ids) -> Ids:
    """Messages that the trail names: changed, or looked at behind their mask."""
    return select(AuditEvent.object_id).where(
        AuditEvent.object_type == Message.__tablename__, AuditEvent.object_id.in_(ids)
    )


keep_messages("trail", "已有人处理（见审计记录）", _spoken_of)
