"""``responder plan``: the release plan and the press events at the console."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click
from flask.cli import with_appcontext

from responder.core.console import json_option, print_json, say
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import end_of_day, local, start_of_day, utc_now
from responder.planning import service
from responder.planning.events.lifecycle import PRESS_EVENT
from responder.planning.models import PressEvent
from responder.planning.views import local_today, zone

DAY = click.DateTime(["%Y-%m-%d"])
LISTED_DAYS = 90


@click.group()
def plan() -> None:
    """年度发布计划与发布活动。

    例：responder plan show --year 2026
    """


@plan.command()
@click.option("--from", "first", type=DAY, help="起始日期；默认今天。")
@click.option("--to", "last", type=DAY, help=f"截止日期（含）；默认起始日后 {LISTED_DAYS} 天。")
@json_option
@with_appcontext
def events(first: datetime | None, last: datetime | None, as_json: bool) -> None:
    """列出一段时间内的发布活动。

    例：responder plan events --from 2026-11-01 --to 2026-11-30 --json
    """
    start = first.date() if first else local_today()
    end = last.date() if last else start + timedelta(days=LISTED_DAYS)
    found = service.events_between(db.session, start_of_day(start, zone()), end_of_day(end, zone()))
    if as_json:
        print_json({"from": start, "to": end, "events": [_event_as_json(one) for one in found]})
        return
    for event in found:
        moment = local(event.starts_at, zone())
        state = PRESS_EVENT.states[event.state]
        click.echo(
            f"{event.id:>4}  {moment:%Y-%m-%d %H:%M}  [{state}] {event.form_label}  {event.theme}"
        )
    say(f"{start} 至 {end}：{len(found)} 项活动")


@plan.command()
@click.option("--as-of", type=DAY, help="按这一天结束时的情况计算；默认现在。")
@json_option
@with_appcontext
def suggest(as_of: datetime | None, as_json: bool) -> None:
    """为热点话题寻找能够回应它的发布活动；人工确认或否定过的不变。

    例：responder plan suggest --json
    """
    now = end_of_day(as_of.date(), zone()) if as_of else utc_now()
    proposals = service.propose_links(db.session, now)
    with transaction(CONSOLE) as session:
        run = service.store_proposals(session, proposals)
    if as_json:
        print_json(
            {
                "topics": run.topics,
                "events": run.events,
                "added": run.added,
                "kept": run.kept,
                "removed": run.removed,
            }
        )
        return
    say(
        f"话题 {run.topics} 个，活动 {run.events} 项："
        f"新增建议 {run.added} 条，保留 {run.kept} 条，撤下 {run.removed} 条"
    )


def _event_as_json(event: PressEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "theme": event.theme,
        "form": event.form,
        "state": event.state,
        "starts_at": event.starts_at,
        "place": event.place,
        "unit": event.unit.name,
        "speaker": event.speaker,
        "speaker_rank": event.speaker_rank,
        "plan_entry_id": event.plan_entry_id,
    }
