"""The list of policy packages, declared."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.accounts.filters import unit_choice
from responder.core.permissions import Permission
from responder.publishing.packages import queries
from responder.publishing.packages.lifecycle import PACKAGE
from responder.publishing.packages.models import PackageState, PolicyPackage
from responder.publishing.packages.queries import Wanted
from responder.web.listing import Asker, Column, Empty, Listing, Tab, all_and, counts_by
from responder.web.listing.rules import Choice, Days, Filter, Option, Text, Values
from responder.web.sentences import spoken


def _filters(asker: Asker) -> list[Filter]:
    states = [Option(state, _(PACKAGE.states[state])) for state in PackageState]
    found: list[Filter] = [
        Choice("state", _("按状态"), all_and(states)),
        Text("q", _("标题或文号")),
        Days(_("拟发布日期")),
    ]
    if asker.actor.may(Permission.PACKAGE_READ):
        found.append(unit_choice(asker.session, _("起草单位")))
    return found


def _query(values: Values, asker: Asker) -> Select[PolicyPackage]:
    wanted = Wanted(
        state=values["state"],
        unit_id=values.get("unit"),
        text=values["q"] or "",
        first_day=values["from"],
        last_day=values["to"],
    )
    return queries.listed(asker.actor, wanted)


def _counts(values: Values, asker: Asker) -> dict[Any, int]:
    every = _query({**values, "state": None}, asker)
    return counts_by(asker.session, every, PolicyPackage.state)


def _empty(asker: Asker, values: Values) -> Empty:
    if values["state"] is not None:
        return Empty(_("这个状态下没有文件包。"), "packages.index", _("查看全部"))
    message = _("还没有政策文件：起草单位报送文件时，连同解读方案和解读材料一起填写。")
    if asker.actor.may(Permission.PACKAGE_PROPOSE):
        return Empty(message, "packages.propose", _("报送文件"))
    return Empty(message)


def _lacks(package: PolicyPackage, _beside: None) -> str:
    return "" if package.released_at else "、".join(map(spoken, package.lacks))


PACKAGES = Listing(
    code="packages",
    title=_l("文件包"),
    counted=_l("共 %(count)s 个"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="packages/_rows.html",
    tabs=(Tab("state", _counts),),
    columns=(
        Column("title", _l("标题"), lambda one, _x: one.title, width=50),
        Column("number", _l("文号"), lambda one, _x: one.document_number, width=22),
        Column("level", _l("文件层级"), lambda one, _x: _(one.level_label), width=16),
        Column("unit", _l("起草单位"), lambda one, _x: one.unit.name, width=22),
        Column("duty", _l("解读要求"), lambda one, _x: _(one.duty_label), width=16),
        Column("state", _l("状态"), lambda one, _x: _(PACKAGE.states[one.state]), width=10),
        Column("planned", _l("拟发布日期"), lambda one, _x: one.planned_on,
               sort=(PolicyPackage.planned_on,), width=12),
        Column("released", _l("发布时间"), lambda one, _x: one.released_at,
               sort=(PolicyPackage.released_at,), falling=True),
        Column("lacks", _l("还缺"), _lacks, width=30),
    ),
)  # fmt: skip
