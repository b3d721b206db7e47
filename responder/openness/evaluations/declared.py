"""The list of evaluation rounds, declared."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.core.permissions import Permission
from responder.openness.access import reads_all
from responder.openness.evaluations import queries
from responder.openness.evaluations.lifecycle import EVALUATION
from responder.openness.evaluations.models import KIND_LABELS, EvaluationRound, RoundState
from responder.openness.years import any_year_choice
from responder.web.listing import Asker, Column, Empty, Listing, Tab, all_and, counts_by, words
from responder.web.listing.rules import Choice, Filter, Option, Text, Values


def _filters(asker: Asker) -> list[Filter]:
    years = any_year_choice(queries.years(asker.session, asker.actor), _("按年份"))
    found: list[Filter] = [
        Choice("year", years.label, all_and(years.options), others=years.others),
        Text("q", _("名称或测评机构")),
        Choice("kind", _("类别"), words(KIND_LABELS)),
    ]
    if reads_all(asker.actor):  # a unit sees those of one state
        states = [Option(state, _(EVALUATION.states[state])) for state in RoundState]
        found.append(Choice("state", _("状态"), states))
    return found


def _query(values: Values, asker: Asker) -> Select[EvaluationRound]:
    year, state, text = values["year"], values.get("state"), values["q"] or ""
    return queries.listed(asker.actor, year, values["kind"], state, text)


def _counts(values: Values, asker: Asker) -> dict[Any, int]:
    every = _query({**values, "year": None}, asker)
    return counts_by(asker.session, every, EvaluationRound.year)


def _empty(asker: Asker, values: Values) -> Empty:
    if values["year"] is not None:
        return Empty(_("这一年没有测评。"), "evaluations.index", _("查看全部"))
    if asker.actor.may(Permission.OPENNESS_EDIT):
        message = _("还没有测评：新建一轮，填写指标，再导入各单位的得分。")
        return Empty(message, "evaluations.new", _("新建一轮"))
    return Empty(_("还没有通报过的测评；通报后在这里看得到名次和得分。"))


EVALUATIONS = Listing(
    code="evaluations",
    title=_l("测评轮次"),
    counted=_l("共 %(count)s 轮"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="openness/evaluations/_rows.html",
    tabs=(Tab("year", _counts),),
    columns=(
        Column("year", _l("年度"), lambda one, _x: one.year, width=8),
        Column("kind", _l("类别"), lambda one, _x: _(one.kind_label), width=14),
        Column("name", _l("名称"), lambda one, _x: one.name, width=40),
        Column("evaluator", _l("测评机构"), lambda one, _x: one.evaluator, width=24),
        Column("evaluated", _l("测评日期"), lambda one, _x: one.evaluated_on,
               sort=(EvaluationRound.evaluated_on,), falling=True, width=12),
        Column("units", _l("单位数"), lambda one, _x: len(one.participants), width=8),
        Column("state", _l("状态"), lambda one, _x: _(EVALUATION.states[one.state]), width=10),
        Column("circulated", _l("通报时间"), lambda one, _x: one.circulated_at,
               sort=(EvaluationRound.circulated_at,), falling=True),
    ),
)  # fmt: skip
