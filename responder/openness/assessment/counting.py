"""The queries behind the measures: for all units at once, and the records of one."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.office import office_zone
from responder.core.times import local, start_of_day
from responder.openness.assessment.tallies import Counted, Evidence, Tally
from responder.openness.evaluations import queries as evaluations
from responder.openness.evaluations.models import RoundKind
from responder.openness.evaluations.ranking import total_of
from responder.openness.points import HUNDRED, plain, two_places
from responder.orders.models import WorkOrder
from responder.orders.service.queries import outcome
from responder.planning.events.lifecycle import TOOK_PLACE
from responder.planning.models import PressEvent
from responder.publishing.models import ChangeKind, ChangeState, Entry, EntryChange
from responder.publishing.packages.models import PolicyPackage
from responder.publishing.packages.released import Interpretation, PolicyDocument, Withdrawal
from responder.responses.models import ItemClock, ResponseItem


def _within(column: Any, year: int, zone: ZoneInfo) -> ColumnElement[bool]:
    """Moments of a year by the office's clocks."""
    begin, end = start_of_day(date(year, 1, 1), zone), start_of_day(date(year + 1, 1, 1), zone)
    return and_(column >= begin, column < end)


def numbers(session: Session, query: Select[*tuple[Any, ...]]) -> dict[int, Decimal]:
    """(unit id, number) rows as a mapping."""
    return {row[0]: Decimal(row[1]) for row in session.execute(query)}


def shares(session: Session, query: Select[*tuple[Any, ...]]) -> dict[int, Tally]:
    """(unit id, good, all) rows as percents."""
    return {
        row[0]: Tally(two_places(Decimal(row[1]) * HUNDRED / row[2]), row[2])
        for row in session.execute(query)
    }


def _day(moment: datetime | None) -> date | None:
    return local(moment, office_zone()).date() if moment else None


def _held(year: int, zone: ZoneInfo) -> ColumnElement[bool]:
    return and_(PressEvent.state.in_(TOOK_PLACE), _within(PressEvent.starts_at, year, zone))


def count_events(session: Session, year: int, zone: ZoneInfo) -> Counted:
    query = select(PressEvent.unit_id, func.count()).where(_held(year, zone))
    return numbers(session, query.group_by(PressEvent.unit_id))


def list_events(session: Session, year: int, unit: Unit) -> list[Evidence]:
    query = select(PressEvent).where(_held(year, office_zone()), PressEvent.unit_id == unit.id)
    return [
        Evidence(
            f"{one.form_label}：{one.theme}", _day(one.starts_at), "planning.show_event",
            {"event_id": one.id},
        )
        for one in session.scalars(query.order_by(PressEvent.starts_at, PressEvent.id))
    ]  # fmt: skip


def _standing(year: int, zone: ZoneInfo) -> ColumnElement[bool]:
    withdrawn = exists().where(
        EntryChange.entry_id == Entry.id,
        EntryChange.kind == ChangeKind.WITHDRAW,
        EntryChange.state == ChangeState.RELEASED,
    )
    return and_(_within(Entry.published_at, year, zone), ~withdrawn)


def count_entries(session: Session, year: int, zone: ZoneInfo) -> Counted:
    query = select(ResponseItem.unit_id, func.count()).join(Entry, Entry.item_id == ResponseItem.id)
    return numbers(session, query.where(_standing(year, zone)).group_by(ResponseItem.unit_id))


def list_entries(session: Session, year: int, unit: Unit) -> list[Evidence]:
    query = select(Entry).join(Entry.item).where(_standing(year, office_zone()))
    query = query.where(ResponseItem.unit_id == unit.id).order_by(Entry.published_at, Entry.id)
    return [
        Evidence(one.title, _day(one.published_at), "publishing.show", {"entry_id": one.id})
        for one in session.scalars(query)
    ]


def _answered_in_time() -> ColumnElement[bool]:
    """Every clock of an item stopped, none after its end."""
    missed = exists().where(
        ItemClock.item_id == ResponseItem.id,
        (ItemClock.stopped_at.is_(None)) | (ItemClock.stopped_at > ItemClock.due_at),
    )
    return ~missed


def _owed(year: int, zone: ZoneInfo) -> ColumnElement[bool]:
    timed = exists().where(ItemClock.item_id == ResponseItem.id)
    return and_(_within(ResponseItem.found_at, year, zone), timed)


def count_timely_items(session: Session, year: int, zone: ZoneInfo) -> Counted:
    good = func.sum(case((_answered_in_time(), 1), else_=0))
    query = select(ResponseItem.unit_id, good, func.count()).where(_owed(year, zone))
    return shares(session, query.group_by(ResponseItem.unit_id))


def list_timely_items(session: Session, year: int, unit: Unit) -> list[Evidence]:
    query = select(
        ResponseItem.id, ResponseItem.title, ResponseItem.found_at, _answered_in_time()
    ).where(_owed(year, office_zone()), ResponseItem.unit_id == unit.id)
    return [
        Evidence(title, _day(found_at), "responses.show", {"item_id": item_id}, _kept(timely))
        for item_id, title, found_at, timely in session.execute(
            query.order_by(ResponseItem.found_at, ResponseItem.id)
        )
    ]


def _dispatched(year: int, zone: ZoneInfo) -> ColumnElement[bool]:
    return and_(
        _within(WorkOrder.dispatched_at, year, zone),
        WorkOrder.lead_unit_id.is_not(None),
        WorkOrder.merged_into_id.is_(None),
    )


def count_timely_orders(session: Session, year: int, zone: ZoneInfo) -> Counted:
    good = func.sum(case((outcome("on_time"), 1), else_=0))
    query = select(WorkOrder.lead_unit_id, good, func.count()).where(_dispatched(year, zone))
    return shares(session, query.group_by(WorkOrder.lead_unit_id))


def list_timely_orders(session: Session, year: int, unit: Unit) -> list[Evidence]:
    query = select(WorkOrder, outcome("on_time")).where(
        _dispatched(year, office_zone()), WorkOrder.lead_unit_id == unit.id
    )
    # The number alone: what an order says may name people.
    return [
        Evidence(
            f"工单 {order.number}", _day(order.dispatched_at), "orders.show",
            {"order_id": order.id}, _kept(timely),
        )
        for order, timely in session.execute(query.order_by(WorkOrder.dispatched_at, WorkOrder.id))
    ]  # fmt: skip


def _readable(year: int, zone: ZoneInfo) -> ColumnElement[bool]:
    withdrawn = exists().where(
        Withdrawal.package_id.in_((Interpretation.package_id, PolicyDocument.package_id))
    )
    return and_(_within(Interpretation.published_at, year, zone), ~withdrawn)


def _interpretations(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(Interpretation)
        .join(PolicyPackage, PolicyPackage.id == Interpretation.package_id)
        .join(PolicyDocument, PolicyDocument.id == Interpretation.document_id)
    )


def count_interpretations(session: Session, year: int, zone: ZoneInfo) -> Counted:
    query = _interpretations(PolicyPackage.unit_id, func.count()).where(_readable(year, zone))
    return numbers(session, query.group_by(PolicyPackage.unit_id))


def list_interpretations(session: Session, year: int, unit: Unit) -> list[Evidence]:
    query = _interpretations(Interpretation).where(
        _readable(year, office_zone()), PolicyPackage.unit_id == unit.id
    )
    return [
        Evidence(
            one.title, _day(one.published_at), "interpretations.show",
            {"interpretation_id": one.id},
        )
        for one in session.scalars(query.order_by(Interpretation.published_at, Interpretation.id))
    ]  # fmt: skip


def count_evaluation(session: Session, year: int, _zone: ZoneInfo) -> Counted:
    one = evaluations.last_circulated(session, year, RoundKind.THIRD_PARTY)
    totals = {each.unit_id: total_of(each) for each in one.participants} if one else {}
    return {unit_id: total for unit_id, total in totals.items() if total is not None}


def list_evaluation(session: Session, year: int, unit: Unit) -> list[Evidence]:
    one = evaluations.last_circulated(session, year, RoundKind.THIRD_PARTY)
    return [
        Evidence(
            one.name, one.evaluated_on, "evaluations.unit",
            {"round_id": one.id, "unit_id": unit.id}, f"{plain(total)} 分",
        )
        for each in (one.participants if one else ())
        if one and each.unit_id == unit.id and (total := total_of(each)) is not None
    ]  # fmt: skip


def _kept(timely: bool) -> str:
    return "按时" if timely else "未按时或尚未办结"
