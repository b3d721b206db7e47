"""Scores, weights and points as decimals that every database keeps exactly."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import Dialect, Integer, TypeDecorator

HUNDRED = Decimal(100)
_CENT = Decimal("0.01")


class Points(TypeDecorator[Decimal]):
    """A decimal of two places, stored as whole hundredths: SQLite has no decimals of its own."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        hundredths = Decimal(value) * HUNDRED
        if hundredths != int(hundredths):
            raise ValueError(f"{value} has more than two decimals")
        return int(hundredths)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-2)


def two_places(value: Decimal) -> Decimal:
    """Rounded as people do it, a half upwards."""
    return value.quantize(_CENT, ROUND_HALF_UP)


def mean(values: Sequence[Decimal]) -> Decimal | None:
    """The average, two decimals; None of nothing."""
    return two_places(sum(values, Decimal(0)) / len(values)) if values else None


def plain(value: Decimal | None) -> str:
    """``87.5``, ``100``, ``-0.25``: no zeros that say nothing; a dash for None."""
    if value is None:
        return "—"
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def heading_width(heading: str) -> int:
    """Characters of a column that shows its heading on one line; a Chinese one is two."""
    return max(10, sum(2 if ord(sign) > 0x2E7F else 1 for sign in heading) + 2)
