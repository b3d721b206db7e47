"""The list of changes to what is published, declared."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.publishing.changing import service
from responder.publishing.changing.lifecycle import ENTRY_CHANGE
from responder.publishing.models import CHANGE_LABELS, ChangeState, EntryChange
from responder.web.listing import (
    Asker,
    Choice,
    Column,
    Days,
    Empty,
    Listing,
    Option,
    Tab,
    Text,
    Values,
    counts_by,
    within,
    words,
)  # fmt: skip
from responder.web.listing.rules import Filter


def _filters(_asker: Asker) -> list[Filter]:
    states = [Option(None, _("全部"), "all"), *words(ENTRY_CHANGE.states)]
    return [
        Choice("state", _("按状态"), states),
        Text("q", _("索引号或公开说明")),
        Choice("kind", _("更改"), words(CHANGE_LABELS)),
        Days(_("提出日期")),
    ]


def _query(values: Values, asker: Asker) -> Select[EntryChange]:
    found = service.listed(values["state"], values["kind"], values["q"] or "")
    return found.where(*within(EntryChange.proposed_at, values, asker))


def _counts(values: Values, asker: Asker) -> Mapping[ChangeState | None, int]:
    every = _query({**values, "state": None}, asker)
    return counts_by(asker.session, every, EntryChange.state)


def _empty(_asker: Asker, values: Values) -> Empty:
    if values["state"] is not None:
        return Empty(_("没有这个状态的更改。"), "changing.index", _("查看全部"))
    message = _("还没有更改：公开后发现有误，请打开那件回应事项，点“更正”“替换”或“撤回”。")
    return Empty(message, "responses.index", _("查看已发布的事项"), {"state": "published"})


CHANGES = Listing(
    code="entry_changes",
    title=_l("更正与撤回"),
    counted=_l("共 %(count)s 件"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="publishing/_change_rows.html",
    tabs=(Tab("state", _counts),),
    columns=(
        Column("entry", _l("索引号"), lambda one, _x: one.entry.index_number, width=20),
        Column("kind", _l("更改"), lambda one, _x: _(one.kind_label), width=8),
        Column("note", _l("公开说明"), lambda one, _x: one.note, width=60),
        Column("proposed", _l("提出时间"), lambda one, _x: one.proposed_at,
               sort=(EntryChange.proposed_at,), falling=True),
        Column("by", _l("提出人"), lambda one, _x: one.proposed_by_name, width=12),
        Column("state", _l("状态"), lambda one, _x: _(ENTRY_CHANGE.states[one.state]), width=10),
        Column("decided", _l("办理时间"), lambda one, _x: one.decided_at,
               sort=(EntryChange.decided_at,), falling=True),
        Column("decider", _l("办理人"), lambda one, _x: one.decided_by_name, width=12),
    ),
)  # fmt: skip
