"""The list of reports, declared."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.core.permissions import Permission
from responder.openness.years import any_year_choice
from responder.reports.documents import queries
from responder.reports.documents.kinds import KINDS, label_of
from responder.reports.documents.lifecycle import REPORT
from responder.reports.documents.models import Report, ReportState
from responder.web.listing import Asker, Column, Empty, Listing, Tab, all_and, counts_by
from responder.web.listing.rules import Choice, Filter, Option, Text, Values


def _filters(asker: Asker) -> list[Filter]:
    kinds = [Option(code, _(kind.label)) for code, kind in KINDS.items()]
    states = [Option(state, _(REPORT.states[state])) for state in ReportState]
    return [
        Choice("kind", _("按种类"), all_and(kinds)),
        Text("q", _("标题")),
        any_year_choice(queries.years(asker.session), _("编号年份")),
        Choice("state", _("状态"), states),
    ]


def _query(values: Values, _asker: Asker) -> Select[Report]:
    kind, text = values["kind"] or "", values["q"] or ""
    return queries.listed(kind, values["year"], values["state"], text)


def _counts(values: Values, asker: Asker) -> dict[Any, int]:
    every = _query({**values, "kind": None}, asker)
    return counts_by(asker.session, every, Report.kind)


def _empty(asker: Asker, values: Values) -> Empty:
    if values["kind"] is not None:
        return Empty(_("还没有这种报告。"), "documents.index", _("查看全部"))
    if asker.actor.may(Permission.REPORT_WRITE):
        return Empty(_("还没有报告：在上面选一种，写明时间或话题，系统按记录汇总出草稿。"))
    return Empty(_("还没有报告：由新闻办或政务公开办生成。"))


REPORTS = Listing(
    code="reports",
    title=_l("报告"),
    counted=_l("共 %(count)s 份"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="documents/_rows.html",
    tabs=(Tab("kind", _counts),),
    columns=(
        Column("number", _l("编号"), lambda one, _x: queries.number(one), width=24),
        Column("kind", _l("种类"), lambda one, _x: _(label_of(one.kind)), width=16),
        Column("title", _l("标题"), lambda one, _x: one.title, width=50),
        Column("period", _l("时段"), lambda one, _x: queries.period_of(one),
               sort=(Report.period_start, Report.period_end), falling=True, width=24),
        Column("state", _l("状态"), lambda one, _x: _(REPORT.states[one.state]), width=10),
        Column("author", _l("生成人"), lambda one, _x: one.author_name, width=12),
        Column("created", _l("生成时间"), lambda one, _x: one.created_at,
               sort=(Report.created_at,), falling=True),
        Column("signer", _l("签发人"), lambda one, _x: one.signer_name, width=12),
        Column("signed", _l("签发时间"), lambda one, _x: one.signed_at,
               sort=(Report.signed_at,), falling=True),
    ),
)  # fmt: skip
