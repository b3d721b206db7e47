"""Filters that people keep: verbs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from responder.core.errors import Invalid, NotFound
from responder.core.permissions import Actor
from responder.intake.searching.address import written
from responder.intake.searching.callers import is_number
from responder.intake.searching.models import SavedFilter
from responder.intake.searching.wanted import MessageFilter

MOST_KEPT = 30
NAME_CHARACTERS = 30


def save_filter(
    session: Session, name: str, wanted: MessageFilter, shared: bool, actor: Actor, now: datetime
) -> SavedFilter:
    """Keep a filter under a name; the same name again replaces.

    :raises Invalid: no name, nothing that restricts, or too many.
    """
    assert actor.id is not None, "filters are kept by people"
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_CHARACTERS:
        raise Invalid("请给筛选起一个 30 字以内的名称", {"name": "请填写 1 到 30 字"})
    if is_number(wanted.text):
        raise Invalid("电话号码不能存进常用筛选：请改用事情、地点的词")
    address = written(wanted)
    if not address:
        raise Invalid("现在没有任何筛选条件：请先筛选，再保存")
    own = select(SavedFilter).where(SavedFilter.owner_id == actor.id)
    found = session.scalars(own.where(SavedFilter.name == name)).first()
    if found is None:
        if (session.scalar(select(func.count()).select_from(own.subquery())) or 0) >= MOST_KEPT:
            raise Invalid(f"常用筛选最多 {MOST_KEPT} 个：请先删除不用的")
        found = SavedFilter(owner_id=actor.id, name=name)
        session.add(found)
    found.address, found.shared, found.saved_at = address, shared, now
    session.flush()
    return found


def drop_filter(session: Session, filter_id: int, actor: Actor) -> SavedFilter:
    """No longer keep a filter of one's own; returns what it was.

    :raises NotFound: there is none, or it is somebody else's.
    """
    found = session.get(SavedFilter, filter_id)
    if found is None or found.owner_id != actor.id:
        raise NotFound("没有这个常用筛选，或不是您保存的：请刷新页面")
    session.delete(found)
    return found


def filters_of(session: Session, actor: Actor) -> list[SavedFilter]:
    """One's own and those that others share, one's own first."""
    query = (
        select(SavedFilter)
        .options(joinedload(SavedFilter.owner))
        .where(or_(SavedFilter.owner_id == actor.id, SavedFilter.shared))
        .order_by((SavedFilter.owner_id == actor.id).desc(), SavedFilter.name)
    )
    return list(session.scalars(query))
