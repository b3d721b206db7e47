"""The year that a register's page shows."""

from __future__ import annotations

from datetime import date

from flask import request

from responder.core.errors import Invalid
from responder.core.office import office_zone
from responder.core.times import local, utc_now
from responder.web.forms import plain_number

EARLIEST, LATEST = 2008, 2100  # the first regulations on open government are of 2008


def local_today() -> date:
    return local(utc_now(), office_zone()).date()


def asked_year() -> int:
    """The ``year`` of the address, else this one."""
    asked = plain_number(request.args.get("year"))
    return asked if asked and EARLIEST <= asked <= LATEST else local_today().year


def check_year(year: int) -> None:
    """:raises Invalid: no year of any record."""
    if not EARLIEST <= year <= LATEST:
        raise Invalid(f"年份须在 {EARLIEST} 到 {LATEST} 之间：请改正", {"year": "超出范围"})
