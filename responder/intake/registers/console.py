"""``… import FILE``: the options that every register's import has, and what it tells."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from responder.core.console import DONE_WITH_REFUSALS, print_json, say
from responder.intake.imports.error_workbook import check_writable
from responder.intake.imports.rows import described
from responder.intake.registers.importing import TableImport, write_errors

SHOWN_REFUSALS = 10

Take = Callable[[], TableImport]


def file_argument(command: Any) -> Any:
    """The file, ``--dry-run`` and ``--errors`` as ``path``, ``dry_run`` and ``errors_path``."""
    for option in (
        click.option(
            "--errors",
            "errors_path",
            type=click.Path(path_type=Path),
            metavar="OUT.xlsx",
            help="把退回的行连同原因写入这个工作簿；更正后可再次导入。",
        ),
        click.option("--dry-run", is_flag=True, help="只检查，不写入。"),
        click.argument("path", metavar="FILE", type=click.Path(path_type=Path)),
    ):
        command = option(command)
    return command


def take_in(
    take: Take,
    path: Path,
    dry_run: bool,
    errors_path: Path | None,
    as_json: bool,
    extra: dict[str, Any] | None = None,
) -> None:
    """Import a file, and tell what became of it; the exit code says whether rows were refused.

    :param take: rehearses or stores.
    :param extra: what the JSON has besides.
    """
    if errors_path is not None:
        check_writable(errors_path, path)
    found = take()
    written = errors_path is not None and write_errors(errors_path, found.headings, found.refusals)
    _tell(found, dry_run, errors_path if written else None)
    if as_json:
        payload = _as_json(found) | {"dry_run": dry_run} | (extra or {})
        print_json(payload | ({"errors_file": str(errors_path)} if written else {}))
    if found.refusals:
        sys.exit(DONE_WITH_REFUSALS)


def _tell(found: TableImport, dry_run: bool, errors_path: Path | None) -> None:
    verb = "试运行，未写入：将列入" if dry_run else "列入"
    say(
        f"共 {found.rows} 条：{verb} {found.created}，重复 {found.duplicates}，"
        f"退回 {len(found.refusals)}"
    )
    if found.unread:
        say(f"  没有读入的列：{'、'.join(found.unread)}")
    for number, note in found.notes:
        say(f"  第 {number} 行 {note}")
    for line in described(found.refusals[:SHOWN_REFUSALS]):
        say(f"  {line}")
    if errors_path is not None:
        say(f"退回的行及原因见 {errors_path}，更正后可再次导入")
    elif found.refusals:
        say("加上 --errors OUT.xlsx 可取回全部退回的行及原因")


def _as_json(found: TableImport) -> dict[str, Any]:
    return {
        **found.counts,
        "refusals": [
            {"row": one.row.number, "column": found.column_of(one), "reason": one.reason}
            for one in found.refusals
        ],
        "unread": list(found.unread),
        "notes": [{"row": number, "note": note} for number, note in found.notes],
    }
