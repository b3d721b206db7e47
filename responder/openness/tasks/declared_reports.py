"""The list of reports of progress that wait for the office, declared."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.accounts.filters import unit_choice
from responder.core.office import public_lines
from responder.core.permissions import Permission
from responder.core.privacy import mask
from responder.openness.access import reads_all
from responder.openness.tasks import queries
from responder.openness.tasks.models import Report, Task
from responder.openness.years import year_choice
from responder.web.listing import Asker, Column, Empty, Listing, Tab
from responder.web.listing.rules import Filter, Flag, Text, Values


def _filters(asker: Asker) -> list[Filter]:
    found: list[Filter] = [
        year_choice(queries.years(asker.session, asker.actor), asker.today),
        Text("q", _("任务名称")),
        Flag("completes", _("只看报完成的")),
    ]
    if reads_all(asker.actor):
        found.append(unit_choice(asker.session, _("上报单位")))
    return found


def _query(values: Values, asker: Asker) -> Select[Report]:
    unit_id, text = values.get("unit"), values["q"] or ""
    return queries.waiting_reports(asker.actor, values["year"], unit_id, text, values["completes"])


def _empty(asker: Asker, values: Values) -> Empty:
    if asker.actor.may(Permission.OPENNESS_EDIT):
        message = _("没有待审核的进展报告。单位上报之后，在这里逐份确认或退回。")
    else:
        message = _("没有待审核的进展报告。")
    return Empty(message, "tasks.index", _("看全部任务"), {"year": values["year"]})


WAITING_REPORTS = Listing(
    code="waiting-reports",
    title=_l("待审核的进展"),
    counted=_l("共 %(count)s 份"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="openness/tasks/_report_rows.html",
    tabs=(Tab("year"),),
    columns=(
        Column("number", _l("序号"), lambda one, _x: one.task.number, sort=(Task.number,), width=6),
        Column("task", _l("任务"), lambda one, _x: one.task.title, width=40),
        Column("unit", _l("上报单位"), lambda one, _x: one.unit.name, width=22),
        Column("percent", _l("进度（百分数）"), lambda one, _x: one.percent,
               sort=(Report.percent,), falling=True, width=14),
        Column("completes", _l("报完成"), lambda one, _x: _("报完成") if one.completes else "",
               width=10),
        Column("body", _l("进展情况"), lambda one, _x: mask(one.body, public_lines()), width=60),
        Column("by", _l("上报人"), lambda one, _x: one.reported_by_name, width=12),
        Column("reported", _l("上报时间"), lambda one, _x: one.reported_at,
               sort=(Report.reported_at,), falling=True),
    ),
)  # fmt: skip
