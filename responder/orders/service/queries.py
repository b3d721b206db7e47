"""Which orders: those that a person may see, by what is due first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, joinedload, selectinload

from nlp import scripts
from responder.core.errors import NotFound, Stale
from responder.core.permissions import Actor, Permission
from responder.core.times import SHANGHAI
from responder.intake.models import Nature
from responder.orders import rules
from responder.orders.lifecycle import NEXT_STEPS, OPEN, WORK_ORDER
from responder.orders.models import (
    ClockKind,
    OrderClock,
    OrderExtension,
    OrderMessage,
    OrderPart,
    OrderState,
    PartState,
    Satisfaction,
    WorkOrder,
)
from responder.orders.service.clocks import is_running
from responder.routing.models import Category
from responder.topics.service import absorbed

# What the pills of the list are called in the address.
VIEWS = ("mine", "overdue", "soon", "open", "all")

# A figure of the monthly table and the orders behind it.
OUTCOMES = ("on_time", "late", "unfinished", "dissatisfied", "reached")


@dataclass(frozen=True)
class OrderFilter:
    """Which orders to list; what is empty does not restrict.

    :param month: ``2026-11``: dispatched in it, by the office's days.
    :param category_id: of this category, or of one below it.
    """

    view: str = "all"
    state: OrderState | None = None
    unit_id: int | None = None
    nature: Nature | None = None
    text: str = ""
    month: str = ""
    outcome: str = ""
    category_id: int | None = None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The orders that a person may know of: all, those of the own unit, or none."""
    if actor.may(Permission.ORDER_READ):
        return true()
    if actor.may(Permission.ORDER_HANDLE) and actor.unit_id is not None:
        return _has_part(actor.unit_id)
    return false()


def find_for(session: Session, order_id: int, actor: Actor) -> WorkOrder:
    """One order, for somebody who may see it.

    :raises NotFound: there is none, or none that this person may know of.
    """
    query = select(WorkOrder).where(WorkOrder.id == order_id, visible_to(actor))
    order = session.scalar(query.options(*_WHOLE))
    if order is None:
        raise NotFound("没有这个工单，或它不在您的单位：请从工单列表重新进入")
    return order


def find_several(session: Session, order_ids: Iterable[int], actor: Actor) -> list[WorkOrder]:
    """Some orders, those that a person may know of, ready for a look at what may be done."""
    query = select(WorkOrder).where(WorkOrder.id.in_(list(order_ids)), visible_to(actor))
    return list(session.scalars(query.options(*_WHOLE).order_by(WorkOrder.id)))


def ends_at() -> ScalarSelect[datetime]:
    """When an order's next clock runs out."""
    return (
        select(func.min(OrderClock.due_at))
        .where(OrderClock.order_id == WorkOrder.id, is_running(), is_open())
        .scalar_subquery()
    )


def find_as_seen(session: Session, order_id: int, version: int | None, actor: Actor) -> WorkOrder:
    """One order on which somebody decides, as they had it before them.

    :raises NotFound: as :func:`find_for`.
    :raises Stale: it has changed since, or nobody knows what was seen.
    """
    order = find_for(session, order_id, actor)
    if version != order.version_id:
        raise Stale("您打开页面之后，本工单已有变化：请刷新页面，看过最新内容再办理")
    return order


def find_by_number(session: Session, number: str) -> WorkOrder:
    """The order that the office calls so, ``2026-000123`` or ``2026-123``.

    :raises NotFound: there is none.
    """
    year, _dash, serial = number.strip().partition("-")
    readable = all(part.isascii() and part.isdigit() and len(part) < 9 for part in (year, serial))
    query = select(WorkOrder).options(*_WHOLE)
    order = (
        session.scalar(query.where(WorkOrder.year == int(year), WorkOrder.serial == int(serial)))
        if readable
        else None
    )
    if order is None:
        raise NotFound(f"没有编号为 {number.strip()} 的工单：请照工单页面上的编号填写")
    return order


def board(
    wanted: OrderFilter, actor: Actor, now: datetime, zone: ZoneInfo = SHANGHAI
) -> Select[WorkOrder]:
    """Open orders first: the overdue, the urgent, then by what runs out first.

    Those that are settled follow, by what changed last.
    """
    ends = _earliest_ends()
    return (
        select(WorkOrder)
        .outerjoin(ends, ends.c.order_id == WorkOrder.id)
        .where(visible_to(actor), *_conditions(wanted, actor, now, zone))
        .order_by(
            case((is_open(), 0), else_=1),
            case((ends.c.due_at < now, 0), else_=1),
            case((and_(is_open(), WorkOrder.urgent), 0), else_=1),
            ends.c.due_at.is_(None),
            ends.c.due_at,
            WorkOrder.changed_at.desc(),
            WorkOrder.id.desc(),
        )
        .options(
            joinedload(WorkOrder.lead_unit),
            joinedload(WorkOrder.merged_into),
            selectinload(WorkOrder.clocks),
        )
    )


def counts_by_view(
    session: Session,
    actor: Actor,
    now: datetime,
    wanted: OrderFilter | None = None,
    zone: ZoneInfo = SHANGHAI,
) -> dict[str, int]:
    """How many orders each view would show under the other conditions."""
    conditions = _conditions(replace(wanted or OrderFilter(), view="all"), actor, now, zone)
    ends = _earliest_ends()
    columns = [func.count().filter(_view(view, actor, now)).label(view) for view in VIEWS]
    query = (
        select(*columns)
        .select_from(WorkOrder)
        .outerjoin(ends, ends.c.order_id == WorkOrder.id)
        .where(visible_to(actor), *conditions)
    )
    return dict(session.execute(query).one()._mapping)


def waiting_for(session: Session, actor: Actor, now: datetime) -> list[WorkOrder]:
    """The orders whose next step this person may take, most urgent first."""
    found = session.scalars(board(OrderFilter("mine"), actor, now))
    return [
        order
        for order in found
        if order.state is not OrderState.ANSWERED or actor.id not in order.answerer_ids
    ]


def open_orders(
    session: Session,
    *,
    topic_id: int | None = None,
    message_ids: Iterable[int] = (),
    limit: int = 5,
) -> list[WorkOrder]:
    """Orders that are not settled, of a topic or holding one of some messages, first due first."""
    ends = _earliest_ends()
    of_topic = WorkOrder.topic_id.in_(absorbed(session, [topic_id]) if topic_id else [])
    holding = exists().where(
        OrderMessage.order_id == WorkOrder.id, OrderMessage.message_id.in_(list(message_ids))
    )
    query = (
        select(WorkOrder)
        .outerjoin(ends, ends.c.order_id == WorkOrder.id)
        .where(is_open(), or_(of_topic, holding))
        .order_by(ends.c.due_at.is_(None), ends.c.due_at, WorkOrder.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def is_open() -> ColumnElement[bool]:
    """Orders that are not settled, and dealt with under their own number."""
    return and_(WorkOrder.state.in_(OPEN), WorkOrder.merged_into_id.is_(None))


def next_clock(order: WorkOrder) -> OrderClock | None:
    """The running clock that ends first; None when none runs."""
    if order.state not in OPEN or order.merged_into_id is not None:
        return None
    return min((c for c in order.clocks if c.runs), key=lambda clock: clock.due_at, default=None)


def outcome(name: str) -> ColumnElement[bool]:
    """Orders that ended so: one of ``OUTCOMES``; all for any other name."""
    closed = WorkOrder.state.in_((OrderState.CLOSED, OrderState.ARCHIVED))
    late = exists().where(
        OrderClock.order_id == WorkOrder.id,
        OrderClock.kind == ClockKind.HANDLE,
        OrderClock.stopped_at > OrderClock.due_at,
    )
    found: dict[str, ColumnElement[bool]] = {
        "on_time": and_(closed, ~late),
        "late": and_(closed, late),
        "unfinished": ~closed,
        "dissatisfied": WorkOrder.satisfaction == Satisfaction.DISSATISFIED,
        "reached": WorkOrder.satisfaction.in_(set(Satisfaction) - {Satisfaction.UNREACHED}),
    }
    return found.get(name, true())


def was_dispatched(month: str, zone: ZoneInfo) -> ColumnElement[bool]:
    """Orders that stand dispatched in a month ``2026-11``; none when it is no month."""
    first_day = rules.parse_month(month)
    if first_day is None:
        return false()
    begin, end = rules.span_of_month(first_day, zone)
    return and_(
        WorkOrder.dispatched_at >= begin,
        WorkOrder.dispatched_at < end,
        WorkOrder.lead_unit_id.is_not(None),
        WorkOrder.merged_into_id.is_(None),
    )


_WHOLE = (
    joinedload(WorkOrder.lead_unit),
    joinedload(WorkOrder.reported_unit),
    joinedload(WorkOrder.merged_into),
    joinedload(WorkOrder.category),
    selectinload(WorkOrder.parts).joinedload(OrderPart.unit),
    selectinload(WorkOrder.clocks),
)


def _has_part(unit_id: int, *states: PartState) -> ColumnElement[bool]:
    """Orders in which a unit has a standing part, or one in one of these states."""
    wanted = states or (PartState.WAITING, PartState.SIGNED)
    return exists().where(
        OrderPart.order_id == WorkOrder.id,
        OrderPart.unit_id == unit_id,
        OrderPart.state.in_(wanted),
    )


def _earliest_ends() -> Subquery:
    return (
        select(OrderClock.order_id, func.min(OrderClock.due_at).label("due_at"))
        .join(OrderClock.order)
        .where(is_running(), is_open())
        .group_by(OrderClock.order_id)
        .subquery("earliest_end")
    )


def _view(name: str, actor: Actor, now: datetime) -> ColumnElement[bool]:
    def ends(*bounds: ColumnElement[bool]) -> ColumnElement[bool]:
        return and_(
            is_open(),
            exists().where(OrderClock.order_id == WorkOrder.id, is_running(), *bounds),
        )

    due = OrderClock.due_at
    found: dict[str, ColumnElement[bool]] = {
        "mine": _waits_for(actor),
        "overdue": ends(due < now),
        "soon": ends(due >= now, due < now + rules.SOON),
        "open": is_open(),
    }
    return found.get(name, true())


def _waits_for(actor: Actor) -> ColumnElement[bool]:
    """Orders whose next step is this person's, by the table of the lifecycle."""
    ways: list[ColumnElement[bool]] = []
    for step in WORK_ORDER.transitions:
        if step.action not in NEXT_STEPS or not actor.may(step.permission):
            continue
        stands: ColumnElement[bool] = WorkOrder.state.in_(set(step.sources) & set(OPEN))
        if step.permission is Permission.ORDER_HANDLE:
            assisting = step.action == "sign_part"
            own = _has_part(actor.unit_id or 0, *([PartState.WAITING] if assisting else []))
            leading = WorkOrder.lead_unit_id == (actor.unit_id or 0)
            stands = and_(stands, own, ~leading if assisting else leading)
        elif step.permission is Permission.ORDER_EXTEND:
            stands = and_(stands, _asks_for_time(actor))
        ways.append(stands)
    return and_(is_open(), or_(false(), *ways))


def _asks_for_time(actor: Actor) -> ColumnElement[bool]:
    asked_by_another = or_(
        OrderExtension.asked_by_id.is_(None), OrderExtension.asked_by_id != actor.id
    )
    return exists().where(
        OrderClock.order_id == WorkOrder.id,
        OrderExtension.clock_id == OrderClock.id,
        OrderExtension.granted.is_(None),
        asked_by_another,
    )


def _conditions(
    wanted: OrderFilter, actor: Actor, now: datetime, zone: ZoneInfo
) -> list[ColumnElement[bool]]:
    conditions = [_view(wanted.view, actor, now)]
    if wanted.state:
        conditions.append(WorkOrder.state == wanted.state)
    if wanted.unit_id:
        conditions.append(
            WorkOrder.lead_unit_id == wanted.unit_id if wanted.month else _has_part(wanted.unit_id)
        )
    if wanted.nature:
        conditions.append(WorkOrder.nature == wanted.nature)
    if wanted.month:
        conditions.append(was_dispatched(wanted.month, zone))
    if wanted.outcome:
        conditions.append(outcome(wanted.outcome))
    if wanted.category_id:
        conditions.append(_of_category(wanted.category_id))
    for word in wanted.text.split():
        conditions.append(
            or_(
                _numbered(word),
                *(WorkOrder.title.icontains(form, autoescape=True) for form in scripts(word)),
            )
        )
    return conditions


def _of_category(category_id: int) -> ColumnElement[bool]:
    either = or_(Category.id == category_id, Category.parent_id == category_id)
    return WorkOrder.category_id.in_(select(Category.id).where(either))


def _numbered(word: str) -> ColumnElement[bool]:
    """Orders of this number, with the year or without."""
    year, _dash, serial = word.rpartition("-")
    if not (serial.isascii() and serial.isdigit() and len(serial) < 9):
        return false()
    by_serial = WorkOrder.serial == int(serial)
    if year.isascii() and year.isdigit() and len(year) < 9:
        return and_(by_serial, WorkOrder.year == int(year))
    return by_serial if not year else false()
