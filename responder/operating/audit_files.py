"""The trail in a file that can be verified by itself: JSON, an event with its digest a line.

The first line says after which head the file begins, the last where it ends; a file without
its last line is torn.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import NoneType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.audit import AuditLink
from responder.core.audit.chain import BEGINNING, Head
from responder.core.audit.verifying import Link, Outcome, links_of, read_head, walk
from responder.core.errors import Invalid
from responder.operating.backing_up import whole_or_nothing

FORMAT = "responder-audit/1"
NO_EXPORT = "不是回应台导出的审计记录，或没有写完：请重新导出"


@dataclass
class _Seen:
    """What a file says of itself, once it was read."""

    end: Head | None = None


def export(session: Session, target: Path, after: int = 0) -> Head:
    """Write the trail from a number on: whole under its name, or not at all.

    :param after: the number of the last event that is left out.
    :returns: where the file ends.
    :raises Invalid: there is such a file, the disk does not take it, or no such number.
    """
    if target.exists():
        raise Invalid(f"{target} 已存在：导出不覆盖原有文件，请换一个文件名")
    start = end = _head_at(session, after)
    part = target.with_name(f"{target.name}.part")
    try:
        with whole_or_nothing(part, target) as file, closing(links_of(session, after)) as links:
            file.write(_line({"format": FORMAT, "after": str(start)}))
            for link in links:
                file.write(_line(link._asdict()))
                end = Head(link.number, link.digest)
            file.write(_line({"head": str(end)}))
    except OSError as error:
        raise Invalid(
            f"没有导出（{error.strerror or error}）：请检查 {target.parent} 的磁盘空间和权限"
        ) from error
    return end


def _head_at(session: Session, number: int) -> Head:
    if not number:
        return BEGINNING
    digest = session.scalar(select(AuditLink.digest).where(AuditLink.number == number))
    if digest is None:
        raise Invalid(f"链上没有第 {number} 条：请核对 --after")
    return Head(number, digest)


def verify_file(path: Path, anchors: list[Head]) -> Outcome:
    """Walk the chain of an exported file.

    :raises Invalid: it is no such file, or torn, or begins after one of ``anchors``.
    """
    seen = _Seen()
    with closing(_lines(path)) as lines:
        first = next(lines, {})
        if first.get("format") != FORMAT:
            raise Invalid(f"{path} {NO_EXPORT}")
        start = read_head(str(first.get("after")))
        outcome = walk(_links(lines, seen, path), anchors, start)
    if outcome.problem or seen.end == outcome.head:
        return outcome
    if seen.end is None:
        raise Invalid(f"{path} {NO_EXPORT}")
    return replace(outcome, problem=f"文件称链到第 {seen.end.number} 条，实际不是：尾部被改动")


def head_of(path: Path) -> Head:
    """Where an exported file says that it ends; it is read to the last line, and not verified."""
    last: dict[str, Any] = {}
    with closing(_lines(path)) as lines:
        for line in lines:
            last = line
    if "head" not in last:
        raise Invalid(f"{path} {NO_EXPORT}")
    return read_head(str(last["head"]))


def _links(lines: Iterator[dict[str, Any]], seen: _Seen, path: Path) -> Iterator[Link]:
    for line in lines:
        if "head" in line:
            seen.end = read_head(str(line["head"]))
            return
        link = Link(line.get("number", ""), line.get("digest", ""), line.get("event", ""))
        shapes = ((link.number, int), (link.digest, str), (link.event, (dict, NoneType)))
        if not all(isinstance(value, kind) for value, kind in shapes):
            raise Invalid(f"{path} {NO_EXPORT}")
        yield link


def _lines(path: Path) -> Generator[dict[str, Any], None, None]:
    try:
        with path.open("rb") as file:
            for line in file:
                told = json.loads(line.decode("utf-8", "surrogatepass"))
                if not isinstance(told, dict):
                    raise ValueError("no object")
                yield told
    except OSError as error:
        raise Invalid(f"无法读取 {path}（{error.strerror}）：请检查文件和权限") from error
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{path} {NO_EXPORT}") from error


def _line(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"{text}\n".encode("utf-8", "surrogatepass")
