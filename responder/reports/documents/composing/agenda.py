"""What a day holds: what is due, and what is held for the press."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from responder.core.permissions import CONSOLE
from responder.core.times import end_of_day, local, start_of_day
from responder.orders import service as orders
from responder.planning import service as planning
from responder.planning.briefing import rules as briefing
from responder.planning.briefing.reading import Standpoint
from responder.planning.events.lifecycle import PRESS_EVENT
from responder.planning.events.models import PreparationTask
from responder.planning.models import EventState
from responder.reports.documents.composing import building as build
from responder.reports.documents.content import Block, Paragraph, Run, Runs, link
from responder.responses import service as responses

_NOT_HELD = (EventState.CANCELLED, EventState.POSTPONED)


def due(session: Session, day: date, at: Standpoint) -> list[Block]:
    """What must be done by the end of the day, what of before is late, and the orders' clocks."""
    tasks = planning.due_tasks(session, day, CONSOLE)
    rows = [
        *_clocks(session, day, at),
        *(_task(one, day, at) for one in tasks if one.due_on == day),
    ]
    columns = (("类别", 24, True), ("事项", 76), ("单位", 32), ("到期", 24, True))
    told: list[Block] = [build.table("今日到期", columns, rows, named_by=1)] if rows else []
    if not rows:
        told.append(build.paragraph("今日没有到期的回应时限和筹备事项。"))
    if late := sum(one.due_on != day for one in tasks):
        told.append(
            build.paragraph(
                f"另有此前到期、还没有完成的筹备事项 {late} 项，见",
                Run("筹备事项", link("planning.preparation", when="overdue")),
                "。",
            )
        )
    return [*told, _orders(session, at)]


def _clocks(session: Session, day: date, at: Standpoint) -> list[tuple[Runs, ...]]:
    ends = end_of_day(day, at.zone)
    return [
        (
            build.plain("回应时限" if clock.due_at > at.now else "已超时"),
            build.linked(
                f"{build.hidden(clock.item.title, at)}（{clock.rule.duty}）",
                link("responses.show", item_id=clock.item_id),
            ),
            build.plain(clock.item.unit.name),
            build.plain(build.short_moment(clock.due_at, at.zone)),
        )
        for clock in responses.due(session)
        if clock.due_at <= ends
    ]


def _task(task: PreparationTask, day: date, at: Standpoint) -> tuple[Runs, ...]:
    return (
        build.plain("筹备事项"),
        build.linked(
            f"{build.hidden(task.event.theme, at)}：{build.hidden(task.name, at)}",
            link("planning.show_event", event_id=task.event_id),
        ),
        build.plain(task.event.unit.name),
        build.plain(f"{day.month}月{day.day}日"),
    )


def _orders(session: Session, at: Standpoint) -> Paragraph:
    counts = orders.counts_by_view(session, CONSOLE, at.now)
    return build.paragraph(
        "工单：已超时 ",
        *build.count(counts["overdue"], link("orders.index", view="overdue")),
        " 件，24 小时内到期 ",
        *build.count(counts["soon"], link("orders.index", view="soon")),
        " 件。",
    )


def events(session: Session, day: date, at: Standpoint) -> list[Block]:
    begin, end = start_of_day(day, at.zone), start_of_day(day + timedelta(days=1), at.zone)
    held = [e for e in planning.events_between(session, begin, end) if e.state not in _NOT_HELD]
    if not held:
        return [build.paragraph("今日没有发布活动。")]
    rows = [
        (
            build.plain("全天" if one.all_day else f"{local(one.starts_at, at.zone):%H:%M}"),
            build.linked(build.hidden(one.theme, at), link("planning.show_event", event_id=one.id)),
            build.plain(one.form_label),
            build.plain(one.unit.name),
            build.plain(briefing.excerpt(one.place, 40) or build.NOBODY),
            build.plain(PRESS_EVENT.states[one.state]),
        )
        for one in held
    ]
    columns = (
        ("时间", 16, True), ("主题", 50), ("形式", 24, True), ("单位", 28), ("地点", 22),
        ("状态", 16, True),
    )  # fmt: skip
    return [build.table("今日发布活动", columns, rows, named_by=1)]
