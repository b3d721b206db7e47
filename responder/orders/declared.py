"""The list of work orders, declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from sqlalchemy.orm import Session

from responder.accounts import service as accounts
from responder.accounts.filters import unit_choice
from responder.core import privacy
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.intake.models import NATURE_LABELS
from responder.orders import rules, service
from responder.orders.callers import names_of_callers
from responder.orders.forms import read_facts
from responder.orders.lifecycle import STEP_PERMISSIONS, WORK_ORDER
from responder.orders.models import SATISFACTION_LABELS, WorkOrder
from responder.orders.service import OrderFilter
from responder.routing.models import Category
from responder.web.listing import Asker, Bulk, Column, Empty, Listing, Step, Tab, words
from responder.web.listing.bulk import Form, Seen
from responder.web.listing.rules import Choice, Filter, Text, Values, whole

VIEW_LABELS = {
    "mine": "等我办理", "overdue": "已超时", "soon": "一天内到期", "open": "在办", "all": "全部",
}  # fmt: skip
OUTCOME_LABELS = {
    "on_time": "按时办结", "late": "超时办结", "unfinished": "未办结", "dissatisfied": "不满意",
    "reached": "已有回访意见",
}  # fmt: skip

# What needs no look at each order by itself, and what its page asks beside a remark.
AT_ONCE = frozenset({"accept", "sign"})
FIELDS = {"dispatch": "orders/_dispatch_fields.html"}
FOR_MANY = AT_ONCE | FIELDS.keys() | {"urge", "supervise", "archive"}


@dataclass(frozen=True)
class Beside:
    """What the rows of a page need beside themselves, by order id.

    :param callers: the recorded names of who called, to be masked.
    """

    callers: Mapping[int, frozenset[str]]
    repeats: Mapping[int, int]


def _filters(asker: Asker) -> list[Filter]:
    inside = asker.actor.may(Permission.ORDER_READ)

    def category(category_id: int) -> str:
        found = asker.session.get(Category, category_id)
        return found.path if found else str(category_id)

    return [
        Choice("view", _("按办理情况"), words(VIEW_LABELS), default="all"),
        Text("q", _("编号或标题")),
        Choice("state", _("状态"), words(WORK_ORDER.states)),
        *([unit_choice(asker.session, _("承办单位"))] if inside else []),
        Choice("nature", _("诉求性质"), words(NATURE_LABELS)),
        Text("month", _("派出月份"), _month, in_form=False),
        Choice("outcome", _("办理结果"), words(OUTCOME_LABELS), in_form=False),
        Text("category", _("分类"), whole, category, in_form=False),
    ]


def _month(text: str) -> str:
    if rules.parse_month(text) is None:
        raise ValueError(text)
    return text


def _wanted(values: Values) -> OrderFilter:
    return OrderFilter(
        view=values["view"],
        state=values["state"],
        unit_id=values.get("unit"),
        nature=values["nature"],
        text=values["q"] or "",
        month=values["month"] or "",
        outcome=values["outcome"] or "",
        category_id=values["category"],
    )


def _query(values: Values, asker: Asker) -> Select[WorkOrder]:
    return service.board(_wanted(values), asker.actor, asker.now, asker.zone)


def _counts(values: Values, asker: Asker) -> dict[str, int]:
    wanted = _wanted(values)
    return service.counts_by_view(asker.session, asker.actor, asker.now, wanted, asker.zone)


def _beside(orders: Sequence[WorkOrder], asker: Asker, _values: Values) -> Beside:
    callers = names_of_callers(asker.session, [order.id for order in orders])
    return Beside(callers, service.message_counts(asker.session, orders))


def _empty(asker: Asker, values: Values) -> Empty:
    if values["view"] == "mine":
        message = _("现在没有等您办理的工单。")
        return Empty(message, "orders.index", _("查看在办工单"), {"view": "open"})
    if values["view"] != "all":
        return Empty(_("没有这样的工单。"), "orders.index", _("查看全部"))
    if asker.actor.may(Permission.ORDER_DISPATCH):
        return Empty(_("还没有工单：请打开一条留言，点“立单”。"), "intake.index", _("查看留言"))
    return Empty(_("还没有派给您的单位的工单：话务员派单后，会列在这里。"))


def _steps(orders: Sequence[WorkOrder], asker: Asker) -> dict[int, list[Step]]:
    """By the table of the lifecycle, without the steps that need a look at one order alone."""
    whole_orders = service.find_several(asker.session, [one.id for one in orders], asker.actor)
    attempt = Attempt(asker.actor, asker.now)
    return {order.id: _steps_of(order, attempt) for order in whole_orders}


def _steps_of(order: WorkOrder, attempt: Attempt) -> list[Step]:
    return [
        Step(
            one.action,
            _(one.label),
            one.tone,
            one.needs_note,
            asks=one.action not in AT_ONCE,
            fields=FIELDS.get(one.action, ""),
        )
        for one in WORK_ORDER.transitions
        if one.action in FOR_MANY
        and order.state in one.sources
        and attempt.may(one.permission)
        and not any(guard(order, attempt) for guard in one.guards)
    ]


def _take(session: Session, seen: Seen, action: str, form: Form, asker: Asker) -> None:
    order = service.find_as_seen(session, seen.id, seen.version, asker.actor)
    attempt = Attempt(asker.actor, asker.now, form.get("note", "")[:1000])
    service.take(session, order, action, attempt, read_facts(session, form), asker.zone)


def _title(order: WorkOrder, beside: Beside) -> str:
    return privacy.mask(order.title, names=beside.callers.get(order.id, privacy.NOBODY))


def _answer(order: WorkOrder, beside: Beside) -> str:
    return privacy.mask(order.public_answer, names=beside.callers.get(order.id, privacy.NOBODY))


def _satisfaction(order: WorkOrder, _beside: Beside) -> str:
    return _(SATISFACTION_LABELS[order.satisfaction]) if order.satisfaction else ""


def _due(order: WorkOrder, _beside: Beside) -> datetime | None:
    clock = service.next_clock(order)
    return clock.due_at if clock else None


_falling = partial(Column, falling=True)

ORDERS = Listing(
    code="orders",
    title=_l("工单"),
    counted=_l("共 %(count)s 件"),
    filters=_filters,
    query=_query,
    prepare=_beside,
    empty=_empty,
    cells="orders/_rows.html",
    tabs=(Tab("view", _counts),),
    bulk=Bulk(
        permissions=STEP_PERMISSIONS,
        steps=_steps,
        load=lambda ids, asker: service.find_several(asker.session, ids, asker.actor),
        take=_take,
        name=lambda order, beside: f"{order.number} {_title(order, beside)}",
        context=lambda asker: {"units": accounts.units(asker.session)},
    ),
    columns=(
        Column("number", _l("工单号"), lambda one, _x: one.number,
               sort=(WorkOrder.year, WorkOrder.serial), falling=True),
        Column("title", _l("标题"), _title, width=40),
        Column("nature", _l("诉求性质"), lambda one, _x: _(one.nature_label), width=8),
        Column("urgent", _l("紧急"), lambda one, _x: _("紧急") if one.urgent else "", width=6),
        Column("state", _l("状态"), lambda one, _x: _(WORK_ORDER.states[one.state]), width=10),
        Column("unit", _l("主办单位"), lambda one, _x: one.lead_unit and one.lead_unit.name,
               width=22),
        _falling("opened", _l("立单时间"), lambda one, _x: one.opened_at,
                 sort=(WorkOrder.opened_at,)),
        Column("dispatched", _l("派单时间"), lambda one, _x: one.dispatched_at),
        Column("signed", _l("签收时间"), lambda one, _x: one.signed_at),
        Column("answered", _l("答复时间"), lambda one, _x: one.answered_at),
        Column("closed", _l("办结时间"), lambda one, _x: one.closed_at),
        Column("due", _l("到期"), _due,
               sort=(service.ends_at(),)),
        Column("satisfaction", _l("回访结果"), _satisfaction, width=10),
        Column("answer", _l("公开答复"), _answer, width=60),
    ),
)  # fmt: skip
