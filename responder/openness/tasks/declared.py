"""The list of a year's tasks, declared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.accounts.filters import unit_choice
from responder.core.permissions import Permission
from responder.openness.access import reads_all
from responder.openness.tasks import queries
from responder.openness.tasks.lifecycle import TASK
from responder.openness.tasks.models import Level, Task
from responder.openness.tasks.queries import SHOW_LABELS, Wanted
from responder.openness.tasks.standings import progress_of
from responder.openness.years import year_choice
from responder.web.listing import Asker, Column, Empty, Listing, Tab, words
from responder.web.listing.rules import Choice, Filter, Text, Values

LEVEL_LABELS = {Level.CITY: "市级任务", Level.PROVINCE: "省级任务"}


def _filters(asker: Asker) -> list[Filter]:
    known = queries.years(asker.session, asker.actor)
    found: list[Filter] = [
        year_choice(known, asker.today),
        Text("q", _("名称或要求中的词")),
        Choice("level", _("级别"), words(LEVEL_LABELS)),
        Choice("show", _("状态"), words(SHOW_LABELS)),
    ]
    if reads_all(asker.actor):
        lead = unit_choice(asker.session, _("牵头单位"))
        found += [lead, replace(lead, name="assisting", label=_("配合单位"))]
    return found


def _query(values: Values, asker: Asker) -> Select[Task]:
    wanted = Wanted(
        year=values["year"],
        level=values["level"],
        show=values["show"],
        lead_id=values.get("unit"),
        assistant_id=values.get("assisting"),
        words=values["q"] or "",
    )
    return queries.listed(asker.actor, wanted, asker.today)


def _empty(asker: Asker, values: Values) -> Empty:
    year = values["year"]
    if asker.actor.may(Permission.OPENNESS_EDIT):
        message = _(
            "%(year)s 年还没有任务：把省、市的任务表整理成模板的样子导入，或逐项登记。", year=year
        )
        return Empty(message, "tasks.tasks_show", _("导入 Excel"), {"year": year})
    if asker.actor.may(Permission.OPENNESS_READ):
        return Empty(_("%(year)s 年还没有任务：由政务公开办登记。", year=year))
    return Empty(
        _("%(year)s 年没有由本单位牵头或配合的任务：如有出入，请联系政务公开办。", year=year)
    )


def _assistants(task: Task, _today: date) -> str:
    return "、".join(unit.name for unit in task.assistants)


TASKS = Listing(
    code="tasks",
    title=_l("年度任务"),
    counted=_l("共 %(count)s 项"),
    filters=_filters,
    query=_query,
    prepare=lambda _rows, asker, _values: asker.today,
    empty=_empty,
    cells="openness/tasks/_cells.html",
    cards=False,
    tabs=(Tab("year"),),
    columns=(
        Column("level", _l("级别"), lambda one, _x: _(LEVEL_LABELS[one.level])[:2],
               sort=(Task.level,), width=8),
        Column("number", _l("序号"), lambda one, _x: one.number, sort=(Task.number,), width=6,
               figures=True),
        Column("title", _l("任务"), lambda one, _x: one.title, width=40),
        Column("requirement", _l("要求"), lambda one, _x: one.requirement, width=50,
               on_page=False),
        Column("lead", _l("牵头单位"), lambda one, _x: one.lead.name if one.lead else "",
               width=22, on_page=False),
        Column("assistants", _l("配合单位"), _assistants, width=30, on_page=False),
        Column("due", _l("完成时限"), lambda one, _x: one.due_on, sort=(Task.due_on,), width=12),
        Column("progress", _l("进度"), lambda one, _x: progress_of(one), width=8),
        Column("state", _l("状态"), lambda one, _x: _(TASK.states[one.state]), width=10),
    ),
)  # fmt: skip
