"""``responder accounts``: for whoever cannot sign in and asks at the console."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from responder.accounts import proofs, service
from responder.accounts.admitting import name_key
from responder.accounts.browsers import PASS_FOR, pass_for
from responder.accounts.delays import service as delays
from responder.accounts.models import User
from responder.accounts.password_views import rules_of
from responder.accounts.sessions import service as sessions
from responder.accounts.sessions.models import Why
from responder.core import audit
from responder.core.console import json_option, print_json, say
from responder.core.database import db, transaction
from responder.core.errors import NotFound
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now


@click.group("accounts")
def accounts_command() -> None:
    """账号：解除登录等候、设置密码。"""


@accounts_command.command("unlock")
@click.argument("name")
@json_option
@with_appcontext
def unlock(name: str, as_json: bool) -> None:
    """解除一个用户名在陌生浏览器上的登录等候，并给出半小时内有效的登录地址。

    有人不停地试这个用户名，或本人的浏览器还要等候时，从这个地址登录另行计次，不受影响；仍须输入密码。

    例：responder accounts unlock admin
    """
    with transaction(CONSOLE) as session:
        user = _find(name)
        waited = delays.clear(session, name_key(name))
        audit.record(session, "sign_in_unlocked", user)
        display_name = user.display_name
        address = f"{_desk()}/sign-in?browser={pass_for(user.id)}"
    say(
        f"已解除{display_name}在陌生浏览器上的登录等候"
        if waited
        else f"{display_name}在陌生浏览器上没有等候：本人的浏览器另行计次，可用下面的地址"
    )
    minutes = int(PASS_FOR.total_seconds() // 60)
    say(f"请在 {minutes} 分钟内用这个地址登录（只交给本人）：")
    if not _desk():
        say(
            "没有设置 RESPONDER_DESK_URL：请在前面加上本人打开工作台所用的网址，"
            "如 http://10.1.3.5:8000"
        )
    if as_json:
        print_json({"name": name, "waited": waited, "address": address})
    else:
        click.echo(address)


@accounts_command.command("password")
@click.argument("name")
@click.option("--stdin", "from_stdin", is_flag=True, help="从标准输入读密码的第一行，供脚本使用。")
@with_appcontext
def password(name: str, from_stdin: bool) -> None:
    """设置一个人的密码，结束其全部登录；本人登录后须先改掉。

    例：responder accounts password admin
    """
    _find(name)
    given = (
        sys.stdin.readline().rstrip("\r\n")
        if from_stdin
        else click.prompt("新密码", hide_input=True, confirmation_prompt=True)
    )
    now = utc_now()
    with transaction(CONSOLE, now) as session:
        user = _find(name)
        service.set_password(session, user, given, rules_of(current_app.extensions["settings"]))
        count = sessions.end_all(session, user, Why.PASSWORD, CONSOLE, now)
        display_name = user.display_name
    say(f"已设置{display_name}的密码，结束了 {count} 次登录；本人登录后须先改掉")


@accounts_command.command("remove-code")
@click.argument("name")
@with_appcontext
def remove_code(name: str) -> None:
    """停用一个人的动态口令：手机和恢复码都遗失时。

    例：responder accounts remove-code admin
    """
    with transaction(CONSOLE) as session:
        user = _find(name)
        proofs.remove(session, user, CONSOLE)
        display_name = user.display_name
    say(f"已停用{display_name}的动态口令，改为用密码登录和签发")


def _find(name: str) -> User:
    user = service.find_user(db.session, name)
    if user is None:
        raise NotFound(f"没有用户名 {name}：请核对后再试")
    return user


def _desk() -> str:
    return str(current_app.extensions["settings"].desk_url).rstrip("/")
