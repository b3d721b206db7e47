"""The list of people, declared."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.accounts import service
from responder.accounts.models import User
from responder.core.permissions import ROLE_LABELS
from responder.web.filters import role_names
from responder.web.listing import (
    Asker,
    Choice,
    Column,
    Empty,
    Listing,
    Option,
    Text,
    Values,
    words,
)  # fmt: skip
from responder.web.listing.rules import Filter


def _filters(asker: Asker) -> list[Filter]:
    units = [Option(unit.id, unit.name) for unit in service.units(asker.session)]
    accounts = [Option(True, _("在用"), "1"), Option(False, _("已停用"), "0")]
    return [
        Text("q", _("姓名或用户名")),
        Choice("role", _("岗位"), words(ROLE_LABELS)),
        Choice("unit", _("单位"), units),
        Choice("active", _("账号"), accounts),
    ]


def _query(values: Values, _asker: Asker) -> Select[User]:
    return service.people(
        text=values["q"] or "",
        role=values["role"],
        unit_id=values["unit"],
        active=values["active"],
    )


def _empty(_asker: Asker, _values: Values) -> Empty:
    return Empty(_("还没有人员：请添加第一位。"), "accounts.new_person", _("添加人员"))


PEOPLE = Listing(
    code="people",
    title=_l("人员"),
    counted=_l("共 %(count)s 人"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="accounts/_people_cells.html",
    cards=False,
    columns=(
        Column("name", _l("姓名"), lambda one, _x: one.display_name, sort=(User.display_name,),
               width=14),
        Column("username", _l("用户名"), lambda one, _x: one.username, sort=(User.username,),
               width=18),
        Column("roles", _l("岗位"), lambda one, _x: role_names(one.roles), width=30),
        Column("unit", _l("单位"), lambda one, _x: one.unit and one.unit.name, width=26),
        Column("active", _l("账号"), lambda one, _x: _("在用") if one.active else _("已停用"),
               width=10, on_page=False),
        Column("signed_in", _l("最近登录"), lambda one, _x: one.last_signed_in_at,
               sort=(User.last_signed_in_at,), falling=True),
    ),
)  # fmt: skip
