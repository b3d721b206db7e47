"""When an item of a stream was written, as streams write it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from responder.intake.rules import EARLIEST_YEAR, FUTURE_TOLERANCE, Unreadable, parse_moment

# Java's Date.toString, which many Chinese servers print: Mon Nov 23 10:00:00 CST 2026.
_JAVA = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d)"
    r"(?: (?P<zone>[A-Z]{2,4}|[A-Z]{3}[+-]\d\d:?\d\d))? (?P<year>\d{4})"
)
# To e-mail's rules CST is Chicago; on these servers it is Beijing.
_BEIJING = re.compile(r"\bCST\b")


def read(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment a feed or a letter names, aware, in UTC, whole seconds.

    :param zone: of a time that names none.
    :raises Unreadable: no time, before 1990, or more than a day ahead.
    """
    text = text.strip()
    moment = _iso(text) or _letter(text)
    if moment is None:
        return parse_moment(text, zone, now)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    moment = _in_utc(moment).replace(microsecond=0)
    if moment.year < EARLIEST_YEAR:
        raise Unreadable(f"时间 {moment:%Y-%m-%d} 早于 {EARLIEST_YEAR} 年")
    if moment > now + FUTURE_TOLERANCE:
        raise Unreadable(f"时间 {moment:%Y-%m-%d} 晚于今天")
    return moment


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise Unreadable(f"时间 {moment:%Y-%m-%d} 不存在") from error


def _iso(text: str) -> datetime | None:
    if not re.match(r"\d{4}-\d\d-\d\d[T ]", text):
        return None
    try:
        return datetime.fromisoformat(re.sub(r" ([+-]\d\d:?\d\d)$", r"\1", text))
    except ValueError:
        return None


def _letter(text: str) -> datetime | None:
    """RFC 5322, or Java's own order; ``-0000`` says UTC and no zone."""
    if match := _JAVA.fullmatch(text):
        text = f"{match['day']} {match['month']} {match['year']} {match['clock']}"
        text += f" {match['zone']}" if match["zone"] else ""
    try:
        moment: datetime = parsedate_to_datetime(_BEIJING.sub("+0800", text))
    except (ValueError, IndexError):
        return None
    return moment.replace(tzinfo=UTC) if text.endswith("-0000") else moment
