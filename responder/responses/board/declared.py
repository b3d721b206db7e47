"""The list of response items, declared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.accounts.filters import unit_choice
from responder.responses import service
from responder.responses.board.service import open_steps
from responder.responses.drafting.lists import barred_read_once
from responder.responses.lifecycle import DESK_PERMISSIONS, RESPONSE_ITEM
from responder.responses.models import ItemState, ResponseItem
from responder.web.listing import Asker, Bulk, Column, Empty, Listing, Step, Tab, all_and
from responder.web.listing.rules import Choice, Filter, Option, Text, Values


def _filters(asker: Asker) -> list[Filter]:
    states = [Option(state, _(RESPONSE_ITEM.states[state])) for state in ItemState]
    return [
        Choice("state", _("按状态"), all_and(states)),
        Text("q", _("关键词")),
        unit_choice(asker.session, _("回应单位")),
    ]


def _query(values: Values, _asker: Asker) -> Select[ResponseItem]:
    return service.board(values["state"], values["unit"], values["q"] or "")


def _counts(values: Values, asker: Asker) -> dict[ItemState | None, int]:
    counts = service.counts_by_state(asker.session, values["unit"], values["q"] or "")
    return {None: sum(counts.values())} | dict(counts.items())


def _empty(_asker: Asker, values: Values) -> Empty:
    if values["state"] is not None:
        return Empty(_("没有这个状态的回应事项。"), "responses.index", _("查看全部"))
    return Empty(
        _("还没有回应事项：请打开一个热点话题，点“发起回应”。"), "topics.index", _("查看话题")
    )


def _steps(items: Sequence[ResponseItem], asker: Asker) -> dict[int, list[Step]]:
    whole = service.find_several(asker.session, [item.id for item in items])
    attempts = service.attempts_of(asker.session, asker.actor, asker.now, asker.zone)
    with barred_read_once(asker.session):
        return {
            item.id: [
                Step(step.action, _(step.label), step.tone)
                for step in open_steps(item, attempts).values()
            ]
            for item in whole
        }


def _due(item: ResponseItem, _beside: None) -> datetime | None:
    clock = service.next_clock(item)
    return clock.due_at if clock else None


ITEMS = Listing(
    code="responses",
    title=_l("回应事项"),
    counted=_l("共 %(count)s 件"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="responses/_rows.html",
    tabs=(Tab("state", _counts),),
    bulk=Bulk(
        permissions=DESK_PERMISSIONS,
        steps=_steps,
        load=lambda ids, asker: service.find_several(asker.session, ids),
        name=lambda item, _beside: item.title,
        page="responses.choose_step",
    ),
    columns=(
        Column("id", _l("编号"), lambda one, _x: one.id, width=8),
        Column("title", _l("标题"), lambda one, _x: one.title, width=40),
        Column("unit", _l("回应单位"), lambda one, _x: one.unit.name, width=22),
        Column("level", _l("等级"), lambda one, _x: _(one.level_label), width=10),
        Column("state", _l("状态"), lambda one, _x: _(RESPONSE_ITEM.states[one.state]), width=12),
        Column("opened", _l("发起时间"), lambda one, _x: one.opened_at,
               sort=(ResponseItem.opened_at,), falling=True),
        Column("due", _l("到期"), _due, sort=(service.ends_at(),)),
        Column("publish", _l("定时发布"), lambda one, _x: one.publish_at),
    ),
)  # fmt: skip
