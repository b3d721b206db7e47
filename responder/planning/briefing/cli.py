"""``responder plan briefing``: the pack at the console."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from responder.core.console import say, write_file
from responder.core.database import db
from responder.core.office import public_lines
from responder.core.times import utc_now
from responder.planning import service
from responder.planning.briefing import templates
from responder.planning.briefing.pack import prepare
from responder.planning.briefing.reading import Standpoint
from responder.planning.briefing.rendering import word_file
from responder.planning.views import zone


@click.command()
@click.argument("event_id", type=int)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="写入的文件（.docx）。",
)
@with_appcontext
def briefing(event_id: int, out: Path) -> None:
    """生成一项发布活动的背景材料（Word）。

    例：responder plan briefing 12 --out 背景材料.docx
    """
    event = service.get_event(db.session, event_id)
    pack = prepare(db.session, event, Standpoint(utc_now(), zone(), public_lines()))
    write_file(out, word_file(pack, templates.current_content(db.session)))
    questions = sum(len(part.questions) for part in pack.topics)
    say(f"{out}：{pack.theme}，话题 {len(pack.topics)} 个，群众问题 {questions} 个")
