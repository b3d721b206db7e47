"""The register of reconsiderations and lawsuits as a list, declared."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.core.office import public_lines
from responder.core.permissions import Permission
from responder.core.privacy import mask
from responder.openness.applications import tables
from responder.openness.applications.proceeding_models import PROCEEDING_LABELS, Proceeding
from responder.openness.years import any_year_choice
from responder.web.listing import Asker, Column, Empty, Listing, words
from responder.web.listing.rules import Choice, Filter, Text, Values


def _filters(asker: Asker) -> list[Filter]:
    return [
        Text("q", _("机关、法院或案号")),
        any_year_choice(tables.years_of_proceedings(asker.session), _("年份")),
        Choice("kind", _("种类"), words(PROCEEDING_LABELS)),
        Choice("result", _("结果"), words(tables.RESULT_HEADINGS)),
    ]


def _query(values: Values, _asker: Asker) -> Select[Proceeding]:
    result, text = values["result"] or "", values["q"] or ""
    return tables.proceedings(values["year"], values["kind"], result, text)


def _empty(asker: Asker, _values: Values) -> Empty:
    message = _("还没有复议和诉讼：收到受理通知或应诉通知后在这里登记，表四由此得出。")
    if asker.actor.may(Permission.APPLICATION_HANDLE):
        return Empty(message, "applications.new_proceeding", _("登记复议或诉讼"))
    return Empty(message)


def _masked(text: str) -> str:
    return mask(text, public_lines())


PROCEEDINGS = Listing(
    code="proceedings",
    title=_l("复议和诉讼"),
    counted=_l("共 %(count)s 件"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="openness/applications/_proceeding_rows.html",
    columns=(
        Column("kind", _l("种类"), lambda one, _x: _(one.kind_label), width=28),
        Column("application", _l("申请编号"),
               lambda one, _x: one.application and one.application.number, width=18),
        Column("matter", _l("事项"), lambda one, _x: _masked(one.matter), width=40),
        Column("body", _l("复议机关或法院"), lambda one, _x: one.body, width=28),
        Column("case", _l("案号"), lambda one, _x: one.case_number, width=24),
        Column("begun", _l("受理日期"), lambda one, _x: one.begun_on,
               sort=(Proceeding.begun_on,), falling=True, width=12),
        Column("concluded", _l("审结日期"), lambda one, _x: one.concluded_on,
               sort=(Proceeding.concluded_on,), falling=True, width=12),
        Column("result", _l("结果"), lambda one, _x: _(one.result_label), width=12),
        Column("remark", _l("备注"), lambda one, _x: _masked(one.remark), width=40),
    ),
)  # fmt: skip
