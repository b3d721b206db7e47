"""Verbs and questions on response items."""

from responder.responses.service.clock_steps import (
    ClockFacts,
    add_clock,
    addable_rules,
    change_clock,
    clock_choices,
    find_clock,
)
from responder.responses.service.clocks import (
    events_to_choose,
    recompute_clocks,
    set_event,
    stop_held_clocks,
)
from responder.responses.service.drafting import drafts_newest_first, revise, save_draft
from responder.responses.service.feeding_back import (
    SKIP_LABELS,
    SOURCE_LABELS,
    Turn,
    feed_back,
    turns,
)
from responder.responses.service.moving import (
    advance,
    mark_published,
    mark_scheduled,
    mark_unscheduled,
)
from responder.responses.service.opening import Prefill, open_item, open_item_once, prefill
from responder.responses.service.queries import (
    answered_query,
    answered_topics,
    answers_in_hand,
    board,
    counts_by_state,
    due,
    find_item,
    find_item_as_seen,
    find_item_with_authors,
    is_suspended,
    items_of_topic,
    next_clock,
    waiting_for,
)

__all__ = [
    "SKIP_LABELS",
    "SOURCE_LABELS",
    "ClockFacts",
    "Prefill",
    "Turn",
    "add_clock",
    "addable_rules",
    "advance",
    "answered_query",
    "answered_topics",
    "answers_in_hand",
    "board",
    "change_clock",
    "clock_choices",
    "counts_by_state",
    "drafts_newest_first",
    "due",
    "events_to_choose",
    "feed_back",
    "find_clock",
    "find_item",
    "find_item_as_seen",
    "find_item_with_authors",
    "is_suspended",
    "items_of_topic",
    "mark_published",
    "mark_scheduled",
    "mark_unscheduled",
    "next_clock",
    "open_item",
    "open_item_once",
    "prefill",
    "recompute_clocks",
    "revise",
    "save_draft",
    "set_event",
    "stop_held_clocks",
    "turns",
    "waiting_for",
]
