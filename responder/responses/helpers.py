"""What templates, also those of the rooms below, may ask of responses."""

from __future__ import annotations

from flask import Flask

from responder.core.database import db
from responder.core.office import public_lines
from responder.responses import beside_helpers, rules, service
from responder.responses.clock_lifecycle import ITEM_CLOCK
from responder.responses.lifecycle import FIELD_LABELS, RESPONSE_ITEM, STATE_TONES
from responder.responses.models import ItemState, ResponseItem
from responder.web.trail import Kind, name_kind

# What was done at each step, for the table of reviews.
REVIEW_STEPS = {
    ItemState.FIRST_REVIEW: "初审",
    ItemState.SECOND_REVIEW: "复审",
    ItemState.THIRD_REVIEW: "终审",
    ItemState.SIGNING: "签发",
    ItemState.SIGNED: "签发后撤回",
}

DEEDS = {
    "open": "发起回应",
    "draft": "保存稿件",
    "revise": "修改关切",
    "update": "修改要素",
    "stop_clock": "停止计时",
    "restart_clock": "恢复计时",
    "recompute": "重算时限",
    "clock_add": "增加时限",
    **{f"clock_{one.action}": one.label for one in ITEM_CLOCK.transitions},
    **{transition.action: transition.label for transition in RESPONSE_ITEM.transitions[::-1]},
    **beside_helpers.DEEDS,
}


def register(app: Flask) -> None:
    """Filters and globals by these names."""
    app.add_template_filter(item_state)
    app.add_template_filter(item_tone)
    app.add_template_filter(review_step)
    app.add_template_filter(lambda text: rules.segments(text, public_lines()), "segments")
    app.add_template_filter(service.next_clock, "next_clock")
    app.add_template_filter(service.is_suspended)
    app.add_template_global(topic_response_items)
    app.add_template_global(items_of_event)
    beside_helpers.register(app)
    fields = {
        **FIELD_LABELS,
        **beside_helpers.FIELDS,
        "event_id": "发布活动",
        "due_at": "到期",
        "started_at": "起算",
    }
    name_kind(app, "response_item", Kind("回应事项", DEEDS, fields, RESPONSE_ITEM.states))


def item_state(state: ItemState) -> str:
    """An item's state in the office's words."""
    return RESPONSE_ITEM.states[state]


def item_tone(state: ItemState) -> str:
    """The tone of the tag that shows a state; the word beside it says the same."""
    return STATE_TONES.get(state, "")


def review_step(step: ItemState) -> str:
    """The step at which somebody gave an opinion."""
    return REVIEW_STEPS[step]


def topic_response_items(topic_id: int) -> list[ResponseItem]:
    """For the topic page, which may not know this room: what was opened from a topic."""
    return service.items_of_topic(db.session, topic_id)


def items_of_event(event_id: int) -> list[ResponseItem]:
    """For an event's page, which may not know this room: what is answered there."""
    return service.items_of_event(db.session, event_id)
