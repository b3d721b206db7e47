"""``responder publishing``: the column as files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from responder.core.console import json_option, print_json, say
from responder.core.database import db
from responder.publishing import exporting


@click.group()
def publishing() -> None:
    """公开栏目：导出为静态网页。"""


@publishing.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--address",
    default="",
    help="栏目对外的地址，写入订阅源和站点地图；不给则用公开栏目的外部地址。",
)
@json_option
@with_appcontext
def export(folder: Path, address: str, as_json: bool) -> None:
    """把整个公开栏目导出为静态网页（含订阅源和站点地图），任何网站服务器都可直接提供。

    例：responder publishing export /srv/www/huiying --address https://www.example.gov.cn/huiying/
    """
    settings = current_app.extensions["settings"]
    done = exporting.export(db.session, folder, address or settings.public_url, settings)
    if as_json:
        print_json(asdict(done))
        return
    say(f"已导出 {done.entries} 条回应、{done.files} 个文件到 {folder}")
