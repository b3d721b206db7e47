"""``responder alerts``: raise what is due, list what was raised."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from responder.alerts import raising, service, wording
from responder.core.console import json_option, print_json, say
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import local, utc_now
from responder.topics.service import survivors


@click.group()
def alerts() -> None:
    """提醒：按规则检查话题，列出提醒。"""


@alerts.command("raise")
@json_option
@with_appcontext
def raise_(as_json: bool) -> None:
    """按启用的规则检查最近一次聚合的结果。调度器平时自动做这件事。

    例：responder alerts raise --json
    """
    with transaction(CONSOLE) as session:
        count = raising.raise_alerts(session, utc_now(), current_app.extensions["settings"].zone)
    say(f"新提醒 {count} 条")
    if as_json:
        print_json({"raised": count})


@alerts.command("list")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000))
@json_option
@with_appcontext
def list_(limit: int, as_json: bool) -> None:
    """列出提醒，最新的在前。

    例：responder alerts list --limit 20
    """
    found = list(db.session.scalars(service.search(utc_now()).limit(limit)))
    now_in = survivors(db.session, {alert.topic_id for alert in found})
    if as_json:
        rows = [
            {
                "id": alert.id,
                "kind": alert.rule.kind,
                "rule": alert.facts["rule"],
                "topic_id": alert.topic_id,
                "merged_into": now_in[alert.topic_id] if alert.topic.merged_into_id else None,
                "dismissed": alert.topic.dismissed,
                "raised_at": alert.raised_at,
                "delivered_at": alert.delivered_at,
                "facts": alert.facts,
                "sentence": wording.sentence(alert),
            }
            for alert in found
        ]
        print_json({"alerts": rows})
        return
    waiting, _first = service.held(db.session, utc_now())
    if waiting:
        say(f"另有 {waiting} 条在免打扰时段提出，结束后显示")
    elif not found:
        say("还没有提醒：有了话题，系统会按规则检查，也可以运行 responder alerts raise")
    for alert in found:
        aside = wording.aside(alert)
        said_at = f"{local(alert.raised_at):%m-%d %H:%M}"
        click.echo(f"{said_at}  {wording.sentence(alert)}" + (f"（{aside}）" if aside else ""))
