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
from responder.core.stopping import stopping
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

    --anew 最后一步在一个事务里写入全部分组：其间新的留言要等它写完才能存入，
    留言很多时请在夜间运行。

    例：responder repeats
    """
    done = _Done()
    with stopping(done.stopped):
        if anew:
            done.keeps = True
            done.count = _regrouped(cores() if workers is None else workers, dask)
            done.keeps = False
        _catch_up(done)
    say(f"完成：本次归组 {done.count} 条")


class _Done:
    """How many messages were grouped; ``keeps``: what was read so far is kept beside."""

    def __init__(self) -> None:
        self.count, self.keeps = 0, False

    def stopped(self, why: str) -> str:
        """What to say when the command ends before its end."""
        if self.keeps:
            return f"{why}：分组未变，读好的文本已留存；再次运行同一命令即从断点继续"
        return f"{why}：已归组的 {self.count} 条留言已保存；再运行 responder repeats 即从断点继续"


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


def _catch_up(done: _Done) -> None:
    last = grouping.last_grouped(db.session)
    while ids := _next_portion(last):
        last = ids[-1]
        done.count += len(ids)
        say(f"已归组 {done.count} 条")


def _next_portion(after: int) -> list[int]:
    with transaction(CONSOLE) as session:
        return grouping.catch_up(session, after)
