"""``responder topics``: refresh, list, show."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from responder.core.console import json_option, print_json, say
from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.permissions import CONSOLE
from responder.core.privacy import mask
from responder.core.stopping import stopping
from responder.core.times import end_of_day, utc_now
from responder.settings import Settings
from responder.topics import archive, arrivals, refreshing, service
from responder.topics.models import Topic, TopicRefresh
from responder.topics.progress import Progress


@click.group()
def topics() -> None:
    """话题：聚合、排序、查看。"""


@topics.command("refresh")
@click.option("--as-of", metavar="YYYY-MM-DD", help="统计到这一天结束；默认到现在。")
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    help="本机读文本的进程数；默认：积压很多时用全部处理器，否则只用本进程。",
)
@click.option("--dask", default="", metavar="tcp://HOST:8786", help="改用这个 Dask 集群读文本。")
@click.option(
    "--portion",
    type=click.IntRange(1, refreshing.PORTION),
    default=refreshing.PORTION,
    show_default=True,
    help="每次聚合的留言条数；每次聚合后即保存。",
)
@json_option
@with_appcontext
def refresh(as_of: str | None, workers: int | None, dask: str, portion: int, as_json: bool) -> None:
    """把尚无话题的留言聚合到话题，并重算热度；停下后再次运行即从断点继续。

    例：responder topics refresh --as-of 2020-01-08 --json
    """
    settings: Settings = current_app.extensions["settings"]
    began = utc_now()
    moment = _moment(as_of, settings) if as_of else began
    window = timedelta(days=settings.topic_window_days)
    runs = []
    with transaction(CONSOLE, began) as session:
        arrivals.mend(session)
    waiting = refreshing.waiting(moment, window, archive.WORTH_SPREADING)
    progress = Progress()
    with (
        stopping(progress.stopped),
        archive.reading(settings, waiting, workers, dask, progress.told) as spread,
    ):
        progress.keeps = spread.folder is not None
        for run in archive.refreshes(
            moment, began, window, CONSOLE, settings.zone, settings.topic_memory,
            portion=portion, spread=spread,
        ):  # fmt: skip
            runs.append(_run_as_json(run))
            progress.stored(run)
    seconds = (utc_now() - began).total_seconds()
    told = _all_of(runs)
    say(
        f"新增留言 {told['messages_added']} 条，新话题 {told['topics_created']} 个，"
        f"共 {told['topics']} 个话题（{seconds:.1f} 秒）"
    )
    if as_json:
        print_json({**told, "seconds": round(seconds, 2)})


@topics.command("list")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000))
@json_option
@with_appcontext
def list_(limit: int, as_json: bool) -> None:
    """按热度列出话题。

    例：responder topics list --limit 20 --json
    """
    found = list(db.session.scalars(service.topics_by_heat().limit(limit)))
    if as_json:
        ids = service.message_ids(db.session, found)
        topics_as_json = [{**_topic_as_json(t), "message_ids": ids[t.id]} for t in found]
        print_json({"topics": topics_as_json})
        return
    if not found:
        say("还没有话题：请先导入留言，再运行 responder topics refresh")
    for topic in found:
        label = mask(topic.label)
        click.echo(f"{topic.id:>6}  热度 {topic.heat:5.1f}  {topic.message_count:>4} 条  {label}")


@topics.command("show")
@click.argument("topic_id", type=int)
@json_option
@with_appcontext
def show(topic_id: int, as_json: bool) -> None:
    """查看一个话题的热度构成和全部留言编号；已并入其他话题的，查看并入后的话题。

    例：responder topics show 12 --json
    """
    topic = service.get_living(db.session, topic_id)
    merged_into = topic.id if topic.id != topic_id else None
    if merged_into is not None:
        say(f"话题 {topic_id} 已并入话题 {merged_into}，以下是话题 {merged_into}")
    members = list(db.session.scalars(service.memberships_of(topic)))
    if as_json:
        messages = [
            {
                "id": member.message_id,
                "external_id": member.message.external_id,
                "title": mask(member.message.title),
                "occurred_at": member.message.occurred_at,
                "similarity": member.similarity,
                "repeats": member.message.repeats_id,
            }
            for member in members
        ]
        found = {**_topic_as_json(topic), "merged_into": merged_into, "messages": messages}
        print_json(found)
        return
    click.echo(f"{mask(topic.label)}（热度 {topic.heat}）")
    if topic.dismissed:
        say("这个话题已标为“不是话题”，不在列表中：可在话题页面恢复")
    for part in topic.heat_parts:
        click.echo(f"  {part['label']} {part['points']}/{part['of']:.0f}  {part['evidence']}")
    for member in members:
        message = member.message
        title = mask(message.title.strip())
        click.echo(f"  {message.occurred_at:%Y-%m-%d}  #{message.id}  {title}")


def _moment(text: str, settings: Settings) -> datetime:
    try:
        return end_of_day(date.fromisoformat(text), settings.zone)
    except ValueError as error:
        raise Invalid(f"--as-of {text} 不是日期：请写成 2020-01-08 这样") from error


def _all_of(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """What the refreshes of one backlog did together."""
    added = {name: sum(run[name] for run in runs) for name in ("messages_added", "topics_created")}
    return {**runs[-1], **added}


def _run_as_json(run: TopicRefresh) -> dict[str, Any]:
    return {
        "as_of": run.as_of,
        "messages_added": run.messages_added,
        "topics_created": run.topics_created,
        "topics": run.topics_total,
    }


def _topic_as_json(topic: Topic) -> dict[str, Any]:
    return {
        "id": topic.id,
        "label": mask(topic.label),
        "heat": topic.heat,
        "level": topic.level,
        "dismissed": topic.dismissed,
        "heat_parts": topic.heat_parts,
        "keywords": [mask(word) for word, _ in topic.keywords],
        "messages": topic.message_count,
        "people": topic.people_count,
        "first_seen": topic.first_seen,
        "last_seen": topic.last_seen,
    }
