"""The command that groups what was stored before messages were grouped on arrival."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from responder.core.console import say
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.intake.repeats import grouping


@click.command("repeats")
@click.option("--anew", is_flag=True, help="先解散已有的分组，全部重新归组。")
@with_appcontext
def repeats_command(anew: bool) -> None:
    """把尚未归组的留言按重复归组；中断后再次运行即从断点继续。

    例：responder repeats
    """
    if anew:
        with transaction(CONSOLE) as session:
            grouping.forget(session)
    total = 0
    while count := _next_portion():
        total += count
        say(f"已归组 {total} 条")
    say(f"完成：本次归组 {total} 条")


def _next_portion() -> int:
    with transaction(CONSOLE) as session:
        return grouping.catch_up(session)
