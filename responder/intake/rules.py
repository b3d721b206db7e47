"""How a cell becomes a value: times, counts, headlines, and what makes two messages one.

Nothing is guessed in silence: what cannot be read for certain is refused, and the
refusal says what to write instead.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

HEADLINE_CHARACTERS = 60

# Longest texts that the columns of a message hold (a test compares them with the model).
COLUMN_LIMITS = {
    "external_id": 64,
    "title": 300,
    "author": 100,
    "phone": 32,
    "district": 64,
    "place": 200,
    "source_url": 500,
}

# Nobody's message to a city's mailbox is older; a spreadsheet's zero is 1899 or 1900.
EARLIEST_YEAR = 1990
FUTURE_TOLERANCE = timedelta(days=1)

# Spreadsheets count days from here on (ECMA-376 part 1, 18.17.4.1), 1990 to 2099.
SERIAL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - the caller adds the zone
FIRST_SERIAL, LAST_SERIAL = 32_874, 73_051

# A spreadsheet number keeps 15 digits; the rest have become zeros.
EXACT_DIGITS = 15
LARGEST_COUNT = 2**31 - 1
FARTHEST_ZONE = 14  # hours from UTC

ANONYMOUS = frozenset({"", "匿名", "匿名用户", "匿名網友", "匿名网友", "不愿透露", "无", "無"})

_TIME_EXAMPLE = "请写成 2019-11-13 11:20 这样的年月日时分"
_EXPORTED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?", re.ASCII)
_SEPARATED = re.compile(
    r"(?:(?P<year>\d{4})(?:[-/.]|年))?(?P<month>\d{1,2})(?P<by>[-/.]|月)(?P<day>\d{1,2})日?"
    r"(?P<rest>.*)",
    re.DOTALL,
)
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?", re.ASCII)
_YEAR_BEHIND = re.compile(r"[-/.]\d{4}\b")
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:T?(?P<clock>\d{6}|\d{4})(?P<zone>Z)?)?"
)
_CLOCK = re.compile(
    r"[T ]*+(?P<half>上午|下午|AM|PM)?\s*+(?P<hour>\d{1,2})[:时点](?P<minute>\d{1,2})?分?"
    r"(?::?(?P<second>\d{1,2})秒?)?(?:\.\d+)?\s*+(?P<half_after>AM|PM)?"
    r"\s*+(?P<zone>Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"\(?(?:星期|周)[一二三四五六日天]\)?")
_FEW_DIGITS = re.compile(r"\d{1,9}", re.ASCII)
_COUNT = re.compile(r"(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?P<scale>[万萬亿億]?)\+?")
_SCALES = {"": 1, "万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_SENTENCE_END = re.compile(r"[。！？!?；;\n\r]")
_SPACE = re.compile(r"\s+")
_DIALLED_BEFORE = re.compile(r"^(?:(?:00)?86|0)(?=1[3-9]\d{9}$)")


class Unreadable(ValueError):
    """A cell that cannot be taken. ``str()`` says what is wrong and what to write."""


def parse_moment(value: object, zone: ZoneInfo, now: datetime, year: int | None = None) -> datetime:
    """The moment that a cell names, aware, in UTC, whole seconds.

    Reads ``2019/2/14 20:00:00``, ``2019-11-13``, ``2019.2.14``, ``2019年2月14日 20:00``,
    ``20190214``, ISO with a zone, and spreadsheet dates. A day without a time is its
    first moment; a time without a zone is the office's.

    :param now: aware; a moment more than a day after it is refused.
    :param year: for texts that leave the year out.
    :raises Unreadable: not a time, a day that does not exist, or one in the future.
    """
    moment = _exported_moment(value) or _spreadsheet_moment(value) or _written_moment(value, year)
    if moment.year < EARLIEST_YEAR:
        raise Unreadable(f"{moment:%Y-%m-%d} 早于 {EARLIEST_YEAR} 年，请核对年份")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    if moment > now + FUTURE_TOLERANCE:
        raise Unreadable(f"{moment:%Y-%m-%d} 晚于今天，请核对日期")
    return moment.astimezone(UTC)


def _spreadsheet_moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        # Spreadsheets count days in binary fractions: 23:59:59.9995 was meant as midnight.
        if value.microsecond < 500_000:
            return value.replace(microsecond=0)
        with suppress(OverflowError):  # the last second of year 9999 is told as it is
            value += timedelta(seconds=1)
        return value.replace(microsecond=0)
    if isinstance(value, date):
        return datetime.combine(value, time.min)  # the caller adds the zone
    return _serial_moment(value)


def _serial_moment(value: object) -> datetime | None:
    """A day as spreadsheets count them, whose cell has lost its format: 46350.5."""
    if isinstance(value, str) and _SERIAL.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not FIRST_SERIAL <= value < LAST_SERIAL:
        return None
    return SERIAL_EPOCH + timedelta(seconds=round(value * 86_400))


def _exported_moment(value: object) -> datetime | None:
    """The way most systems write; a whole morning's file is in it."""
    if not isinstance(value, str) or not _EXPORTED.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None  # no such day: said by whoever reads the other ways


def _written_moment(value: object, year: int | None) -> datetime:
    text = _plain_text(value)
    tidy = _WEEKDAY.sub(" ", text)
    if match := _COMPACT.fullmatch(tidy):
        clock = (match["clock"] or "").ljust(6, "0")
        return _moment(
            text, match["year"], match, (clock[:2], clock[2:4], clock[4:]), match["zone"]
        )
    match = _SEPARATED.fullmatch(tidy)
    if match is None:
        raise Unreadable(f"“{_short(text)}”不是日期，{_TIME_EXAMPLE}")
    rest = match["rest"].strip()
    if not match["year"] and _YEAR_BEHIND.match(rest):
        raise Unreadable(f"“{_short(text)}”的年份写在后面，日和月分不清，{_TIME_EXAMPLE}")
    named_year = match["year"] or year
    if named_year is None:
        raise Unreadable(
            f"“{_short(text)}”没有年份，请补上年份，或另给年份（网页的“年份”，命令的 --year）"
        )
    if not rest:
        return _moment(text, named_year, match, ("0", "0", "0"), None)
    clock_match = _CLOCK.fullmatch(rest)
    if clock_match is None:
        raise Unreadable(f"“{_short(text)}”中的时间无法识别，{_TIME_EXAMPLE}")
    return _moment(text, named_year, match, _clock(clock_match), clock_match["zone"])


def _clock(match: re.Match[str]) -> tuple[str, str, str]:
    hour = int(match["hour"])
    half = (match["half"] or match["half_after"] or "").upper()
    if half in {"下午", "PM"} and hour < 12:
        hour += 12
    elif half == "AM" and hour == 12:
        hour = 0
    return str(hour), match["minute"] or "0", match["second"] or "0"


def _moment(
    text: str,
    year: str | int,
    day: re.Match[str],
    clock: tuple[str, str, str],
    zone: str | None,
) -> datetime:
    hour, minute, second = map(int, clock)
    try:
        moment = datetime(  # noqa: DTZ001 - the caller adds the zone
            int(year), int(day["month"]), int(day["day"]), hour, minute, second
        )
    except ValueError as error:
        raise Unreadable(f"“{_short(text)}”这个时间不存在，{_TIME_EXAMPLE}") from error
    if zone is None:
        return moment
    return moment.replace(tzinfo=_offset(text, zone))


def _offset(text: str, zone: str) -> timezone:
    """How far a zone that was written is from UTC: ``Z``, ``+08:00``, ``-0330``."""
    if zone in "Zz":
        return UTC
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if hours > FARTHEST_ZONE or minutes > 59:
        raise Unreadable(f"“{_short(text)}”的时区不存在，{_TIME_EXAMPLE}")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(offset if zone[0] == "+" else -offset)


def parse_count(value: object) -> int:
    """How often: ``1,234``, ``1.2万``, ``13808.0``; an empty cell is 0.

    :raises Unreadable: not a whole number of 0 or more.
    """
    if isinstance(value, str) and _FEW_DIGITS.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer() and 0 <= value <= LARGEST_COUNT:
        return int(value)
    text = _plain_text(value).replace(" ", "")
    if not text:
        return 0
    match = _COUNT.fullmatch(text)
    if match is None:
        raise Unreadable(f"“{_short(text)}”不是数量，请填不小于 0 的整数")
    number = float(match["number"].replace(",", "")) * _SCALES[match["scale"]]
    if number > LARGEST_COUNT:  # before it is rounded: infinity cannot be
        raise Unreadable(f"“{_short(text)}”太大，请核对")
    count = round(number)
    if abs(number - count) > 1e-6:
        raise Unreadable(f"“{_short(text)}”不是整数，请填不小于 0 的整数")
    return count


def parse_text(value: object) -> str:
    """A cell as text: whole numbers without ``.0``, ends stripped, no NUL characters."""
    if isinstance(value, str):
        return value.replace("\x00", "").strip()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def parse_identifier(value: object) -> str:
    """A number or code that names a message at its source; empty when there is none.

    :raises Unreadable: a spreadsheet number so long that its last digits are lost.
    """
    if isinstance(value, float) and abs(value) >= 10**EXACT_DIGITS:
        raise Unreadable(
            f"编号超过 {EXACT_DIGITS} 位却按数值保存，末几位已丢失；"
            "请把该列设为文本格式后从来源重新导出"
        )
    return parse_text(value)


def parse_yes(value: object) -> bool:
    """Whether a cell says yes; an empty cell says no.

    :raises Unreadable: neither yes nor no.
    """
    text = parse_text(value).casefold()
    if text in {"是", "紧急", "緊急", "加急", "1", "true", "yes", "y"}:
        return True
    if text in {"", "否", "一般", "普通", "不紧急", "0", "false", "no", "n"}:
        return False
    raise Unreadable(f"“{_short(text)}”既不是“是”也不是“否”，请填“是”或“否”")


def headline(body: str) -> str:
    """A title for a message that came without: its first sentence, at most 60 characters."""
    text = body.strip()
    first = _SPACE.sub(" ", _SENTENCE_END.split(text, maxsplit=1)[0]).strip() or text
    if len(first) <= HEADLINE_CHARACTERS:
        return first
    return first[: HEADLINE_CHARACTERS - 1] + "…"


def fingerprint(
    channel: str,
    external_id: str | None,
    author: str,
    occurred_at: datetime,
    title: str,
    body: str,
) -> str:
    """64 hex digits (SHA-256) that are the same for the same message, and only for it.

    With an identifier from the source: channel, identifier and words (every month's list
    may count from 1 again). Without: channel, author, moment and words. White space in
    the words does not count.
    """
    words = (_squeezed(title), _squeezed(body))
    if external_id:
        return _digest((channel, "id", external_id, *words))
    moment = occurred_at.astimezone(UTC).isoformat()
    return _digest((channel, "text", author, moment, *words))


def call_fingerprint(token: str, message_fingerprint: str) -> str:
    """64 hex digits for a call typed into the form with this token.

    A form sent twice is one call; corrected and sent again it is another, so that
    nothing that somebody typed is ever dropped.
    """
    return _digest(("call", token, message_fingerprint))


def author_key(channel: str, author: str, phone: str, message_fingerprint: str) -> str:
    """32 hex digits that tell people apart; keyed before they are stored (``intake.identity``).

    A phone number is the same person on every channel; otherwise a name is a person
    of its channel. Without either, or signed 匿名, each message is a person of its
    own: counting strangers as one would hide how many they are.
    """
    if number := _number(phone):
        return _digest(("phone", number))[:32]
    if not names_somebody(author, ""):
        return _digest(("message", message_fingerprint))[:32]
    return _digest((channel, "author", author.strip()))[:32]


def names_somebody(author: str, phone: str) -> bool:
    """Whether a name or a number tells who it was; 匿名 tells nothing."""
    return bool(_number(phone)) or author.strip() not in ANONYMOUS


def _number(phone: str) -> str:
    """The digits of a telephone number; a mobile without what is dialled before it."""
    if not phone:
        return ""
    digits = "".join(filter(str.isdecimal, unicodedata.normalize("NFKC", phone)))
    return _DIALLED_BEFORE.sub("", digits)


def _digest(parts: Iterable[str]) -> str:
    # Lengths before the parts, so that no two lists of parts run together the same way.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _plain_text(value: object) -> str:
    return _squeezed(unicodedata.normalize("NFKC", parse_text(value)))


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"
