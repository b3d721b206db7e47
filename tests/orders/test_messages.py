"""Which messages an order holds: opened, repeated, merged, undone, and who may read them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, NotFound, WrongState
from responder.core.permissions import CONSOLE
from responder.intake.models import Message, Nature
from responder.orders import rules, service
from responder.orders.models import OrderState, WorkOrder
from tests.factories import NOW, unit
from tests.orders.factories import (
    CALLER,
    PHONE,
    brought_to,
    liaison,
    message,
    opened,
    reload,
    take,
)

S = OrderState


def attach(order, said, somebody):
    with transaction(somebody.actor, NOW) as session:
        return service.attach(session, order, said, somebody.actor, NOW)


def test_an_order_takes_from_its_message_what_nobody_has_said(people):
    order = opened(message(nature=Nature.INQUIRY, urgent=True, title=f"请回电{PHONE}"))
    assert (order.number, order.state) == ("2026-000001", S.RECEIVED)
    assert (order.nature, order.urgent) == (Nature.INQUIRY, True)
    assert PHONE not in order.title
    assert opened().number == "2026-000002"


def test_numbers_begin_anew_with_the_offices_year(people):
    opened()
    first_of_2027 = NOW.replace(month=12, day=31, hour=16, minute=30)  # 00:30 in Shanghai
    assert opened(at=first_of_2027).number == "2027-000001"


def test_a_message_is_in_one_order_at_most(people):
    said = message()
    order = opened(said)
    with pytest.raises(WrongState, match=order.number):
        opened(said)
    other = opened()
    with pytest.raises(WrongState, match=order.number):
        attach(other, said, people.operator)


def test_a_repeat_is_attached_once_and_taken_out_again(people):
    order, repeat = opened(), message(9)
    assert attach(order, repeat, people.operator).id == order.id
    attach(order, repeat, people.operator)
    assert service.message_counts(db.session, [order]) == {order.id: 2}
    with transaction(people.operator.actor, NOW) as session:
        service.detach(session, order, repeat.id, people.operator.actor, NOW)
    assert service.order_of(db.session, repeat.id) is None
    with pytest.raises(Invalid, match="立单的那条"), transaction(CONSOLE, NOW) as session:
        service.detach(session, order, order.messages[0].message_id, CONSOLE, NOW)
    with pytest.raises(NotFound), transaction(CONSOLE, NOW) as session:
        service.detach(session, order, repeat.id, CONSOLE, NOW)


def test_a_settled_order_takes_no_repeat_and_a_liaison_adds_none(people):
    with pytest.raises(WrongState, match="另立工单"):
        attach(brought_to(S.CLOSED), message(8), people.operator)
    with pytest.raises(Forbidden):
        attach(opened(), message(9), liaison())


def test_repeats_are_merged_under_one_order_and_the_merge_undone(people):
    stays, repeat = brought_to(S.HANDLING), brought_to(S.DISPATCHED)
    take(repeat, "merge", people.operator, into=stays)
    said = repeat.messages[0].message_id
    assert reload(repeat).state is S.DISPATCHED
    assert service.order_of(db.session, said).id == stays.id
    assert service.message_counts(db.session, [stays]) == {stays.id: 2}
    assert len(service.said(db.session, stays, people.operator.actor)) == 2
    assert service.next_clock(repeat) is None
    with pytest.raises(Exception, match=f"已并入工单 {stays.number}"):
        take(repeat, "sign", liaison())
    late = message(9)
    assert attach(repeat, late, people.operator).id == stays.id
    take(repeat, "unmerge", people.operator)
    assert service.order_of(db.session, said).id == repeat.id
    assert service.message_counts(db.session, [stays, repeat]) == {stays.id: 2, repeat.id: 1}
    take(repeat, "sign", liaison())


def test_orders_are_not_merged_in_a_circle_nor_into_what_is_gone(people):
    first, second, third = opened(), opened(), opened()
    take(second, "merge", people.operator, into=first)
    take(first, "merge", people.operator, into=third)
    said = second.messages[0].message_id
    assert service.order_of(db.session, said).id == third.id
    assert service.message_counts(db.session, [third]) == {third.id: 3}
    for into in (second, third):
        with pytest.raises((Invalid, WrongState)):
            take(third, "merge", people.operator, into=into)
    with pytest.raises(WrongState, match="请直接并入后者"):
        take(opened(), "merge", people.operator, into=first)
    with pytest.raises(WrongState, match="不能再并入"):
        take(opened(), "merge", people.operator, into=brought_to(S.CLOSED))


def test_merging_leaves_a_line_that_names_the_order(people):
    stays, repeat = opened(), opened()
    take(repeat, "merge", people.operator, into=stays)
    assert audit.history(db.session, repeat)[-1].changes == {"into": stays.number}


def test_nobody_outside_reads_a_report_and_nobody_at_all_the_caller(people, session):
    said = message(nature=Nature.REPORT, place="滨江路3栋501室")
    order = brought_to(S.HANDLING, said, brief="核查收费")
    (inside,) = service.said(session, order, people.operator.actor)
    (outside,) = service.said(session, order, liaison().actor)
    assert "打桩" in inside.body
    assert PHONE not in inside.body
    assert (outside.title, outside.body, outside.place, outside.withheld) == ("", "", "", True)
    assert CALLER not in repr((inside, outside))


def test_a_report_is_not_called_what_its_message_is_headed(people):
    said = message(nature=None)
    offered = service.default_title(said, Nature.OTHER)
    assert opened(said, title=offered, nature=Nature.REPORT).title == rules.REPORT_TITLE


def test_a_report_is_not_merged_into_an_order_of_the_unit_reported_on(people):
    into = brought_to(S.HANDLING)
    report = opened(message(7), nature=Nature.REPORT, reported_unit=into.parts[0].unit)
    with pytest.raises(GuardRefused, match="被举报单位"):
        take(report, "merge", people.operator, into=into)


def test_a_caller_of_a_merged_order_is_reached_until_the_other_is_settled(people, session):
    repeat, into = opened(), brought_to(S.HANDLING)
    take(repeat, "merge", people.operator, into=into)
    assert len(list(session.scalars(service.with_open_orders()))) == 2
    with transaction(CONSOLE, NOW) as writing:
        writing.get_one(WorkOrder, into.id).state = S.CLOSED
    assert list(session.scalars(service.with_open_orders())) == []


def test_a_report_among_the_repeats_stays_withheld(people, session):
    order = brought_to(S.HANDLING)
    attach(order, message(7, nature=Nature.REPORT), people.operator)
    assert [one.withheld for one in service.said(session, order, liaison().actor)] == [False, True]


def test_a_liaison_finds_the_orders_of_the_own_unit_alone(people, session):
    own, others = brought_to(S.HANDLING), opened()
    take(others, "accept", people.operator)
    take(others, "dispatch", people.operator, lead=unit("swj", "市水务局"))
    someone = liaison().actor
    assert service.find_for(session, own.id, someone) is own
    with pytest.raises(NotFound):
        service.find_for(session, others.id, someone)
    listed = session.scalars(service.board(service.OrderFilter(), someone, NOW))
    assert [order.id for order in listed] == [own.id]
    assert service.counts_by_view(session, someone, NOW)["all"] == 1
    take(others, "add_unit", people.operator, assisting=[unit()])
    assert service.find_for(session, others.id, someone).id == others.id


def test_somebody_without_unit_or_right_finds_nothing(people, session):
    order = brought_to(S.HANDLING)
    for somebody in (people.liaison, people.spokesperson):
        with pytest.raises(NotFound):
            service.find_for(session, order.id, somebody.actor)


def test_each_sees_what_waits_for_them(people, session):
    received, dispatched = opened(), brought_to(S.DISPATCHED)
    answered, called = brought_to(S.ANSWERED), brought_to(S.CHECKED)
    asked = brought_to(S.HANDLING)
    take(asked, "ask_extension", liaison(), note="须检测")

    def waits(somebody):
        return {order.id for order in service.waiting_for(session, somebody.actor, NOW)}

    assert waits(people.operator) == {received.id, called.id}
    assert waits(liaison()) == {dispatched.id, asked.id}
    assert waits(people.supervisor) == {answered.id, asked.id}
    assert waits(people.analyst) == {answered.id}
    assert waits(people.auditor) == set()


def test_a_message_in_an_order_stays_with_its_batch_and_keeps_its_caller(people, session):
    order, free = opened(), message(9)
    held = order.messages[0].message_id
    ids = select(Message.id).where(Message.id.in_([held, free.id]))
    assert list(session.scalars(service.held_among(session, ids))) == [held]
    assert list(session.scalars(service.with_open_orders())) == [held]
    take(order, "refuse", people.operator)
    assert list(session.scalars(service.with_open_orders())) == []
