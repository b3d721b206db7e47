"""``responder identity``: the keys that senders are stored under, and how long they are kept."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterable
from datetime import date, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from responder.core.console import json_option, print_json, say
from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.permissions import CONSOLE
from responder.core.times import local, start_of_day, utc_now
from responder.intake.identity import retention, rotating
from responder.intake.identity.authors import keys_of
from responder.intake.identity.retention import Erased


@click.group("identity")
def identity_command() -> None:
    """来电人身份信息：加密密钥、保留期限与清除。

    例：responder identity status
    """


@identity_command.command()
@json_option
@with_appcontext
def status(as_json: bool) -> None:
    """密钥文件在哪里，身份信息用哪把密钥保存，保留多久，现在到期多少。

    例：responder identity status
    """
    ring = keys_of(db.session)
    days = retention.keep_days(db.session)
    values = rotating.usage(db.session)
    payload = {
        "key_file": str(ring.path),
        "keys": ring.names,
        "values": values,
        "keep_days": days,
    }
    if as_json:
        print_json(payload)
        return
    click.echo(f"密钥文件：{ring.path}")
    for name in ring.names:
        held = sum(counts.get(name, 0) for counts in values.values())
        current = "（现用）" if name == ring.newest else "（轮换未完成，请再运行 rotate）"
        click.echo(f"密钥 {name}{current}：{held} 项")
    click.echo(f"保留：收到当月结束后 {days} 天" if days else "保留：不清除")
    if stat.S_IMODE(ring.path.stat().st_mode) & 0o077:
        say(f"注意：{ring.path} 可被其他用户读取，请运行 chmod 600 {ring.path}")


@identity_command.command()
@json_option
@with_appcontext
def rotate(as_json: bool) -> None:
    """换一把新密钥，把全部身份信息改用它保存，然后销毁旧密钥。可随时中断，再运行即继续。

    例：responder identity rotate
    """
    last = None
    for last in rotating.rotate(CONSOLE, utc_now()):
        say(f"已改用新密钥 {last.key}：{last.done} / {last.expected} 条")
    if as_json and last is not None:
        print_json({"key": last.key, "rows": last.done})
    say("旧密钥已销毁：此前的数据库备份需配合此前备份的 identity_keys 才能读出，请重新备份")


@identity_command.command()
@click.option("--days", type=int, help="收到当月结束后再保留多少天；0 表示不清除。不给则只显示。")
@json_option
@with_appcontext
def keep(days: int | None, as_json: bool) -> None:
    """显示或修改身份信息的保留期限；到期的由调度器每天清除，留言本身保留。

    例：responder identity keep --days 730
    """
    if days is not None:
        with transaction(CONSOLE) as session:
            retention.change(session, days)
    days = retention.keep_days(db.session)
    if as_json:
        print_json({"keep_days": days})
    else:
        click.echo(f"保留：收到当月结束后 {days} 天" if days else "保留：不清除")


@identity_command.command()
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    help="清除这一天之前收到的留言的身份信息；不给则按保留期限计算。",
)
@click.option("--dry-run", is_flag=True, help="只统计，不清除。")
@click.option("--yes", is_flag=True, help="不再询问，直接清除。")
@json_option
@with_appcontext
def erase(before: datetime | None, dry_run: bool, yes: bool, as_json: bool) -> None:
    """清除来电人姓名和电话，留言本身保留。清除后无法恢复。

    例：responder identity erase --before 2024-01-01 --dry-run
    """
    now, zone = utc_now(), current_app.extensions["settings"].zone
    days = retention.keep_days(db.session)
    day = before.date() if before else None
    if day is None and days:
        day = retention.cutoff(days, local(now, zone).date())
    done = Erased()
    if day is not None:
        moment = start_of_day(day, zone)
        done = retention.due(db.session, moment)
        if not dry_run and done.messages:
            _ask(done, day, yes)
            done = _told(retention.erase(moment, CONSOLE, now))
    if as_json:
        print_json({"before": day, "messages": done.messages, "people": done.people})
    verb = "试运行，未清除：到期" if dry_run else "已清除"
    until = f"{day} 之前收到的" if day else "保留期限设为不清除，"
    say(f"{until}留言{verb} {done.messages} 条，涉及 {done.people} 人")


def _ask(due: Erased, day: date, yes: bool) -> None:
    """What is erased does not come back, so nobody erases it by a slip.

    :raises Invalid: nobody is there to answer.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise Invalid("清除后无法恢复：确定要清除请加上 --yes，只看数量请加上 --dry-run")
    click.confirm(
        f"将清除 {day} 之前收到的 {due.messages} 条留言的姓名和电话，无法恢复。继续吗", abort=True
    )


def _told(steps: Iterable[Erased]) -> Erased:
    done = Erased()
    for done in steps:
        say(f"已清除 {done.messages} 条")
    return done
