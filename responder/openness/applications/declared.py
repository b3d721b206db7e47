"""The register of applications as a list, declared. Nobody's identity is in its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.core.office import public_lines
from responder.core.permissions import Permission
from responder.core.privacy import mask
from responder.openness.applications import outcomes, queries
from responder.openness.applications.clocks import due_day
from responder.openness.applications.lifecycle import APPLICATION
from responder.openness.applications.models import Application
from responder.openness.applications.queries import PART_LABELS, ApplicationFilter
from responder.openness.applications.revealing import names_of, shown_name
from responder.openness.applications.rules import KIND_LABELS, kind_name
from responder.openness.years import any_year_choice
from responder.web.listing import Asker, Column, Empty, Listing, Tab, all_and, words
from responder.web.listing.rules import Choice, Filter, Option, Values


def _filters(asker: Asker) -> list[Filter]:
    views = all_and([Option("open", _("在办")), Option("late", _("逾期"))])
    results = [Option(one.code, one.path) for one in outcomes.all_outcomes(asker.session)]
    # Without a year all are shown, so that nothing open is missed.
    return [
        Choice("view", _("按办理情况"), views),
        any_year_choice(queries.years(asker.session), _("年份")),
        Choice("part", _("统计项"), words(PART_LABELS)),
        Choice("state", _("状态"), words(APPLICATION.states)),
        Choice("kind", _("申请人类型"), words(KIND_LABELS)),
        Choice("outcome", _("办理结果"), results),
    ]


def wanted_of(values: Values) -> ApplicationFilter:
    """The applications that the values of an address ask for."""
    return ApplicationFilter(
        year=values["year"],
        part=values["part"],
        outcome=values["outcome"] or "",
        kind=values["kind"],
        state=values["state"],
        is_open=values["view"] == "open",
        late=values["view"] == "late",
    )


def _query(values: Values, asker: Asker) -> Select[Application]:
    return queries.listed(wanted_of(values), asker.now)


def _counts(values: Values, asker: Asker) -> dict[Any, int]:
    every = wanted_of({**values, "view": None})
    counts = queries.counts(asker.session, every, asker.now)
    return {None: counts["all"], "open": counts["open"], "late": counts["late"]}


@dataclass(frozen=True)
class Beside:
    """The day, and the zone whose days the office counts."""

    today: date
    zone: ZoneInfo


def _beside(_rows: Sequence[Application], asker: Asker, _values: Values) -> Beside:
    return Beside(asker.today, asker.zone)


def _empty(asker: Asker, values: Values) -> Empty:
    if values["view"] is not None:
        return Empty(_("没有符合条件的申请。"), "applications.index", _("查看全部"))
    message = _("登记簿还是空的：收到申请当天登记，期限随即起算；原有的登记簿可以导入。")
    if asker.actor.may(Permission.APPLICATION_HANDLE):
        return Empty(message, "applications.new", _("登记申请"))
    return Empty(message)


def _content(one: Application, _beside: Beside) -> str:
    return mask(one.content, public_lines(), names_of(one))


def _due(one: Application, beside: Beside) -> date | None:
    clock = one.end_clock
    return due_day(clock, beside.zone) if clock else None


APPLICATIONS = Listing(
    code="applications",
    title=_l("依申请公开"),
    counted=_l("共 %(count)s 件"),
    filters=_filters,
    query=_query,
    prepare=_beside,
    empty=_empty,
    cells="openness/applications/_rows.html",
    tabs=(Tab("view", _counts),),
    columns=(
        Column("number", _l("编号"), lambda one, _x: one.number,
               sort=(Application.year, Application.serial), falling=True),
        Column("received", _l("收到日期"), lambda one, _x: one.received_on,
               sort=(Application.received_on,), falling=True, width=12),
        Column("kind", _l("申请人类型"), lambda one, _x: _(kind_name(one.applicant_kind)),
               width=14),
        Column("applicant", _l("申请人"), lambda one, _x: shown_name(one), width=14),
        Column("content", _l("内容"), _content, width=50),
        Column("state", _l("状态"), lambda one, _x: _(APPLICATION.states[one.state]), width=12),
        Column("due", _l("到期"), _due, width=12),
        Column("closed", _l("办结日期"), lambda one, _x: one.closed_on,
               sort=(Application.closed_on,), falling=True, width=12),
        Column("outcome", _l("办理结果"), lambda one, _x: one.outcome and one.outcome.path,
               width=30),
    ),
)  # fmt: skip
