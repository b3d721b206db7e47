"""How figures are said: exactly, about, beside last year's. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

Value = int | Decimal

NO_DATA = "无数据"
NAMED = 8  # titles in a sentence


def shown(value: Value | None) -> str:
    """A figure as the summary writes it; 无数据 where nothing was recorded."""
    return NO_DATA if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def about(value: Value | None) -> str:
    """A large count as summaries write it: ``21000余``, ``近3000``; small ones exactly.

    Two leading digits are kept; from 97 % of the next round number on it is said to be near.
    """
    if value is None or value < 100 or value != int(value):
        return shown(value)
    number = int(value)
    unit = 10 ** (len(str(number)) - (2 if number >= 10_000 else 1))
    below, above = number // unit * unit, (number // unit + 1) * unit
    if number == below:
        return str(number)
    return f"近{above}" if number * 100 >= above * 97 else f"{below}余"


def change_of(value: Value | None, last: Value | None) -> Value | None:
    """How much more than last year's; None where one of them is unknown."""
    return None if value is None or last is None else value - last


def signed(change: Value | None) -> str:
    """A difference with its sign; empty where there is none to tell."""
    return "" if change is None else f"+{shown(change)}" if change > 0 else shown(change)


def change_words(value: Value | None, last: Value | None, measure: str) -> str:
    """``比上年增加 5 场``, ``与上年持平``, ``上年无数据``."""
    if value is None:
        return NO_DATA
    if last is None:
        return "上年无数据"
    change = change_of(value, last)
    if not change:
        return "与上年持平"
    return f"比上年{'增加' if change > 0 else '减少'}{shown(max(change, -change))}{measure}"


def change_percent(value: Value | None, last: Value | None) -> Decimal | None:
    """Percent of last year's by which it is more, one decimal; None where that has no meaning."""
    if value is None or not last:
        return None
    return round(Decimal(value - last) * 100 / Decimal(last), 1)


def named(titles: Sequence[str], most: int = NAMED) -> str:
    """Titles in one sentence: ``“甲”“乙”``, and 等 where there are more."""
    listed = "".join(f"“{title}”" for title in titles[:most])
    return f"{listed}等" if len(titles) > most else listed
