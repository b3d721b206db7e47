"""What a measure is: how a unit's records of a year become a number, and which they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.accounts.models import Unit


@dataclass(frozen=True)
class Tally:
    """What was counted of a unit.

    :param value: a number, or a percent; :param records: how many records stand behind it.
    """

    value: Decimal
    records: int


@dataclass(frozen=True)
class Evidence:
    """A record that was counted.

    :param day: when it happened, in the office's zone; None where it has not yet.
    :param endpoint: of its page, with ``values`` for the address.
    :param remark: what became of it, where the count depends on it.
    """

    title: str
    day: date | None
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)
    remark: str = ""


Counted = Mapping[int, Decimal | Tally]


@dataclass(frozen=True)
class Measure:
    """Something that can be counted by unit and year.

    :param meaning: exactly what is counted.
    :param count: unit id → number or percent, for all units. Who is missing has nothing: 0 of a
        number, not measurable of a percent.
    :param rows: what was counted of one unit, by time.
    :param unit_word: of what the number is (场、篇); of a percent ``%``.
    :param percent: out of 100, so that it may be scored by share.
    """

    code: str
    name: str
    meaning: str
    count: Callable[[Session, int, ZoneInfo], Counted]
    rows: Callable[[Session, int, Unit], list[Evidence]]
    unit_word: str = "件"
    percent: bool = False

    def tallies(self, session: Session, year: int, zone: ZoneInfo) -> dict[int, Tally]:
        """The count of every unit that has any, with the number of records behind it."""
        found = {}
        for unit_id, value in self.count(session, year, zone).items():
            if isinstance(value, Decimal):
                value = Tally(value, 1 if self.percent else int(value))
            found[unit_id] = value
        return found

    def of(self, tallies: Mapping[int, Tally], unit_id: int) -> Tally | None:
        """A unit's tally; None where there is nothing to measure it by."""
        return tallies.get(unit_id) or (None if self.percent else Tally(Decimal(0), 0))
