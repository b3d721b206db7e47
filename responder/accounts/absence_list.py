"""The list of leave, declared: one's own, or everybody's for whoever keeps the accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.accounts import absences
from responder.accounts.absence_models import STATE_LABELS, Absence
from responder.core.permissions import Permission
from responder.web.listing import (
    Asker,
    Choice,
    Column,
    Days,
    Empty,
    Listing,
    Text,
    Values,
    words,
)  # fmt: skip
from responder.web.listing.rules import Filter


def sees_all(asker: Asker) -> bool:
    return asker.actor.may(Permission.USER_MANAGE)


def _filters(asker: Asker) -> list[Filter]:
    found: list[Filter] = [
        Choice("state", _("状态"), words(STATE_LABELS)),
        Days(_("请假日期")),
    ]
    return [Text("q", _("请假人或代办人")), *found] if sees_all(asker) else found


def _query(values: Values, asker: Asker) -> Select[Absence]:
    return absences.listed(
        None if sees_all(asker) else asker.actor.id,
        asker.today,
        state=values["state"],
        text=values.get("q") or "",
        first_day=values["from"],
        last_day=values["to"],
    )


def _empty(_asker: Asker, _values: Values) -> Empty:
    return Empty(_("还没有请假：外出前请在这里登记，审签才不会停下。"))


def _today(_rows: Sequence[Absence], asker: Asker, _values: Values) -> date:
    return asker.today


ABSENCES = Listing(
    code="absences",
    title=_l("请假"),
    counted=_l("共 %(count)s 次"),
    filters=_filters,
    query=_query,
    prepare=_today,
    empty=_empty,
    cells="accounts/_absence_rows.html",
    columns=(
        Column("person", _l("请假人"), lambda one, _x: one.user.display_name, width=12),
        Column("first", _l("第一天"), lambda one, _x: one.first_day, sort=(Absence.first_day,),
               falling=True, width=12),
        Column("last", _l("最后一天"), lambda one, _x: one.last_day, sort=(Absence.last_day,),
               falling=True, width=12),
        Column("ended", _l("提前回来"), lambda one, _x: one.ended_on, width=12),
        Column("state", _l("状态"), lambda one, today: _(STATE_LABELS[one.state(today)]),
               width=10),
        Column("deputy", _l("代办人"), lambda one, _x: one.deputy.display_name, width=12),
        Column("by", _l("登记人"), lambda one, _x: one.made_by_name, width=12),
        Column("made", _l("登记时间"), lambda one, _x: one.made_at),
    ),
)  # fmt: skip
