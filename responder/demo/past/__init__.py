"""A past year of the made-up city: as many records as a city's annual summary tells of."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.errors import Invalid


@dataclass(frozen=True)
class PastYear:
    """What a year had, and the city to which it belongs.

    :param totals: how many of each kind, from ``data/demo/past_year.toml``.
    """

    session: Session
    year: int
    totals: dict[str, Any]
    units: list[Unit]
    zone: ZoneInfo
    publisher: str

    def day(self, place: int, of: int) -> date:
        """The ``place``-th of so many days, spread over the year from its second week on."""
        return date(self.year, 1, 9) + timedelta(days=place * 350 // max(of, 1))

    def moment(self, place: int, of: int, hour: int = 10) -> datetime:
        return datetime.combine(self.day(place, of), time(hour), self.zone)

    def unit(self, place: int) -> Unit:
        return self.units[place % len(self.units)]

    def matter(self, place: int) -> str:
        """Something that a unit answers for, another one each time."""
        unit = self.unit(place)
        matters = [one for one in unit.matters.split("、") if one] or [unit.short_name or unit.name]
        return matters[place // len(self.units) % len(matters)]


def totals_of(year: int) -> dict[str, Any]:
    """:raises Invalid: no such year is shipped."""
    text = files("responder").joinpath("data/demo/past_year.toml").read_text(encoding="utf-8")
    years = tomllib.loads(text)
    if str(year) not in years:
        raise Invalid(f"没有 {year} 年的演示数据：可用的年份有 {'、'.join(years)}")
    found: dict[str, Any] = years[str(year)]
    return found
