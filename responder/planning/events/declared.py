"""The list of press events, declared."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.accounts.filters import unit_choice
from responder.core.permissions import Actor, Permission
from responder.planning.access import in_full
from responder.planning.events import service
from responder.planning.events.lifecycle import PRESS_EVENT
from responder.planning.models import FORM_LABELS, PressEvent
from responder.web.listing import Asker, Column, Empty, Listing, words
from responder.web.listing.rules import Choice, Filter, Text, Values


def _filters(asker: Asker) -> list[Filter]:
    return [
        Text("q", _("关键词")),
        Choice("state", _("状态"), words(PRESS_EVENT.states)),
        Choice("form", _("发布形式"), words(FORM_LABELS)),
        unit_choice(asker.session, _("发布单位")),
    ]


def _query(values: Values, asker: Asker) -> Select[PressEvent]:
    return service.search_events(
        asker.actor,
        state=values["state"],
        form=values["form"],
        unit_id=values["unit"],
        words=values["q"] or "",
    )


def _empty(asker: Asker, _values: Values) -> Empty:
    message = _("还没有发布活动：可从年度计划的条目建立，或直接新建。")
    if asker.actor.may(Permission.PLAN_EDIT):
        return Empty(message, "planning.new_event", _("新建发布活动"))
    return Empty(message)


def _reader(_rows: Sequence[PressEvent], asker: Asker, _values: Values) -> Actor:
    return asker.actor


def _inner(event: PressEvent, name: str, reader: Actor) -> str:
    """What only those read who read the event in full."""
    text: str = getattr(event, name)
    return text if in_full(reader, event.unit_id) else ""


EVENTS = Listing(
    code="events",
    title=_l("发布活动"),
    counted=_l("共 %(count)s 项"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="planning/_event_rows.html",
    prepare=_reader,
    columns=(
        Column("theme", _l("主题"), lambda one, _x: one.theme, width=40),
        Column("starts", _l("时间"), lambda one, _x: one.starts_at, sort=(PressEvent.starts_at,),
               falling=True),
        Column("form", _l("发布形式"), lambda one, _x: _(one.form_label), width=14),
        Column("unit", _l("发布单位"), lambda one, _x: one.unit.name, width=22),
        Column("state", _l("状态"), lambda one, _x: _(PRESS_EVENT.states[one.state]), width=10),
        Column("speaker", _l("发布人"), lambda one, who: _inner(one, "speaker", who), width=12),
        Column("place", _l("地点"), lambda one, who: _inner(one, "place", who), width=24),
    ),
)  # fmt: skip
