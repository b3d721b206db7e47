"""``responder demo``: a made-up city to try the product on."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from responder.cli import prepare_database
from responder.core.console import json_option, print_json, say
from responder.core.database import db
from responder.core.times import local, utc_now
from responder.demo import loader
from responder.demo.accounts import ACCOUNTS, ADMINISTRATOR, PASSWORD
from responder.demo.generate import generate
from responder.serving import run_server
from responder.settings import Settings

NOTICE = "演示数据：江澜市及其居民、单位、事件均属虚构。"


@click.group()
def demo() -> None:
    """演示数据：虚构的江澜市，只用于试用。"""


@demo.command("load")
@json_option
@with_appcontext
def load(as_json: bool) -> None:
    """在空数据库中载入演示数据（须先 responder init）。

    例：responder demo load
    """
    loaded = _load()
    if as_json:
        print_json(vars(loaded))


@demo.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 32))
@with_appcontext
def serve(host: str, port: int, workers: int) -> None:
    """备好数据库和演示数据，打印演示账号，启动服务。

    例：responder demo serve --port 8000
    """
    prepare_database(ADMINISTRATOR.username, ADMINISTRATOR.display_name, PASSWORD)
    if loader.is_empty(db.session):
        _load()
    say(f"演示账号（密码均为 {PASSWORD}）：")
    for account in (*ACCOUNTS, ADMINISTRATOR):
        say(f"  {account.username:<13}{account.display_name}")
    app = _app()
    app.extensions["settings"] = _settings().model_copy(update={"notice": NOTICE})
    run_server(app, host, port, workers)


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _load() -> loader.Loaded:
    say("正在生成演示数据，约需十秒……")
    settings = _settings()
    now = utc_now()
    loaded = loader.load(generate(local(now, settings.zone).date()), now, settings)
    say(
        f"已载入留言 {loaded.messages} 条、话题 {loaded.topics} 个、"
        f"发布活动 {loaded.events} 场、回应事项 {loaded.items} 件"
    )
    return loaded


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]
