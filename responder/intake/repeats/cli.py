"""The command that groups what was stored before messages were grouped on arrival."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from nlp.spreading import Spread
from responder.core.console import say
from responder.core.database import db, transaction
from responder.core.executors import cores, hands
from responder.core.permissions import CONSOLE
from responder.intake.repeats import grouping, regrouping
from responder.intake.service import lock_messages


@click.command("repeats")
@click.option("--anew", is_flag=True, help="不用已有的分组，全部重新归组。")
@click.option(
    "--workers", type=click.IntRange(1, 256), help="重新归组时本机的进程数；默认用全部处理器。"
)
@click.option("--dask", default="", metavar="tcp://HOST:8786", help="改用这个 Dask 集群。")
@with_appcontext
def repeats_command(anew: bool, workers: int | None, dask: str) -> None:
    """把尚未归组的留言按重复归组；中断后再次运行即从断点继续。

    例：responder repeats
    """
    total = _regrouped(cores() if workers is None else workers, dask) if anew else 0
    while count := _next_portion():
        total += count
        say(f"已归组 {total} 条")
    say(f"完成：本次归组 {total} 条")


def _regrouped(workers: int, dask: str) -> int:
    folder = current_app.extensions["settings"].topic_memory / "repeats"
    with hands(workers, dask) as found:
        spread = Spread(found.executor, found.at_once, folder)
        grouped = regrouping.work_out(db.session, spread)
    with transaction(CONSOLE) as session:
        lock_messages(session)
        count = regrouping.store(session, grouped)
    spread.forget()
    return count


def _next_portion() -> int:
    with transaction(CONSOLE) as session:
        return grouping.catch_up(session)
