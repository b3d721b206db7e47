"""The parts that reports are made of, and how figures are written in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from responder.core.privacy import mask
from responder.core.times import chinese_date, local
from responder.planning.briefing import rules as briefing
from responder.planning.briefing.reading import Standpoint
from responder.reports.documents.content import (
    Block,
    Column,
    Heading,
    Link,
    Paragraph,
    Run,
    Runs,
    Table,
    link,
)

NO_DATA = "无数据"
NOBODY = "—"


def numbered(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks, their headings numbered as official papers number them: 一、（一）1."""
    counts = [0, 0, 0]
    found: list[Block] = []
    for block in blocks:
        if not isinstance(block, Heading):
            found.append(block)
            continue
        counts[block.level - 1] += 1
        counts[block.level :] = [0] * (3 - block.level)
        number = counts[block.level - 1]
        written = (
            f"{briefing.numeral(number)}、",
            f"（{briefing.numeral(number)}）",
            f"{number}. ",
        )
        found.append(replace(block, text=f"{written[block.level - 1]}{block.text}"))
    return tuple(found)


def plain(text: str) -> Runs:
    return (Run(text),)


def linked(text: object, to: Link | None) -> Runs:
    return (Run(str(text), to),)


def count(number: int, to: Link | None) -> Runs:
    """A number; none of nothing leads nowhere."""
    return (Run(str(number), to if number else None),)


def paragraph(*parts: str | Run) -> Paragraph:
    return Paragraph(tuple(one if isinstance(one, Run) else Run(one) for one in parts))


def table(
    label: str,
    columns: Sequence[tuple[str, int] | tuple[str, int, bool]],
    rows: Iterable[Sequence[Runs]],
    named_by: int = 0,
    totalled: bool = False,
) -> Table:
    """:param columns: heading, millimetres, whether it is centred."""
    made = tuple(Column(*one) for one in columns)
    return Table(label, made, tuple(tuple(row) for row in rows), named_by, totalled)


def percent(share: float | None) -> str:
    """``98.5%``; 无数据 of nothing."""
    return NO_DATA if share is None else f"{share * 100:.1f}%"


def share_of(part: int, whole: int) -> str:
    return percent(part / whole if whole else None)


def change(now: int, before: int) -> str:
    """``+3``, ``-2`` or ``0``."""
    return f"{now - before:+d}" if now != before else "0"


def span(length: timedelta) -> str:
    """``3 天 4 小时``; under an hour in minutes."""
    minutes = int(length.total_seconds()) // 60
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    return f"{hours} 小时" if hours else f"{minutes} 分钟"


def short_moment(moment: datetime, zone: ZoneInfo) -> str:
    """``3月5日 09:30``."""
    there = local(moment, zone)
    return f"{there.month}月{there.day}日 {there:%H:%M}"


def short_day(moment: datetime, zone: ZoneInfo) -> str:
    there = local(moment, zone)
    return f"{there.month}月{there.day}日"


def as_of(at: Standpoint) -> str:
    """``数据截至 2026年3月5日 09:30``."""
    there = local(at.now, at.zone)
    return f"数据截至 {chinese_date(there.date())} {there:%H:%M}"


def hidden(text: str, at: Standpoint, length: int = 60) -> str:
    """A citizen's or an office's short text on one line, without personal data."""
    return briefing.excerpt(mask(text, at.public), length)


def topic_page(topic_id: int) -> Link:
    return link("topics.show", topic_id=topic_id)


def message_page(message_id: int) -> Link:
    return link("intake.show", message_id=message_id)


def messages_page(
    first: date | None = None, last: date | None = None, **restricted: str | int | None
) -> Link:
    """The list of messages, of these local days or of all."""
    days = {
        name: day.isoformat() for name, day in (("from", first), ("to", last)) if day is not None
    }
    return link("intake.index", **restricted, **days)


def finds_alone(district: str, all_districts: Iterable[str]) -> bool:
    """Whether the list of messages, which finds a district by a part of its name, finds no other.

    Nor what is masked on pages.
    """
    within = any(district in other for other in all_districts if other != district)
    return not within and mask(district) == district
