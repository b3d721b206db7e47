"""热线月报: counts of orders made by hand, their sums, and months without any."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.orders import service as orders
from responder.orders.models import OrderClock, OrderState, Satisfaction, WorkOrder
from responder.orders.service.queries import OrderFilter
from responder.reports.documents.content import Run, text_of
from responder.routing.models import Category
from responder.routing.taxonomy import seed_taxonomy
from tests.factories import NOW, People, unit
from tests.orders import factories
from tests.reports.documents.factories import composed, month, rows, said, tables

HEADINGS = ["承办单位", "派遣总数", "按时办结", "超时办结", "未办结", "结案率", "按时结案率",
            "不满意数", "不满意率"]  # fmt: skip


def categories() -> tuple[Category, Category, Category]:
    """A category of the first level and two of its children."""
    with transaction(CONSOLE) as session:
        seed_taxonomy(session)
    parents = select(Category.parent_id).where(Category.parent_id.is_not(None))
    top = db.session.scalars(select(Category).where(Category.id.in_(parents)).limit(1)).one()
    children = select(Category).where(Category.parent_id == top.id).order_by(Category.id)
    first, second = db.session.scalars(children.limit(2))
    return top, first, second


@pytest.fixture
def handled(app) -> tuple[Category, Category, Category]:
    """Two units: of one 1 in time, 1 late, 1 open and 1 dissatisfied; of the other 1 open.

    And one that was dispatched in another month.
    """
    top, first, second = categories()
    closed = factories.brought_to(OrderState.CLOSED, category_id=first.id)
    late = factories.brought_to(OrderState.CLOSED, category_id=first.id)
    clock = db.session.scalars(select(OrderClock).where(OrderClock.order_id == late.id))
    with transaction(CONSOLE, NOW):
        for one in clock:
            one.stopped_at = one.due_at + timedelta(hours=1)
        late.satisfaction = Satisfaction.DISSATISFIED
    assert closed.satisfaction is Satisfaction.SATISFIED
    factories.brought_to(OrderState.HANDLING, category_id=second.id)
    other = factories.brought_to(OrderState.ACCEPTED)
    factories.take(other, "dispatch", People().operator, lead=unit("swj", "市水务局"))
    earlier = factories.brought_to(OrderState.HANDLING)
    with transaction(CONSOLE, NOW):
        earlier.dispatched_at = NOW - timedelta(days=40)
    return top, first, second


def test_each_figure_is_the_one_counted_by_hand(handled) -> None:
    table = tables(composed("hotline", month()))["热线办理情况"]
    assert [column.heading for column in table.columns] == HEADINGS
    assert rows(table) == [
        ["市水务局", "1", "0", "0", "1", "0.0%", "0.0%", "0", "无数据"],
        ["市住房和城乡建设局", "3", "1", "1", "1", "66.7%", "33.3%", "1", "50.0%"],
        ["合计", "4", "1", "1", "2", "50.0%", "25.0%", "1", "50.0%"],
    ]
    assert table.totalled


def test_the_table_is_as_wide_as_the_page_at_most(handled) -> None:
    for code in ("hotline", "concerns"):
        for table in tables(composed(code, month())).values():
            assert sum(column.millimetres for column in table.columns) <= 156, table.label


def listed(run: Run) -> int:
    """How many orders the list behind a figure shows."""
    asked = dict(run.link.arguments)
    wanted = OrderFilter(
        unit_id=asked.get("unit"),
        month=asked["month"],
        outcome=asked.get("outcome", ""),
        category_id=asked.get("category"),
    )
    return len(list(db.session.scalars(orders.board(wanted, CONSOLE, NOW))))


def test_each_figure_links_to_the_orders_that_it_counts(handled) -> None:
    content = composed("hotline", month())
    runs = [
        run
        for label in ("热线办理情况", "热点分类")
        for row in tables(content)[label].rows
        for cell in row
        for run in cell
        if run.link and not run.text.endswith("%")
    ]
    assert len(runs) >= 12
    assert [(run.text, str(listed(run))) for run in runs if run.text != str(listed(run))] == []


def test_hot_points_stand_on_two_levels_and_add_up(handled) -> None:
    top, first, second = handled
    assert rows(tables(composed("hotline", month()))["热点分类"]) == [
        [top.name, f"{top.name}小计", "3", "75.0%"],
        [top.name, first.name, "2", "50.0%"],
        [top.name, second.name, "1", "25.0%"],
        ["未分类", "未分类小计", "1", "25.0%"],
        ["合计", "合计", "4", "100.0%"],
    ]


def test_a_month_without_orders_has_no_shares(app) -> None:
    content = composed("hotline", month("2026-01"))
    zeros = ["0", "0", "0", "0", "无数据", "无数据", "0", "无数据"]
    assert rows(tables(content)["热线办理情况"]) == [["合计", *zeros]]
    assert "本月没有派出的工单" in said(content)
    assert "无数据" in said(content)


def test_every_figure_is_defined_below_the_table(app) -> None:
    table = tables(composed("hotline", month()))["统计口径"]
    assert [text_of(row[0]) for row in table.rows] == HEADINGS[1:]


def test_orders_that_were_merged_are_not_counted_twice(handled) -> None:
    first, second = db.session.scalars(select(WorkOrder).order_by(WorkOrder.id).limit(2))
    with transaction(CONSOLE, NOW):
        second.merged_into = first
    total = rows(tables(composed("hotline", month()))["热线办理情况"])[-1]
    assert total[1] == "3"
