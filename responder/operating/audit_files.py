"""The trail in a file that can be verified by itself: JSON, an event with its digest a line.

The first line says after which head the file begins, the last where it ends; a file without
its last line is torn, and of one that goes on behind it somebody has added to the file.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from types import NoneType
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.audit import AuditLink, chain, record_of_trail
from responder.core.audit.chain import BEGINNING, Head
from responder.core.audit.stored import as_stored, legible
from responder.core.audit.verifying import Link, Outcome, links_of, read_head, walk
from responder.core.errors import Invalid
from responder.operating.backing_up import whole_or_nothing

FORMAT = "responder-audit/1"
END = {"head"}  # what the last line has
NO_EXPORT = "不是回应台导出的审计记录，或没有写完：请重新导出"


@dataclass
class _Seen:
    """What a file says of itself, as far as it was read.

    :ivar more: the number of the line behind the end, where there is one.
    """

    end: Head | None = None
    more: int = 0


class Part(NamedTuple):
    """The events behind one head, up to and with another."""

    start: Head
    end: Head

    @property
    def events(self) -> int:
        return self.end.number - self.start.number


def part_of(session: Session, target: Path, after: int = 0) -> Part:
    """What an export into a new file would hold: the trail from a number on, as it is now.

    :param after: the number of the last event that is left out.
    :raises Invalid: there is such a file, or no such number.
    """
    if target.exists():
        raise Invalid(f"{target} 已存在：导出不覆盖原有文件，请换一个文件名")
    return Part(_head_at(session, after), chain.head(session))


def record_export(session: Session, part: Part) -> None:
    """The trail says what is taken along: of the event at its end, in so many rows."""
    last = select(AuditLink.event_id).where(AuditLink.number == part.end.number)
    what = {"rows": part.events, "head": str(part.end)}
    record_of_trail(session, "export", session.scalar(last) or 0, what)


def export(session: Session, target: Path, part: Part) -> Head:
    """Write a part of the trail: whole under its name, or not at all.

    Whoever calls has recorded and committed that it is taken.

    :returns: where the file ends.
    :raises Invalid: there is such a file, or the disk does not take it.
    """
    end = part.start
    beside = target.with_name(f"{target.name}.part")
    links = links_of(session, part.start.number)
    try:
        with whole_or_nothing(beside, target) as file, closing(links):
            file.write(_line({"format": FORMAT, "after": str(part.start)}))
            for link in takewhile(lambda link: link.number <= part.end.number, links):
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
    found = session.execute(
        select(as_stored(AuditLink.digest)).where(AuditLink.number == number)
    ).first()
    if found is None:
        raise Invalid(f"链上没有第 {number} 条：请核对 --after")
    return Head(number, legible(found[0]))


def verify_file(path: Path, anchors: list[Head]) -> Outcome:
    """Walk the chain of an exported file.

    :raises Invalid: it is no such file, or torn, or begins after one of ``anchors``.
    """
    seen = _Seen()
    with closing(_lines(path, seen)) as lines:
        first = next(lines, {})
        if first.get("format") != FORMAT:
            raise Invalid(f"{path} {NO_EXPORT}")
        start = read_head(str(first.get("after")))
        outcome = walk(_links(lines, path), anchors, start)
    if outcome.problem:
        return outcome
    if seen.end is None:
        raise Invalid(f"{path} {NO_EXPORT}")
    if seen.more:
        return replace(outcome, problem=_added(seen.more))
    if seen.end == outcome.head:
        return outcome
    return replace(outcome, problem=f"文件称链到第 {seen.end.number} 条，实际不是：尾部被改动")


def head_of(path: Path) -> Head:
    """Where an exported file says that it ends; it is read to the last line, and not verified.

    :raises Invalid: it is no such file, or torn, or goes on behind its end.
    """
    seen = _Seen()
    with closing(_lines(path, seen)) as lines:
        for _ in lines:
            pass
    if seen.end is None:
        raise Invalid(f"{path} {NO_EXPORT}")
    if seen.more:
        raise Invalid(f"{path} 不能用来对照：{_added(seen.more)}")
    return seen.end


def _added(line: int) -> str:
    return f"文件在链头之后还有内容（第 {line} 行起）：被添加或改动"


def _links(lines: Iterator[dict[str, Any]], path: Path) -> Iterator[Link]:
    for line in lines:
        if line.keys() == END:
            continue  # and nothing comes behind it
        if line.keys() != set(Link._fields):
            raise Invalid(f"{path} {NO_EXPORT}")
        link = Link(**line)
        shapes = ((link.number, int), (link.digest, str), (link.event, (dict, NoneType)))
        if not all(isinstance(value, kind) for value, kind in shapes):
            raise Invalid(f"{path} {NO_EXPORT}")
        yield link


def _lines(path: Path, seen: _Seen) -> Generator[dict[str, Any], None, None]:
    """Each line up to the one that says where the file ends."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if seen.end is not None:
                    seen.more = number
                    return
                told = json.loads(line.decode("utf-8", "surrogatepass"))
                if not isinstance(told, dict):
                    raise ValueError("no object")
                if told.keys() == END:
                    seen.end = read_head(str(told["head"]))
                yield told
    except OSError as error:
        raise Invalid(f"无法读取 {path}（{error.strerror}）：请检查文件和权限") from error
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{path} {NO_EXPORT}") from error


def _line(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"{text}\n".encode("utf-8", "surrogatepass")
