"""``responder search``."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from responder.core.console import say
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.intake.models import Message
from responder.intake.searching.index import forget, index_missing
from responder.intake.searching.names import learn_names

PORTION = 500


@click.group("search")
def search_command() -> None:
    """维护留言的检索。"""


@search_command.command("reindex")
@click.option(
    "--all", "anew", is_flag=True, help="已在索引中的也重做，例如升级改变了索引方式之后。"
)
@with_appcontext
def reindex(anew: bool) -> None:
    """把还检索不到的留言编入索引；中断后再次运行即从断点继续。

    例：responder search reindex
    """
    say(f"完成：编入 {renew() if anew else fill()} 条，认出地名 {learn()} 条留言中的")


def fill() -> int:
    """Index what the index lacks, a portion a transaction; returns how many it was."""
    done = 0
    while count := _fill_some():
        done += count
        say(f"已编入 {done} 条")
    return done


def renew() -> int:
    """Index every message anew; at any moment all but a portion can be found."""
    done = last = 0
    while ids := _ids_after(last):
        with transaction(CONSOLE) as session:
            forget(session, ids)
            index_missing(session, len(ids))
        done, last = done + len(ids), ids[-1]
        say(f"已重做 {done} 条")
    return done + fill()


def learn() -> int:
    """Learn names from what has not been read for them yet."""
    done = 0
    while count := learn_names(PORTION, CONSOLE):
        done += count
    return done


def _fill_some() -> int:
    with transaction(CONSOLE) as session:
        return index_missing(session, PORTION)


def _ids_after(last: int) -> list[int]:
    query = select(Message.id).where(Message.id > last).order_by(Message.id).limit(PORTION)
    return list(db.session.scalars(query))
