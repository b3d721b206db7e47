"""``responder responses archive`` and ``responder responses verify``."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from responder.core.console import DONE_WITH_REFUSALS, json_option, print_json, say
from responder.core.database import db
from responder.publishing.archiving import service, verifying
from responder.responses import service as responses


@click.command("archive")
@click.argument("item_id", type=int)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="写入哪个 .zip 文件（须是新文件）。",
)
@json_option
@with_appcontext
def archive(item_id: int, out: Path, as_json: bool) -> None:
    """把一个已发布或已办结的回应事项导出为一个 .zip：文稿、版本、审签、时限、来源、公开条目、评估。

    例：responder responses archive 3 --out 回应事项3.zip
    """
    item = responses.find_item(db.session, item_id)
    digest = service.save_archive(db.session, item, out)
    if as_json:
        print_json({"file": str(out), "manifest_sha256": digest})
        return
    say(f"已导出到 {out}")
    click.echo(f"清单的 SHA-256：{digest}")


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--digest", default="", help="导出时告知的清单 SHA-256；给出则一并比较。")
@json_option
def verify(file: Path, digest: str, as_json: bool) -> None:
    """核验归档文件：哪个文件被改动、缺失或后来加入。不需要数据库。

    例：responder responses verify 回应事项3.zip
    """
    verdict = verifying.verify(file)
    other = bool(digest) and digest.strip().lower() != verdict.digest
    (_print if as_json else _tell)(verdict, other)
    if other or not verdict.is_whole:
        sys.exit(DONE_WITH_REFUSALS)


def _print(verdict: verifying.Verdict, other: bool) -> None:
    print_json(
        {
            "whole": verdict.is_whole and not other,
            "manifest_sha256": verdict.digest,
            "digest_differs": other,
            "members": verdict.members,
            "problems": [{"path": one.shown, "fault": one.fault} for one in verdict.problems],
        }
    )


def _tell(verdict: verifying.Verdict, other: bool) -> None:
    for problem in verdict.problems:
        click.echo(problem.sentence)
    if other:
        click.echo("清单与导出时告知的 SHA-256 不符：清单本身被改动过，或不是同一次导出")
    if verdict.is_whole and not other:
        click.echo(f"完整：{verdict.members} 个文件与清单一致，清单的 SHA-256：{verdict.digest}")
