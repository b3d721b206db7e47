"""The columns that must be updated, and what was adjusted of columns, declared as lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.accounts.filters import unit_choice
from responder.openness.access import reads_all
from responder.openness.catalogue import queries, standing
from responder.openness.catalogue.models import ADJUSTMENT_LABELS, ColumnAdjustment
from responder.openness.catalogue.rules import URGENCY_LABELS
from responder.openness.catalogue.standing import Standing
from responder.openness.catalogue.tables import change_words
from responder.openness.years import year_choice
from responder.web.listing import Asker, Column, Empty, Listing, Tab, all_and, words
from responder.web.listing.rules import Asked, Choice, Filter, Text, Values
from responder.web.listing.sources import ReckonedSource


def _of_columns(asker: Asker) -> list[Filter]:
    """What restricts any list of columns."""
    found: list[Filter] = [Text("q", _("栏目名称或代码"))]
    if reads_all(asker.actor):
        found.append(unit_choice(asker.session, _("责任单位")))
    return found


def _due_filters(asker: Asker) -> list[Filter]:
    return [Choice("urgency", _("按缓急"), all_and(words(URGENCY_LABELS))), *_of_columns(asker)]


def _due(values: Values, asker: Asker) -> list[Standing]:
    """The columns of every urgency that the other values ask for."""
    unit_id, text = values.get("unit"), values["q"] or ""
    return [
        one
        for one in standing.standings(asker.session, asker.actor, asker.today)
        if unit_id in (None, one.column.unit_id)
        and (text in one.column.name or one.column.code.startswith(text))
    ]


def _due_source(asked: Asked, asker: Asker) -> ReckonedSource:
    urgency = asked.values["urgency"]
    rows = [one for one in _due(asked.values, asker) if urgency in (None, one.due.urgency)]
    return ReckonedSource(DUE_COLUMNS, asked, rows)


def _due_counts(values: Values, asker: Asker) -> dict[Any, int]:
    found = _due(values, asker)
    return {None: len(found), **standing.counts(found)}


def _today(_rows: Sequence[Standing], asker: Asker, _values: Values) -> date:
    return asker.today


def _nothing_due(_asker: Asker, values: Values) -> Empty:
    if values["urgency"] is not None:
        return Empty(_("没有这一类的栏目。"), "catalogue.due", _("查看全部"))
    message = _("没有要按期更新的栏目：给栏目设定更新周期或网站检查类别后，到期前在这里提醒。")
    return Empty(message, "catalogue.index", _("查看栏目"))


DUE_COLUMNS = Listing(
    code="due-columns",
    title=_l("更新提醒"),
    counted=_l("共 %(count)s 个栏目"),
    filters=_due_filters,
    source=_due_source,
    prepare=_today,
    empty=_nothing_due,
    cells="openness/catalogue/_due_rows.html",
    tabs=(Tab("urgency", _due_counts),),
    columns=(
        Column("urgency", _l("缓急"), lambda one, _x: _(URGENCY_LABELS[one.due.urgency]), width=10),
        Column("code", _l("代码"), lambda one, _x: one.column.code,
               sort=(lambda one: one.column.code,), width=12),
        Column("name", _l("栏目"), lambda one, _x: one.column.name, width=34),
        Column("unit", _l("责任单位"), lambda one, _x: one.column.unit.name, width=22),
        Column("cadence", _l("更新周期"), lambda one, _x: _(one.column.cadence_label), width=10),
        Column("check", _l("网站检查"),
               lambda one, _x: one.column.check_kind and one.column.check_kind.name, width=14),
        Column("last", _l("最近发布"), lambda one, _x: one.last, sort=(lambda one: one.last,),
               width=12),
        Column("by", _l("最迟更新"), lambda one, _x: one.due.by, sort=(lambda one: one.due.by,),
               width=12),
    ),
)  # fmt: skip


def _adjustment_filters(asker: Asker) -> list[Filter]:
    return [
        year_choice(queries.years(asker.session), asker.today),
        Choice("kind", _("调整"), words(ADJUSTMENT_LABELS)),
        *_of_columns(asker),
    ]


def _adjustments(values: Values, asker: Asker) -> Select[ColumnAdjustment]:
    year, unit_id, text = values["year"], values.get("unit"), values["q"] or ""
    return queries.adjustments(asker.actor, year, values["kind"], unit_id, text)


def _nothing_adjusted(_asker: Asker, values: Values) -> Empty:
    message = _("这一年目录没有调整：增加栏目，或修改栏目的名称、单位、周期，会在这里留下一条。")
    return Empty(message, "catalogue.index", _("查看栏目"), {"year": values["year"]})


ADJUSTMENTS = Listing(
    code="adjustments",
    title=_l("目录调整记录"),
    counted=_l("共 %(count)s 项"),
    filters=_adjustment_filters,
    query=_adjustments,
    empty=_nothing_adjusted,
    cells="openness/catalogue/_adjustment_rows.html",
    tabs=(Tab("year"),),
    columns=(
        Column("on", _l("日期"), lambda one, _x: one.on, sort=(ColumnAdjustment.on,),
               falling=True, width=12),
        Column("code", _l("代码"), lambda one, _x: one.column.code, width=12),
        Column("name", _l("栏目"), lambda one, _x: one.name, sort=(ColumnAdjustment.name,),
               width=30),
        Column("unit", _l("责任单位"), lambda one, _x: one.column.unit.name, width=22),
        Column("kind", _l("调整"), lambda one, _x: _(one.kind_label), width=8),
        Column("changes", _l("内容"), lambda one, _x: "；".join(change_words(one)), width=50),
        Column("reason", _l("依据"), lambda one, _x: one.reason, width=30),
        Column("by", _l("登记人"), lambda one, _x: one.by_name, width=12),
    ),
)  # fmt: skip
