"""``responder responses``: list, show, due; and ``responder clocks explain``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from responder.core import audit, clocks
from responder.core.console import json_option, print_json, say
from responder.core.database import db
from responder.core.times import chinese_moment
from responder.responses import service
from responder.responses.lifecycle import RESPONSE_ITEM
from responder.responses.models import ItemClock, ItemState, ResponseItem
from responder.web.trail import deed

STATES = click.Choice([state.value for state in ItemState])


@click.group()
def responses() -> None:
    """回应事项：列表、查看、时限。"""


@responses.command("list")
@click.option("--state", type=STATES, help="只列这个状态的事项。")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@json_option
@with_appcontext
def list_(state: str | None, limit: int, as_json: bool) -> None:
    """按时限先后列出回应事项。

    例：responder responses list --state draft --json
    """
    wanted = ItemState(state) if state else None
    items = list(db.session.scalars(service.board(wanted).limit(limit)))
    if as_json:
        print_json({"items": [_item_as_json(item) for item in items]})
        return
    if not items:
        say("没有符合条件的回应事项：可在话题页面发起回应")
    for item in items:
        clock = service.next_clock(item)
        end = f"  {_moment(clock.due_at)} 到期" if clock else ""
        click.echo(f"{item.id:>6}  {RESPONSE_ITEM.states[item.state]}  {item.title}{end}")


@responses.command("show")
@click.argument("item_id", type=int)
@json_option
@with_appcontext
def show(item_id: int, as_json: bool) -> None:
    """查看一个回应事项：内容、审签、经过。

    例：responder responses show 3 --json
    """
    item = service.find_item(db.session, item_id)
    history = audit.history(db.session, item)
    if as_json:
        print_json({**_item_as_json(item), **_details_as_json(item), "history": _lines(history)})
        return
    click.echo(f"{item.title}（{RESPONSE_ITEM.states[item.state]}，{item.unit.name}）")
    click.echo(f"关切：{item.concern}")
    click.echo(f"回应：{item.answer or '（尚未起草）'}")
    for line in history:
        note = f"：{line.note}" if line.note else ""
        click.echo(f"  {_moment(line.at)}  {line.actor_name}  {deed(line)}{note}")


@click.command("explain")
@click.argument("item_id", type=int)
@json_option
@with_appcontext
def explain(item_id: int, as_json: bool) -> None:
    """说明一个回应事项的每个时限是怎样算出来的。

    例：responder clocks explain 3 --json
    """
    item = service.find_item(db.session, item_id)
    if as_json:
        print_json({"id": item.id, "clocks": [_clock_as_json(clock) for clock in item.clocks]})
        return
    if not item.clocks:
        say("本事项没有时限：发起时该等级没有时限规则")
    zone = current_app.extensions["settings"].zone
    for clock in item.clocks:
        click.echo("\n".join(clocks.told(clock, zone)))


@responses.command("due")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@json_option
@with_appcontext
def due(limit: int, as_json: bool) -> None:
    """列出正在计时的时限，最早到期的在前。

    例：responder responses due --json
    """
    running = service.due(db.session, limit)
    if as_json:
        print_json({"due": [_due_as_json(clock) for clock in running]})
        return
    if not running:
        say("没有正在计时的回应事项")
    for clock in running:
        click.echo(
            f"{_moment(clock.due_at)}  #{clock.item_id}  {clock.rule.duty}  {clock.item.title}"
        )


def _moment(moment: datetime) -> str:
    return chinese_moment(moment, current_app.extensions["settings"].zone)


def _item_as_json(item: ResponseItem) -> dict[str, Any]:
    clock = service.next_clock(item)
    return {
        "id": item.id,
        "title": item.title,
        "state": item.state,
        "level": item.level,
        "unit": item.unit.name,
        "topic_id": item.topic_id,
        "found_at": item.found_at,
        "publish_at": item.publish_at,
        "due_at": clock.due_at if clock else None,
    }


def _details_as_json(item: ResponseItem) -> dict[str, Any]:
    return {
        "concern": item.concern,
        "concern_source": item.concern_source,
        "answer": item.answer,
        "versions": len(item.drafts),
        "clocks": [_clock_as_json(clock) for clock in item.clocks],
        "reviews": [
            {
                "round": review.round,
                "step": review.step,
                "approved": review.approved,
                "reviewer": review.reviewer_name,
                "comment": review.comment,
                "at": review.at,
            }
            for review in item.reviews
        ],
    }


def _clock_as_json(clock: ItemClock) -> dict[str, Any]:
    return {
        **clocks.as_json(clock),
        "state": clock.state,
        "start_set_by": clock.start_set_by,
        "start_reason": clock.start_reason,
        "pauses": [
            {"since": p.since, "until": p.until, "by": p.paused_by_name, "reason": p.reason}
            for p in clock.pauses
        ],
        "extensions": [
            {
                "length": one.length,
                "asked_by": one.asked_by_name,
                "asked_at": one.asked_at,
                "reason": one.reason,
                "granted": one.granted,
                "counts": one in clock.granted_extensions,
                "decided_by": one.decided_by_name,
                "decided_at": one.decided_at,
                "decision": one.decision,
            }
            for one in clock.extensions
        ],
    }


def _due_as_json(clock: ItemClock) -> dict[str, Any]:
    return {
        "item_id": clock.item_id,
        "title": clock.item.title,
        "state": clock.item.state,
        "unit": clock.item.unit.name,
        "duty": clock.rule.duty,
        "due_at": clock.due_at,
        "provisional": clock.provisional,
    }


def _lines(history: list[audit.AuditEvent]) -> list[dict[str, Any]]:
    return [
        {"at": line.at, "actor": line.actor_name, "action": line.action, "note": line.note}
        for line in history
    ]
