"""``responder demo``: a made-up city to try the product on."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from responder.accounts import service as accounts
from responder.cli import prepare_database, short_context
from responder.core.console import json_option, print_json, say
from responder.core.database import alembic, db, require_known_schema
from responder.core.errors import WrongState
from responder.core.times import utc_now
from responder.demo import loader
from responder.demo.accounts import ACCOUNTS, ADMINISTRATOR, PASSWORD
from responder.demo.generate import generate, world_day
from responder.serving import run_server
from responder.settings import Settings

DRESS = {
    "notice": "演示数据：江澜市及其居民、单位、事件均属虚构。",
    "city_name": "江澜市",
    "publisher_name": "江澜市人民政府新闻办公室",
}


@click.group()
def demo() -> None:
    """演示数据：虚构的江澜市，只用于试用。"""


@demo.command("load")
@click.option("--year", type=int, help="改为载入过去一年的台账（现有 2017），不含留言和话题。")
@json_option
@with_appcontext
def load(year: int | None, as_json: bool) -> None:
    """在空数据库中载入演示数据（须先 responder init）。

    例：responder demo load
        responder demo load --year 2017
    """
    if year is not None:
        now = utc_now()
        loader.load_past(generate(world_day(now)), year, now, _settings())
        say(f"已载入 {year} 年的台账：可运行 responder report annual --year {year} -o 总结.docx")
        if as_json:
            print_json({"year": year})
        return
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
    with short_context():
        _prepare()
    say(f"演示账号（密码均为 {PASSWORD}）：")
    for account in (*ACCOUNTS, ADMINISTRATOR):
        say(f"  {account.username:<13}{account.display_name}")
    run_server(_settings(), host, port, workers)


def _prepare() -> None:
    """Bring a new database to the demo world; keep away from an office's own."""
    _settings().keep_secret_key()  # which makes the folder that the database lies in
    require_known_schema()
    alembic.upgrade()
    if loader.is_demo(db.session):
        return
    if accounts.has_administrator(db.session):
        raise WrongState(
            "这里是已在使用的数据库，不能载入演示数据：请用 RESPONDER_STATE_DIR 指定一个新目录"
        )
    prepare_database(ADMINISTRATOR.username, ADMINISTRATOR.display_name, PASSWORD)
    _load()


def _settings() -> Settings:
    """The office's settings, dressed as the made-up city's."""
    found: Settings = current_app.extensions["settings"]
    return found.model_copy(update=DRESS)


def _load() -> loader.Loaded:
    say("正在生成演示数据，约需十几秒；第一次还要编译聚合程序，会更久……")
    settings = _settings()
    now = utc_now()
    loaded = loader.load(generate(world_day(now)), now, settings)
    say(
        f"已载入留言 {loaded.messages} 条、话题 {loaded.topics} 个、"
        f"发布活动 {loaded.events} 场、回应事项 {loaded.items} 件"
    )
    return loaded
