"""How the templates show figures."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from flask import Flask
from flask_babel import gettext as _

from responder.core.office import office_zone
from responder.core.times import local
from responder.reports.statistics import rules
from responder.reports.statistics.counting import plain
from responder.web.trail import Kind, name_kind


def _figure(value: int | Decimal | None) -> str:
    return _("无数据") if value is None else rules.shown(plain(value))


def _change(pair: tuple[int | Decimal | None, int | Decimal | None]) -> str:
    return rules.signed(rules.change_of(*pair)) or "—"


def row_day(at: datetime | date | int) -> str:
    """The day of a row, or the year where it has no day."""
    if isinstance(at, datetime):
        return local(at, office_zone()).date().isoformat()
    return at.isoformat() if isinstance(at, date) else _("%(year)s 年", year=at)


def register(app: Flask) -> None:
    for name, show in (("figure", _figure), ("figure_change", _change), ("row_day", row_day)):
        app.add_template_filter(show, name)
    name_kind(app, "frozen_year", Kind("年度数据", {"freeze": "锁定全年数据"}))
    name_kind(app, "entered_figure", Kind("自填数据"))
