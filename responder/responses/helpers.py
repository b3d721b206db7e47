"""What templates, also those of the rooms below, may ask of responses."""

from __future__ import annotations

from flask import Flask
from markupsafe import Markup

from responder.accounts.proofs import METHOD_LABELS
from responder.core.database import db
from responder.core.office import public_lines
from responder.responses import beside_helpers, rules, service
from responder.responses.clock_lifecycle import ITEM_CLOCK
from responder.responses.drafting.formats import to_html
from responder.responses.lifecycle import FIELD_LABELS, RESPONSE_ITEM, STATE_TONES
from responder.responses.models import ItemState, ResponseItem
from responder.web.trail import Kind, name_kind, name_values

# What was done at each step, for the table of reviews.
REVIEW_STEPS = {
    ItemState.FIRST_REVIEW: "初审",
    ItemState.SECOND_REVIEW: "复审",
    ItemState.THIRD_REVIEW: "终审",
    ItemState.SECRECY_REVIEW: "保密审查",
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
    "comment": "批注",
    "settle_comment": "处理批注",
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
    app.add_template_filter(_rich, "rich")
    app.add_template_global(topic_response_items)
    app.add_template_global(items_of_event)
    row = {"name": "名称", "text": "正文", "format": "格式", "active": "启用"}
    name_kind(app, "answer_template", Kind("答复模板", {"create": "添加"}, row))
    word = {"word": "词", "advice": "建议", "severity": "处理"}
    name_kind(app, "sensitive_word", Kind("敏感词", {"create": "添加"}, word))
    name = {"name": "规范称谓", "wrong": "常见误写"}
    name_kind(app, "proper_name", Kind("规范称谓", {"create": "添加"}, name))
    app.jinja_env.globals["proof_labels"] = METHOD_LABELS
    name_values(app, "proof", METHOD_LABELS)
    beside_helpers.register(app)
    fields = {
        **FIELD_LABELS,
        **beside_helpers.FIELDS,
        "event_id": "发布活动",
        "due_at": "到期",
        "started_at": "起算",
        "comment": "批注序号",
    }
    name_kind(app, "response_item", Kind("回应事项", DEEDS, fields, RESPONSE_ITEM.states))


def _rich(text: str) -> Markup:
    """Markdown as HTML that was cleaned."""
    return Markup(to_html(text))  # noqa: S704 - it has just been cleaned  # nosec B704


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
