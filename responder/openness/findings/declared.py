"""The three lists of findings, declared as one list with three tabs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.accounts.filters import unit_choice
from responder.core import privacy
from responder.core.office import public_lines
from responder.core.permissions import Permission
from responder.openness.access import reads_all
from responder.openness.findings import queries
from responder.openness.findings.lifecycle import FINDING
from responder.openness.findings.models import SOURCE_LABELS, Finding
from responder.openness.findings.queries import Wanted
from responder.openness.findings.rules import LIST_LABELS, ThreeLists
from responder.openness.years import year_choice
from responder.web.listing import Asker, Column, Empty, Listing, Tab, words
from responder.web.listing.rules import Choice, Filter, Flag, Text, Values


def _filters(asker: Asker) -> list[Filter]:
    found: list[Filter] = [
        year_choice(queries.years(asker.session, asker.actor), asker.today),
        Choice("list", _("清单"), words(LIST_LABELS), default=ThreeLists.PROBLEMS),
        Text("q", _("问题或检查名称")),
        Choice("source", _("问题来源"), words(SOURCE_LABELS)),
        Choice("state", _("状态"), words(FINDING.states)),
        Flag("overdue", _("已逾期")),
    ]
    if reads_all(asker.actor):
        found.append(unit_choice(asker.session, _("责任单位")))
    return found


def _wanted(values: Values, asker: Asker) -> Wanted:
    return Wanted(
        year=values["year"],
        which=values["list"],
        unit_id=values.get("unit"),
        source=values["source"],
        state=values["state"],
        text=values["q"] or "",
        overdue_on=asker.today if values["overdue"] else None,
    )


def _query(values: Values, asker: Asker) -> Select[Finding]:
    return queries.with_rounds(queries.listed(asker.actor, _wanted(values, asker)))


def _counts(values: Values, asker: Asker) -> dict[ThreeLists, int]:
    wanted = _wanted(values, asker)
    return queries.list_counts(asker.session, asker.actor, wanted, asker.today)


def _empty(asker: Asker, values: Values) -> Empty:
    year = {"year": values["year"]}
    if values["list"] is ThreeLists.DUTIES:
        message = _("责任清单还是空的：问题写明责任人、整改措施、整改期限后，点“交办”就列到这里。")
        return Empty(message, "findings.index", _("查看问题清单"), year)
    if values["list"] is ThreeLists.CLOSINGS:
        message = _("还没有销号的问题：单位报送整改情况后，由不是责任单位的核查人核查销号。")
        waiting = {**year, "state": "rectified"}
        return Empty(message, "findings.index", _("查看待核查的"), waiting)
    if asker.actor.may(Permission.OPENNESS_EDIT):
        message = _("这一年还没有问题：登记检查、测评反馈的问题，或导入对方给的表格。")
        return Empty(message, "findings.add", _("登记问题"), year)
    return Empty(_("这一年还没有列给您看的问题。"))


def _today(_rows: Sequence[Finding], asker: Asker, _values: Values) -> date:
    return asker.today


def _masked(text: str) -> str:
    return privacy.mask(text, public_lines())


FINDINGS = Listing(
    code="findings",
    title=_l("三张清单"),
    counted=_l("共 %(count)s 项"),
    filters=_filters,
    query=_query,
    prepare=_today,
    empty=_empty,
    cells="openness/findings/_rows.html",
    tabs=(Tab("year"), Tab("list", _counts)),
    columns=(
        Column("number", _l("编号"), lambda one, _x: one.number, sort=(Finding.year, Finding.id),
               width=15),
        Column("problem", _l("问题描述"), lambda one, _x: _masked(one.problem), width=44),
        Column("source", _l("问题来源"), lambda one, _x: _(one.source_label), width=14),
        Column("inspection", _l("检查名称"), lambda one, _x: one.inspection, width=24),
        Column("category", _l("类别"), lambda one, _x: one.category, width=14),
        Column("unit", _l("责任单位"), lambda one, _x: one.unit.name, width=20),
        Column("person", _l("责任人"), lambda one, _x: one.person, width=12),
        Column("measures", _l("整改措施"), lambda one, _x: _masked(one.measures), width=36),
        Column("deadline", _l("整改期限"), lambda one, _x: one.deadline,
               sort=(Finding.deadline,), width=12),
        Column("state", _l("状态"), lambda one, _x: _(FINDING.states[one.state]), width=10),
    ),
)  # fmt: skip
