"""Verbs and questions on response items."""

from responder.responses.service.drafting import drafts_newest_first, revise, save_draft
from responder.responses.service.moving import (
    advance,
    mark_published,
    mark_scheduled,
    mark_unscheduled,
)
from responder.responses.service.opening import Prefill, open_item, prefill
from responder.responses.service.queries import (
    board,
    counts_by_state,
    due,
    find_item,
    items_of_topic,
    next_clock,
    waiting_for,
)

__all__ = [
    "Prefill",
    "advance",
    "board",
    "counts_by_state",
    "drafts_newest_first",
    "due",
    "find_item",
    "items_of_topic",
    "mark_published",
    "mark_scheduled",
    "mark_unscheduled",
    "next_clock",
    "open_item",
    "prefill",
    "revise",
    "save_draft",
    "waiting_for",
]
