"""What templates may ask of what stands beside an item: judgements, units, what was settled."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from responder.core.database import db
from responder.responses.consulting.service import Beside, beside
from responder.responses.judging.models import Judgement
from responder.responses.judging.queries import judgements_of
from responder.responses.models import ResponseItem
from responder.responses.sourcing import service as sourcing
from responder.responses.units import service as units
from responder.responses.units.models import ItemPart
from responder.web.filters import moment
from responder.web.trail import Kind, name_kind

# What is done beside an item is told in the trail of the item.
DEEDS = {
    "judge": "研判",
    "assign": "交办单位",
    "assign_anew": "修改交办",
    "withdraw_part": "取消交办",
    "lead": "改定牵头单位",
    "send_material": "单位报送材料",
    "consult": "记录会商",
    "agree_wording": "商定口径",
    "refer": "登记政策依据",
    "drop_reference": "移除政策依据",
    "evaluate": "填写效果评估",
    "take_up": "以以前的答复作底稿",
}
FIELDS = {"must_answer": "应当回应", "grade": "突发事件等级", "unit": "单位", "units": "单位"}


def register(app: Flask) -> None:
    """Globals by these names."""
    for function in (
        item_judgements, item_parts, item_beside, item_messages, message_response_items,
    ):  # fmt: skip
        app.add_template_global(function)
    app.add_template_filter(told_moment)
    kind_fields = {"active": "研判时列出"}
    name_kind(app, "priority_kind", Kind("重点回应的类别", fields=kind_fields))


def item_judgements(item: ResponseItem) -> list[Judgement]:
    """What was judged of an item, the last first."""
    return judgements_of(db.session, item.id)


def item_parts(item: ResponseItem) -> list[ItemPart]:
    """What is asked of which unit, the leading one first."""
    return units.parts_of(db.session, item)


def item_beside(item: ResponseItem) -> Beside:
    """Consultations, wordings, references."""
    return beside(db.session, item.id)


def item_messages(item: ResponseItem) -> list[int]:
    """The numbers of the messages that an item was opened from."""
    return sourcing.message_ids(db.session, item.id)


def told_moment(text: str) -> str:
    """A moment that was kept as text, in the office's zone."""
    return moment(datetime.fromisoformat(text))


def message_response_items(message_id: int) -> list[ResponseItem]:
    """For a message's page, which may not know this room: what was opened from it."""
    return sourcing.items_of_message(db.session, message_id)
