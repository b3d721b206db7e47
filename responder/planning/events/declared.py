"""The lists of press events and of what is due for them, declared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, case, true
from sqlalchemy.orm import Session

from responder.accounts.filters import unit_choice
from responder.core.permissions import Actor, Permission
from responder.core.work_calendar import load_calendar
from responder.planning.access import in_full
from responder.planning.events import preparing, rescheduling, service
from responder.planning.events.lifecycle import PRESS_EVENT
from responder.planning.events.models import PreparationTask
from responder.planning.models import FORM_LABELS, PressEvent
from responder.web.listing import Asker, Bulk, Column, Empty, Listing, Step, Tab, all_and, words
from responder.web.listing.bulk import Form, Seen
from responder.web.listing.rules import Choice, Filter, Text, Values
from responder.web.listing.sources import counts_of


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


SHOWN_DAYS = 14
WHEN_LABELS = {"overdue": "已过期", "today": "今天", "later": "今后"}


def _task_filters(_asker: Asker) -> list[Filter]:
    return [
        Choice("when", _("按到期"), all_and(words(WHEN_LABELS))),
        Text("q", _("事项、责任人或活动")),
    ]


def _due(values: Values, asker: Asker) -> Select[PreparationTask]:
    """What is due within the days that are shown, whenever in them."""
    last = asker.today + timedelta(days=SHOWN_DAYS)
    return preparing.due_by(last, asker.actor, values["q"] or "")


def _when(asker: Asker) -> ColumnElement[str]:
    due = PreparationTask.due_on
    return case((due < asker.today, "overdue"), (due == asker.today, "today"), else_="later")


def _tasks(values: Values, asker: Asker) -> Select[PreparationTask]:
    when = values["when"]
    return _due(values, asker).where(_when(asker) == when if when else true())


def _counts(values: Values, asker: Asker) -> dict[str | None, int]:
    return counts_of(asker.session, _due(values, asker), _when(asker))


def _provisional(tasks: Sequence[PreparationTask], asker: Asker, _values: Values) -> frozenset[int]:
    return rescheduling.provisional(tasks, load_calendar(asker.session), asker.zone)


def _nothing_due(_asker: Asker, values: Values) -> Empty:
    if values["when"]:
        return Empty(_("没有这样的筹备事项。"), "planning.preparation", _("查看全部"))
    message = _("没有过期或即将到期的筹备事项。活动批准后，清单上的事项会按日期列在这里。")
    return Empty(message, "planning.events", _("查看活动"))


def _steps(tasks: Sequence[PreparationTask], _asker: Asker) -> dict[int, list[Step]]:
    finish = [Step(preparing.FINISH, _("完成"), asks=False)]
    return {one.id: finish for one in tasks}


def _load(ids: Sequence[int], asker: Asker) -> Sequence[PreparationTask]:
    last = asker.today + timedelta(days=SHOWN_DAYS)
    query = preparing.due_by(last, asker.actor).where(PreparationTask.id.in_(ids))
    return asker.session.scalars(query).all()


def _take(session: Session, seen: Seen, _action: str, _form: Form, asker: Asker) -> None:
    task = preparing.hold_task(session, seen.id)
    preparing.finish_task(session, task, asker.actor, asker.now)


PREPARATION = Listing(
    code="preparation",
    title=_l("筹备事项"),
    counted=_l("共 %(count)s 项"),
    filters=_task_filters,
    query=_tasks,
    prepare=_provisional,
    empty=_nothing_due,
    cells="planning/_preparation_rows.html",
    tabs=(Tab("when", _counts),),
    bulk=Bulk(
        permissions=(Permission.PLAN_EDIT,),
        steps=_steps,
        load=_load,
        take=_take,
        name=lambda one, _x: f"{one.name}（{one.event.theme}）",
        undo={preparing.FINISH: "planning.reopen_finished"},
    ),
    columns=(
        Column("due", _l("到期"), lambda one, _x: one.due_on, sort=(PreparationTask.due_on,),
               width=12),
        Column("name", _l("事项"), lambda one, _x: one.name, width=24),
        Column("responsible", _l("责任人"), lambda one, _x: one.responsible, width=14),
        Column("theme", _l("发布活动"), lambda one, _x: one.event.theme, width=40),
        Column("unit", _l("发布单位"), lambda one, _x: one.event.unit.name, width=22),
        Column("starts", _l("活动时间"), lambda one, _x: one.event.starts_at,
               sort=(PressEvent.starts_at,)),
        Column("state", _l("活动状态"), lambda one, _x: _(PRESS_EVENT.states[one.event.state]),
               width=10),
        Column("provisional", _l("日期暂定"), lambda one, x: _("是") if one.id in x else "",
               width=10),
        Column("note", _l("备注"), lambda one, _x: one.note, width=30),
    ),
)  # fmt: skip
