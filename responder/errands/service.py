"""Errands: to ask for one, to call it off, to see one's own, to forget the old."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from responder.core.errors import Forbidden, Invalid, NotFound
from responder.core.permissions import Actor
from responder.errands.kinds import Kind
from responder.errands.models import UNDER_WAY, Errand, ErrandState

KEPT_FOR = timedelta(days=1)
MOST_AT_ONCE = 5


def ask(
    session: Session, kind: Kind, arguments: Mapping[str, Any], actor: Actor, now: datetime
) -> Errand:
    """Ask for work; whoever asks for the same while it is under way gets that one.

    :raises Forbidden: this person may not have it done.
    :raises Invalid: too much of theirs is under way.
    """
    if actor.id is None or not kind.permissions & actor.permissions:
        raise Forbidden("您没有办理这项任务的权限；如工作需要，请联系系统管理员")
    own = list(session.scalars(of_person(actor).where(Errand.state.in_(UNDER_WAY))))
    for one in own:
        if one.kind == kind.code and one.arguments == dict(arguments):
            return one
    if len(own) >= MOST_AT_ONCE:
        raise Invalid(f"您已有 {MOST_AT_ONCE} 项任务在办：请等其中一项完成，或先取消")
    errand = Errand(
        kind=kind.code, arguments=dict(arguments), asked_by_id=actor.id, asked_at=now,
        state=ErrandState.WAITING,
    )  # fmt: skip
    session.add(errand)
    session.flush()
    return errand


def of_person(actor: Actor) -> Select[Errand]:
    """One's own errands, the newest first; nobody sees another's."""
    return select(Errand).where(Errand.asked_by_id == actor.id).order_by(Errand.id.desc())


def find(session: Session, errand_id: int, actor: Actor) -> Errand:
    """:raises NotFound: there is none, or it is somebody else's."""
    found = session.scalar(of_person(actor).where(Errand.id == errand_id))
    if found is None:
        raise NotFound("没有这项任务，或结果已过期：请重新办理")
    return found


def cancel(errand: Errand, now: datetime) -> None:
    """Call an errand off: at once while it waits, else at the work's next step."""
    if errand.state is ErrandState.WAITING:
        errand.state, errand.ended_at = ErrandState.CANCELLED, now
    elif errand.state is ErrandState.RUNNING and errand.cancel_asked_at is None:
        errand.cancel_asked_at = now


def ahead_of(session: Session, errand: Errand) -> int:
    """How many wait before this one."""
    earlier = select(func.count()).where(Errand.state.in_(UNDER_WAY), Errand.id < errand.id)
    return session.scalar(earlier) or 0


def result_path(folder: Path, errand_id: int) -> Path:
    return folder / str(errand_id)


def forget(session: Session, folder: Path, now: datetime) -> int:
    """Forget what ended a day ago, and its file; returns how many."""
    old = session.scalars(
        delete(Errand)
        .where(Errand.ended_at < now - KEPT_FOR, Errand.state.not_in(UNDER_WAY))
        .returning(Errand.id)
    ).all()
    for errand_id in old:
        result_path(folder, errand_id).unlink(missing_ok=True)
    return len(old)
