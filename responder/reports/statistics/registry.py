"""Every figure that the year's summary and the statistics know. One entry each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from responder.core.permissions import Permission
from responder.intake.models import CHANNEL_LABELS, Message
from responder.orders.models import WorkOrder
from responder.planning.events.lifecycle import TOOK_PLACE
from responder.planning.models import FORM_LABELS, Form, PressEvent
from responder.publishing.models import Entry
from responder.publishing.packages.models import PolicyPackage
from responder.publishing.packages.released import Interpretation, PolicyDocument
from responder.reports.statistics.figure import Figure, Section, rows_of
from responder.reports.statistics.spans import Span
from responder.responses.models import ResponseItem


def _messages(_span: Span) -> Select[Any]:
    return rows_of(Message, title=Message.title, at=Message.occurred_at, channel=Message.channel)


def _orders(_span: Span) -> Select[Any]:
    return rows_of(
        WorkOrder, title=WorkOrder.title, at=WorkOrder.opened_at, unit_id=WorkOrder.lead_unit_id
    ).where(WorkOrder.merged_into_id.is_(None))


def _press_events(_span: Span) -> Select[Any]:
    return rows_of(
        PressEvent, title=PressEvent.theme, at=PressEvent.starts_at, unit_id=PressEvent.unit_id,
        channel=PressEvent.form,
    ).where(PressEvent.state.in_(TOOK_PLACE))  # fmt: skip


def _conferences(span: Span) -> Select[Any]:
    return _press_events(span).where(PressEvent.form.in_((Form.CONFERENCE, Form.BRIEFING)))


def _response_items(_span: Span) -> Select[Any]:
    return rows_of(
        ResponseItem, title=ResponseItem.title, at=ResponseItem.found_at,
        unit_id=ResponseItem.unit_id,
    )  # fmt: skip


def _responses(_span: Span) -> Select[Any]:
    return rows_of(
        Entry, title=Entry.title, at=Entry.published_at, unit_id=ResponseItem.unit_id
    ).join(ResponseItem, ResponseItem.id == Entry.item_id)


def _documents(_span: Span) -> Select[Any]:
    return rows_of(
        PolicyDocument, title=PolicyDocument.title, at=PolicyDocument.published_at,
        unit_id=PolicyPackage.unit_id,
    ).join(PolicyPackage, PolicyPackage.id == PolicyDocument.package_id)  # fmt: skip


def _interpretations(_span: Span) -> Select[Any]:
    return rows_of(
        Interpretation, title=Interpretation.title, at=Interpretation.published_at,
        unit_id=PolicyPackage.unit_id, channel=Interpretation.column_name,
    ).join(PolicyPackage, PolicyPackage.id == Interpretation.package_id)  # fmt: skip


_S = Section

FIGURES: tuple[Figure, ...] = (
    Figure(
        "messages", _S.HOTLINE, "群众来电来信", "条",
        "各渠道登记、导入和接入的留言，按发生时间计，重复反映的每条都计。",
        "message", _messages, page=("intake.show", "message_id"), channels=CHANNEL_LABELS,
        permission=Permission.MESSAGE_READ, private=True,
    ),
    Figure(
        "work_orders", _S.HOTLINE, "热线工单", "件",
        "受理或退回的工单，按登记时间计；并入其他工单的不重复计。",
        "work_order", _orders, page=("orders.show", "order_id"),
        permission=Permission.ORDER_READ, private=True,
    ),
    Figure(
        "press_events", _S.RESPONSE, "新闻发布活动", "场",
        "已举行的新闻发布会、通气会、吹风会等各种形式的发布活动，按开始时间计。",
        "press_event", _press_events, page=("planning.show_event", "event_id"),
        channels=FORM_LABELS, permission=Permission.PLAN_READ_ALL,
    ),
    Figure(
        "press_conferences", _S.RESPONSE, "新闻发布会、通气会", "场",
        "已举行的发布活动中形式为新闻发布会、新闻通气会的。",
        "press_event", _conferences, page=("planning.show_event", "event_id"),
        channels=FORM_LABELS, among="press_events", permission=Permission.PLAN_READ_ALL,
    ),
    Figure(
        "response_items", _S.RESPONSE, "回应事项", "件",
        "立项的群众关切，按发现时间计。",
        "response_item", _response_items, page=("responses.show", "item_id"),
        permission=Permission.RESPONSE_READ, private=True,
    ),
    Figure(
        "responses", _S.RESPONSE, "回应关切", "条",
        "在“回应关切”栏目公开的条目，按首次公开时间计；此后更正或撤回的仍计。",
        "entry", _responses, page=("publishing.show", "entry_id"),
    ),
    Figure(
        "policy_documents", _S.RESPONSE, "公开政策文件", "件",
        "随政策文件包公开的文件，按公开时间计；此后撤回的仍计。",
        "policy_document", _documents, page=("interpretations.document", "document_id"),
    ),
    Figure(
        "interpretations", _S.RESPONSE, "政策解读", "篇",
        "公开的政策解读材料，按公开时间计；此后撤回的仍计。",
        "policy_interpretation", _interpretations,
        page=("interpretations.show", "interpretation_id"),
    ),
)  # fmt: skip
