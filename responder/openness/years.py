"""The year that a register's page shows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import request
from flask_babel import gettext as _

from responder.core.errors import Invalid
from responder.core.office import office_zone
from responder.core.times import local, utc_now
from responder.web.forms import plain_number
from responder.web.listing.rules import Choice, Option

EARLIEST, LATEST = 2008, 2100  # the first regulations on open government are of 2008


def local_today() -> date:
    return local(utc_now(), office_zone()).date()


def asked_year() -> int:
    """The ``year`` of the address, else this one."""
    asked = plain_number(request.args.get("year"))
    return asked if asked and EARLIEST <= asked <= LATEST else local_today().year


def year_choice(known: Iterable[int], today: date) -> Choice:
    """The years of a register as tabs, the last first; another can be asked for by its number."""
    years = sorted({*known, today.year}, reverse=True)
    options = [_year(year) for year in years]
    return Choice("year", _("年度"), options, default=today.year, others=_other_year)


def any_year_choice(known: Iterable[int], label: str) -> Choice:
    """The same years, and all of them where none is asked for."""
    options = [_year(year) for year in sorted(known, reverse=True)]
    return Choice("year", label, options, others=_other_year)


def _year(year: int) -> Option:
    return Option(year, _("%(year)s 年", year=year))


def _other_year(key: str) -> Option | None:
    asked = plain_number(key)
    return _year(asked) if asked and EARLIEST <= asked <= LATEST else None


def check_year(year: int) -> None:
    """:raises Invalid: no year of any record."""
    if not EARLIEST <= year <= LATEST:
        raise Invalid(f"年份须在 {EARLIEST} 到 {LATEST} 之间：请改正", {"year": "超出范围"})
