"""``responder audit``: whether the trail is what it was, and the trail in a file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import with_appcontext

from responder.core.audit.chain import Head
from responder.core.audit.verifying import read_head, verify
from responder.core.console import DONE_WITH_REFUSALS, json_option, print_json, say
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.operating import audit_files


@click.group("audit")
def audit_command() -> None:
    """审计记录：核验没有被改动，导出留存。

    例：responder audit verify
    """


@audit_command.command("verify")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--since",
    multiple=True,
    metavar="序号:摘要|文件",
    help="链必须经过的一处：以前记下的链头（备份、日志里有），或以前导出的文件。可多次给出。",
)
@json_option
@with_appcontext
def verify_command(file: Path | None, since: tuple[str, ...], as_json: bool) -> None:
    """核验审计记录没有被改动、删除、插入或调换；给出文件则核验导出的文件。

    退出码：0 完好，1 有问题。例：responder audit verify --since 2026-11.jsonl
    """
    anchors = _anchors(since)
    outcome = (
        verify(db.session, anchors) if file is None else audit_files.verify_file(file, anchors)
    )
    head = outcome.head
    if as_json:
        print_json({"events": outcome.count, "head": str(head), "problem": outcome.problem or None})
    if outcome.problem:
        say(f"{outcome.problem}。此前 {outcome.count} 条完好")
        sys.exit(DONE_WITH_REFUSALS)
    say(f"审计记录完好：{outcome.count} 条，链到 {head}")
    if not anchors:
        say("尾部是否被整段删除，要与以前记下的链头对照：--since 序号:摘要，或以前导出的文件")


def _anchors(since: Sequence[str]) -> list[Head]:
    return [
        audit_files.head_of(Path(one)) if Path(one).is_file() else read_head(one) for one in since
    ]


@audit_command.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--after", type=click.IntRange(0), default=0, help="只导出这个序号之后的；不给则从头导出。"
)
@json_option
@with_appcontext
def export_command(file: Path, after: int, as_json: bool) -> None:
    """把审计记录连同摘要导出为 JSON 行，文件可以单独核验；导出之前先记入审计。

    文件里的内容没有遮盖，请妥善保管。例：responder audit export 2026-11.jsonl
    """
    with transaction(CONSOLE) as session:  # before the first byte leaves
        part = audit_files.part_of(session, file, after)
        audit_files.record_export(session, part)
    head = audit_files.export(db.session, file, part)
    count = head.number - after
    if as_json:
        print_json({"file": str(file), "events": count, "head": str(head)})
    say(f"已导出 {count} 条：{file}，链到 {head}")
