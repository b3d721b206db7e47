"""The list of what the office asks of a unit, declared for its liaisons.

It has no box for words: where a report is among the sources, a unit must not find out by them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.core import privacy
from responder.responses.units import service
from responder.responses.units.models import ItemPart
from responder.responses.units.service import STATE_LABELS, Outline
from responder.web.listing import (
    Asker,
    Choice,
    Column,
    Days,
    Empty,
    Listing,
    Option,
    Tab,
    Values,
    within,
    words,
)  # fmt: skip
from responder.web.listing.rules import Filter

Outlines = Mapping[int, Outline]


def _filters(_asker: Asker) -> list[Filter]:
    states = [Option(None, _("全部"), "all"), *words(STATE_LABELS)]
    return [Choice("state", _("按状态"), states), Days(_("报送期限"))]


def _query(values: Values, asker: Asker) -> Select[ItemPart]:
    found = service.asked_of(asker.actor, values["state"])
    return found.where(*within(ItemPart.due_at, values, asker))


def _counts(values: Values, asker: Asker) -> Mapping[str | None, int]:
    days = within(ItemPart.due_at, values, asker)
    return service.counts_by_state(asker.session, asker.actor, *days)


def _outlines(parts: Sequence[ItemPart], asker: Asker, _values: Values) -> Outlines:
    return {one.part.id: one for one in service.outlines(asker.session, parts)}


def _empty(_asker: Asker, values: Values) -> Empty:
    if values["state"] is not None:
        return Empty(_("没有这个状态的材料。"), "responses.materials", _("查看全部"))
    return Empty(_("现在没有要本单位提供的材料；新闻办交办后会列在这里。"))


def _title(part: ItemPart, outlines: Outlines) -> str:
    if outlines[part.id].withheld:
        return str(_("第 %(number)s 号事项", number=part.item_id))
    return privacy.mask(part.item.title)


MATERIALS = Listing(
    code="unit_materials",
    title=_l("单位材料"),
    counted=_l("共 %(count)s 件"),
    filters=_filters,
    query=_query,
    prepare=_outlines,
    empty=_empty,
    cells="responses/_material_rows.html",
    tabs=(Tab("state", _counts),),
    columns=(
        Column("title", _l("事项"), _title, width=44),
        Column("part", _l("牵头或协办"), lambda one, _x: _("牵头") if one.leads else _("协办"),
               width=12),
        Column("due", _l("报送期限"), lambda one, _x: one.due_at, sort=(ItemPart.due_at,)),
        Column("assigned", _l("交办时间"), lambda one, _x: one.assigned_at,
               sort=(ItemPart.assigned_at,), falling=True),
        Column("state", _l("状态"), lambda one, outlines: _(STATE_LABELS[outlines[one.id].state]),
               width=12),
        Column("sent", _l("报送时间"), lambda one, _x: one.material and one.material.sent_at),
    ),
)  # fmt: skip
