"""Drafts of calls: what was typed survives a closed tab, and is gone a day later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from responder.core.errors import NotFound
from responder.core.permissions import Actor
from responder.desk.models import DRAFT_CHARACTERS, CallDraft, CallSlip

KEPT_FOR = timedelta(days=1)
OFFERED = 3
SHOWN_CHARACTERS = 24


@dataclass(frozen=True)
class Draft:
    """A call that was begun: what stands in its form, by field."""

    id: int
    token: str
    fields: Mapping[str, str]
    saved_at: datetime

    @property
    def opening(self) -> str:
        """Its first words, for whoever must choose between drafts. Mask them before showing."""
        words = " ".join(self.fields.get("body", "").split())
        return words[:SHOWN_CHARACTERS] + ("…" if len(words) > SHOWN_CHARACTERS else "")


def keep(
    session: Session, actor: Actor, token: str, fields: Mapping[str, str], now: datetime
) -> bool:
    """Store what has been typed under a form's token, in place of what was stored before.

    Nothing is kept of a form that is empty or has been spent: what arrives late after
    saving must not bring the draft back. What stands word for word in another draft of the
    operator is that draft, in a form that the browser has filled again: only this one stays.
    Returns whether there is a draft now.
    """
    told = {name: text for name, text in fields.items() if text.strip()}
    spent = session.scalar(select(CallSlip.token).where(CallSlip.token == token))
    contents = json.dumps(told, ensure_ascii=False)
    if spent or not told or len(contents) > DRAFT_CHARACTERS:
        if not told:
            drop(session, actor, token)
        return False
    _drop_twins(session, actor, token, told)
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    values = {"contents": contents, "saved_at": now}
    session.execute(
        insert(CallDraft)
        .values(token=token, operator_id=actor.id, started_at=now, **values)
        .on_conflict_do_update(
            index_elements=[CallDraft.token],
            set_=values,
            where=CallDraft.operator_id == actor.id,
        )
    )
    return True


def _drop_twins(session: Session, actor: Actor, token: str, told: Mapping[str, str]) -> None:
    others = select(CallDraft).where(CallDraft.operator_id == actor.id, CallDraft.token != token)
    newest = session.scalars(others.order_by(CallDraft.saved_at.desc()).limit(OFFERED))
    twins = [one.id for one in newest if _typed(json.loads(one.contents)) == _typed(told)]
    if twins:
        session.execute(delete(CallDraft).where(CallDraft.id.in_(twins)))


def _typed(fields: Mapping[str, str]) -> dict[str, str]:
    """What somebody has typed: the moment of the call is the form's own."""
    return {name: text for name, text in fields.items() if name != "occurred_at"}


def of_operator(session: Session, actor: Actor, now: datetime, apart_from: str = "") -> list[Draft]:
    """The operator's own drafts of the last day, newest first.

    :param apart_from: the token of the form that is open already.
    """
    query = select(CallDraft).where(
        CallDraft.operator_id == actor.id,
        CallDraft.token != apart_from,
        CallDraft.saved_at > now - KEPT_FOR,
    )
    rows = session.scalars(query.order_by(CallDraft.saved_at.desc()).limit(OFFERED))
    return [_draft(row) for row in rows]


def get(session: Session, actor: Actor, draft_id: int) -> Draft:
    """One of the operator's own drafts.

    :raises NotFound: there is none, or it is somebody else's.
    """
    query = select(CallDraft).where(CallDraft.id == draft_id, CallDraft.operator_id == actor.id)
    row = session.scalar(query)
    if row is None:
        raise NotFound("这份来电草稿已保存、丢弃或过期：请重新登记来电")
    return _draft(row)


def discard(session: Session, actor: Actor, draft_id: int) -> None:
    """Throw one of the operator's own drafts away; one that is gone already is no error."""
    mine = CallDraft.operator_id == actor.id
    session.execute(delete(CallDraft).where(CallDraft.id == draft_id, mine))


def drop(session: Session, actor: Actor, token: str) -> None:
    """The form of this token needs its draft no more."""
    mine = CallDraft.operator_id == actor.id
    session.execute(delete(CallDraft).where(CallDraft.token == token, mine))


def erase_old(session: Session, now: datetime) -> int:
    """Erase the drafts that nobody has touched for a day; returns how many."""
    old = session.scalars(select(CallDraft.id).where(CallDraft.saved_at <= now - KEPT_FOR)).all()
    if old:
        session.execute(delete(CallDraft).where(CallDraft.saved_at <= now - KEPT_FOR))
    return len(old)


def _draft(row: CallDraft) -> Draft:
    return Draft(row.id, row.token, json.loads(row.contents), row.saved_at)
