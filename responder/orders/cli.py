"""``responder orders``: list, explain, monthly."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext

from responder.core import clocks, privacy
from responder.core.console import json_option, print_json, say
from responder.core.database import db
from responder.core.errors import Invalid
from responder.core.permissions import CONSOLE
from responder.core.times import chinese_moment, local, utc_now
from responder.orders import rules, service
from responder.orders.lifecycle import WORK_ORDER
from responder.orders.models import OrderClock, OrderState, WorkOrder

RATES = ("closing_rate", "on_time_rate", "dissatisfied_rate")
COUNTS = ("total", "on_time", "late", "unfinished", "dissatisfied")


@click.group()
def orders() -> None:
    """工单：列表、时限的算法、月度办理情况。"""


@orders.command("list")
@click.option("--view", default="open", show_default=True, type=click.Choice(service.VIEWS))
@click.option("--state", type=click.Choice([state.value for state in OrderState]))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@json_option
@with_appcontext
def list_(view: str, state: str | None, limit: int, as_json: bool) -> None:
    """按时限先后列出工单；overdue 为已超时，soon 为一天内到期。

    例：responder orders list --view overdue --json
    """
    wanted = service.OrderFilter(view, OrderState(state) if state else None)
    query = service.board(wanted, CONSOLE, utc_now(), _zone()).limit(limit)
    found = list(db.session.scalars(query))
    if as_json:
        print_json({"orders": [_order_as_json(order) for order in found]})
        return
    if not found:
        say("没有符合条件的工单：可在留言页面立单")
    for order in found:
        clock = service.next_clock(order)
        end = f"  {_moment(clock.due_at)} 到期" if clock else ""
        title = privacy.mask(order.title)
        click.echo(f"{order.number}  {WORK_ORDER.states[order.state]}  {title}{end}")


@orders.command("explain")
@click.argument("number")
@json_option
@with_appcontext
def explain(number: str, as_json: bool) -> None:
    """说明一个工单的每个时限是怎样算出来的，包括挂起和延期。

    例：responder orders explain 2026-000012
    """
    order = service.find_by_number(db.session, number)
    if as_json:
        print_json({**_order_as_json(order), "clocks": [_clock_as_json(c) for c in order.clocks]})
        return
    if not order.clocks:
        say("本单没有时限：尚未受理，或没有这种性质的时限规则")
    zone = _zone()
    for clock in order.clocks:
        click.echo("\n".join(clocks.told(clock, zone)))


@orders.command("monthly")
@click.argument("month", required=False)
@json_option
@with_appcontext
def monthly(month: str | None, as_json: bool) -> None:
    """一个月的热线办理情况，分承办单位；不写月份即本月。

    例：responder orders monthly 2026-11 --json
    """
    month = month or rules.month_of(local(utc_now(), _zone()).date())
    if rules.parse_month(month) is None:
        raise Invalid(f"{month} 不是月份：请写成 2026-11")
    table = service.monthly_table(db.session, month, _zone())
    if as_json:
        rows = [{"unit": unit.name, **_figures_as_json(row)} for unit, row in table.rows]
        print_json({"month": month, "rows": rows, "whole": _figures_as_json(table.whole)})
        return
    for name, row in [*((unit.name, row) for unit, row in table.rows), ("合计", table.whole)]:
        counts = "  ".join(f"{getattr(row, count):>5}" for count in COUNTS)
        click.echo(f"{counts}  {name}")
    say("各列：派遣总数、按时办结、超时办结、未办结、不满意数")


def _zone() -> ZoneInfo:
    zone: ZoneInfo = current_app.extensions["settings"].zone
    return zone


def _moment(moment: datetime) -> str:
    return chinese_moment(moment, _zone())


def _order_as_json(order: WorkOrder) -> dict[str, Any]:
    clock = service.next_clock(order)
    return {
        "number": order.number,
        "title": privacy.mask(order.title),
        "state": order.state,
        "nature": order.nature,
        "urgent": order.urgent,
        "unit": order.lead_unit.name if order.lead_unit else None,
        "due_at": clock.due_at if clock else None,
        "provisional": clock.provisional if clock else False,
    }


def _clock_as_json(clock: OrderClock) -> dict[str, Any]:
    paused = clock.open_pause is not None
    return {**clocks.as_json(clock), "round": clock.round, "paused": paused}


def _figures_as_json(row: rules.Figures) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*COUNTS, *RATES)}
