"""Views that people keep: verbs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from responder.accounts.models import UserRole
from responder.accounts.saved_views.models import Audience, SavedView
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import Actor, Role

MOST_KEPT = 30
NAME_CHARACTERS = 30


@dataclass(frozen=True)
class Group:
    """For whom a view is kept."""

    audience: Audience
    role: Role | None = None
    unit_id: int | None = None


def read_group(text: str, actor: Actor) -> Group:
    """``own``, ``all``, ``unit`` or ``role:editor``.

    :raises Invalid: no such group, or a unit of somebody who works for none.
    """
    kind, _colon, role = text.partition(":")
    if kind in (Audience.OWN, Audience.ALL) and not role:
        return Group(Audience(kind))
    if kind == Audience.ROLE and role in set(Role):
        return Group(Audience.ROLE, role=Role(role))
    if kind == Audience.UNIT and actor.unit_id is not None:
        return Group(Audience.UNIT, unit_id=actor.unit_id)
    raise Invalid("请选择谁能用这个常用视图", {"view-for": "请重新选择"})


def keep(
    session: Session,
    list_code: str,
    name: str,
    address: Mapping[str, str],
    group: Group,
    actor: Actor,
    now: datetime,
) -> SavedView:
    """Keep a view under a name; the same name again replaces.

    :raises Invalid: no name, nothing to keep, or too many.
    """
    assert actor.id is not None, "views are kept by people"
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_CHARACTERS:
        raise Invalid("请给常用视图起一个 30 字以内的名称", {"view-name": "请填写 1 到 30 字"})
    if not address:
        raise Invalid("现在没有任何条件：请先筛选或排序，再保存")
    own = select(SavedView).where(SavedView.owner_id == actor.id, SavedView.list_code == list_code)
    found = session.scalars(own.where(SavedView.name == name)).first()
    if found is None:
        if (session.scalar(select(func.count()).select_from(own.subquery())) or 0) >= MOST_KEPT:
            raise Invalid(f"每个列表的常用视图最多 {MOST_KEPT} 个：请先删除不用的")
        found = SavedView(owner_id=actor.id, list_code=list_code, name=name)
        session.add(found)
    found.address, found.saved_at = urlencode(address), now
    found.audience, found.role, found.unit_id = group.audience, group.role, group.unit_id
    session.flush()
    return found


def drop(session: Session, view_id: int, actor: Actor) -> SavedView:
    """No longer keep a view of one's own.

    :raises NotFound: there is none, or it is somebody else's.
    """
    found = session.get(SavedView, view_id)
    if found is None or found.owner_id != actor.id:
        raise NotFound("没有这个常用视图，或不是您保存的：请刷新页面")
    session.delete(found)
    return found


def views_for(session: Session, list_code: str, actor: Actor) -> list[SavedView]:
    """One's own of a list and those that one's groups share, one's own first."""
    roles = select(UserRole.role).where(UserRole.user_id == actor.id)
    query = (
        select(SavedView)
        .options(joinedload(SavedView.owner))
        .where(
            SavedView.list_code == list_code,
            or_(
                SavedView.owner_id == actor.id,
                SavedView.audience == Audience.ALL,
                and_(SavedView.audience == Audience.ROLE, SavedView.role.in_(roles)),
                and_(SavedView.audience == Audience.UNIT, SavedView.unit_id == actor.unit_id),
            ),
        )
        .order_by((SavedView.owner_id == actor.id).desc(), SavedView.name, SavedView.id)
    )
    return list(session.scalars(query))
