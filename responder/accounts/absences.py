"""Verbs and questions on leave: who is away on a day, and who stands in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from responder.accounts.absence_models import Absence
from responder.accounts.models import User
from responder.core.errors import Forbidden, Invalid, NotFound, WrongState
from responder.core.permissions import DELEGABLE, Actor, Permission
from responder.core.times import chinese_date

LONGEST = timedelta(days=366)


def declare(
    session: Session,
    user: User,
    deputy: User,
    first_day: date,
    last_day: date,
    reason: str,
    actor: Actor,
    now: datetime,
    today: date,
) -> Absence:
    """Say that somebody is away from one day to another, both included, and who stands in.

    :param today: the office's local day.
    :raises Forbidden: leave of somebody else, by whoever may not manage accounts.
    :raises Invalid: days or deputy do not do; the field is named.
    """
    _require_own(user.id, actor)
    _check_days(first_day, last_day, today)
    _check_deputy(user, deputy)
    # One after the other, so that two forms at once make no overlap.
    ids = sorted((user.id, deputy.id))
    session.execute(select(User.id).where(User.id.in_(ids)).order_by(User.id).with_for_update())
    if earlier := _first_between(session, user.id, first_day, last_day):
        days = f"{chinese_date(earlier.first_day)}至{chinese_date(earlier.last_day)}"
        raise Invalid(f"{days}已登记过请假：请先提前结束那一次，或改选日期", {"first_day": "重叠"})
    if _first_between(session, deputy.id, first_day, last_day):
        raise Invalid(
            f"{deputy.display_name}在这几天里也请假：请另选代办人", {"deputy_id": "也请假"}
        )
    absence = Absence(
        user=user,
        deputy=deputy,
        first_day=first_day,
        last_day=last_day,
        reason=reason.strip(),
        made_by_id=actor.id,
        made_by_name=actor.name,
        made_at=now,
    )
    session.add(absence)
    session.flush()
    return absence


def end(session: Session, absence: Absence, actor: Actor, today: date) -> None:
    """From today on the person is back, and the deputy no longer stands in.

    :raises Forbidden: leave of somebody else, by whoever may not manage accounts.
    :raises WrongState: it is over already.
    """
    _require_own(absence.user_id, actor)
    if absence.state(today) in ("over", "withdrawn"):
        raise WrongState("这次请假已经结束，不必再办理")
    absence.ended_on = today
    session.flush()


def find(session: Session, absence_id: int) -> Absence:
    """:raises NotFound: no such leave."""
    absence = session.get(Absence, absence_id)
    if absence is None:
        raise NotFound("没有这条请假：请刷新页面后再试")
    return absence


def listed(
    user_id: int | None,
    today: date,
    state: str | None = None,
    text: str = "",
    first_day: date | None = None,
    last_day: date | None = None,
) -> Select[Absence]:
    """Leave of one person, or of everybody (None), latest first.

    :param state: as :meth:`Absence.state` says it of ``today``.
    :param text: in the name of who is away or of who stands in.
    :param first_day: with ``last_day``, the days of which it was to take any.
    """
    deputy = aliased(User)
    query = (
        select(Absence)
        .join(Absence.user)
        .join(deputy, Absence.deputy)
        .options(contains_eager(Absence.user), contains_eager(Absence.deputy.of_type(deputy)))
        .order_by(Absence.first_day.desc(), Absence.id.desc())
    )
    if user_id is not None:
        query = query.where(Absence.user_id == user_id)
    if state is not None:
        query = query.where(_is_in(state, today))
    if text:
        named = (one.display_name.contains(text, autoescape=True) for one in (User, deputy))
        query = query.where(or_(*named))
    if first_day is not None:
        query = query.where(Absence.last_day >= first_day)
    return query if last_day is None else query.where(Absence.first_day <= last_day)


def _is_in(state: str, today: date) -> ColumnElement[bool]:
    """:meth:`Absence.state`, asked of the database."""
    ended, passed = Absence.ended_on, Absence.last_day < today
    return {
        "coming": ended.is_(None) & ~passed & (Absence.first_day > today),
        "under_way": ended.is_(None) & ~passed & (Absence.first_day <= today),
        "over": (ended > Absence.first_day) | (ended.is_(None) & passed),
        "withdrawn": ended <= Absence.first_day,
    }[state]


def deputies_of(session: Session, user_ids: Iterable[int], day: date) -> dict[int, User]:
    """Those of these people who are away on a day → who stands in for each."""
    query = (
        select(Absence.user_id, User)
        .join(User, User.id == Absence.deputy_id)
        .where(Absence.user_id.in_(list(user_ids)), User.active, *_covers(day))
        .order_by(Absence.id)
    )
    return dict(session.execute(query).all())


def stands_in_for(session: Session, user_id: int, day: date) -> list[User]:
    """The people who are away on a day and for whom this person stands in, while they may."""
    deputy = session.get(User, user_id)
    if deputy is None or not _may_stand_in(deputy):
        return []
    query = (
        select(User)
        .join(Absence, Absence.user_id == User.id)
        .where(Absence.deputy_id == user_id, User.active, *_covers(day))
        .order_by(User.id)
    )
    return list(session.scalars(query))


def delegated_rights(session: Session, user_id: int | None, day: date) -> frozenset[Permission]:
    """What somebody may do on a day for people who are away."""
    if user_id is None:
        return frozenset()
    away = stands_in_for(session, user_id, day)
    return frozenset().union(*(one.actor.permissions & DELEGABLE for one in away))


def duties_between(session: Session, user_id: int, first_day: date, last_day: date) -> list[User]:
    """The people for whom somebody should stand in on any of these days."""
    query = (
        select(User)
        .join(Absence, Absence.user_id == User.id)
        .where(Absence.deputy_id == user_id, *_touches(first_day, last_day))
        .order_by(User.id)
    )
    return list(session.scalars(query).unique())


def possible_deputies(session: Session, user_id: int) -> list[User]:
    """The colleagues who may stand in for somebody, in the order of their names."""
    query = select(User).where(User.active, User.id != user_id)
    listed = session.scalars(query.order_by(User.display_name, User.id))
    return [one for one in listed if _may_stand_in(one)]


def _covers(day: date) -> tuple[ColumnElement[bool], ...]:
    return _touches(day, day)


def _touches(first_day: date, last_day: date) -> tuple[ColumnElement[bool], ...]:
    """Leave that takes any of these days."""
    not_back = or_(
        Absence.ended_on.is_(None),
        (Absence.ended_on > first_day) & (Absence.ended_on > Absence.first_day),
    )
    return Absence.first_day <= last_day, Absence.last_day >= first_day, not_back


def _first_between(
    session: Session, user_id: int, first_day: date, last_day: date
) -> Absence | None:
    query = select(Absence).where(Absence.user_id == user_id, *_touches(first_day, last_day))
    return session.scalar(query.order_by(Absence.first_day).limit(1))


def _require_own(user_id: int, actor: Actor) -> None:
    if actor.id != user_id and not actor.may(Permission.USER_MANAGE):
        raise Forbidden("只能办理自己的请假：他人的请假请由系统管理员登记")


def _check_days(first_day: date, last_day: date, today: date) -> None:
    if last_day < first_day:
        raise Invalid("最后一天不能早于第一天", {"last_day": "早于第一天"})
    if last_day < today:
        raise Invalid("这几天已经过去：请填写今天或以后的日期", {"last_day": "已过去"})
    if last_day - first_day > LONGEST:
        raise Invalid("一次最多登记一年：更长的请分次登记", {"last_day": "太长"})


def _check_deputy(user: User, deputy: User) -> None:
    if user.id == deputy.id:
        raise Invalid("不能由本人代办：请另选一位同事", {"deputy_id": "是本人"})
    if not deputy.active:
        raise Invalid(f"{deputy.display_name}的账号已停用：请另选代办人", {"deputy_id": "已停用"})
    if not _may_stand_in(deputy):
        raise Invalid(
            f"{deputy.display_name}不是本办公室能看回应事项的人：请另选代办人",
            {"deputy_id": "不能代办"},
        )


def _may_stand_in(person: User) -> bool:
    """Leave takes nobody further into the office than their own post: no unit reads all items."""
    return person.unit_id is None and person.actor.may(Permission.RESPONSE_READ)
