"""Verbs and questions on work orders."""

from responder.orders.service.answering import save_answer
from responder.orders.service.clocks import recompute_clocks
from responder.orders.service.messages import (
    Said,
    attach,
    detach,
    held_among,
    in_reports,
    merged_orders,
    message_counts,
    order_of,
    orders_of_messages,
    said,
    survivor,
    with_open_orders,
)
from responder.orders.service.monthly import MonthlyTable, monthly_table
from responder.orders.service.opening import (
    Matter,
    default_title,
    open_from_message,
    revise,
    topic_of_message,
)
from responder.orders.service.queries import (
    OUTCOMES,
    VIEWS,
    OrderFilter,
    board,
    counts_by_view,
    find_as_seen,
    find_by_number,
    find_for,
    next_clock,
    open_orders,
    visible_to,
    waiting_for,
)
from responder.orders.service.steps import Facts, take

__all__ = [
    "OUTCOMES",
    "VIEWS",
    "Facts",
    "Matter",
    "MonthlyTable",
    "OrderFilter",
    "Said",
    "attach",
    "board",
    "counts_by_view",
    "default_title",
    "detach",
    "find_as_seen",
    "find_by_number",
    "find_for",
    "held_among",
    "in_reports",
    "merged_orders",
    "message_counts",
    "monthly_table",
    "next_clock",
    "open_from_message",
    "open_orders",
    "order_of",
    "orders_of_messages",
    "recompute_clocks",
    "revise",
    "said",
    "save_answer",
    "survivor",
    "take",
    "topic_of_message",
    "visible_to",
    "waiting_for",
    "with_open_orders",
]
