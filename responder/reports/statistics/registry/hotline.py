"""What citizens ask: figures of messages and work orders."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from responder.core.permissions import Permission
from responder.intake.models import CHANNEL_LABELS, Message
from responder.orders.models import WorkOrder
from responder.reports.statistics.figure import Figure, Section, rows_of
from responder.reports.statistics.spans import Span


def _messages(_span: Span) -> Select[Any]:
    return rows_of(Message, title=Message.title, at=Message.occurred_at, channel=Message.channel)


def _orders(_span: Span) -> Select[Any]:
    return rows_of(
        WorkOrder, title=WorkOrder.title, at=WorkOrder.opened_at, unit_id=WorkOrder.lead_unit_id
    ).where(WorkOrder.merged_into_id.is_(None))


_S = Section.HOTLINE

FIGURES: tuple[Figure, ...] = (
    Figure(
        "messages", _S, "群众来电来信", "条",
        "各渠道登记、导入和接入的留言，按发生时间计，重复反映的每条都计。",
        "message", _messages, page=("intake.show", "message_id"), channels=CHANNEL_LABELS,
        permission=Permission.MESSAGE_READ, private=True,
    ),
    Figure(
        "work_orders", _S, "热线工单", "件",
        "受理或退回的工单，按登记时间计；并入其他工单的不重复计。",
        "work_order", _orders, page=("orders.show", "order_id"),
        permission=Permission.ORDER_READ, private=True,
    ),
)  # fmt: skip
