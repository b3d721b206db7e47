"""Messages and categories for tests of routing."""

from __future__ import annotations

from itertools import product

from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Actor
from responder.intake import service as intake
from responder.intake.models import Channel, Message
from responder.intake.new_message import NewMessage
from responder.routing import service
from responder.routing.learning import Example
from responder.routing.models import Category, CategoryConfirmation
from tests.factories import NOW

BUS = "公交车半小时不来，末班车也取消了，公交站台上的人都在等"


def message(body: str = BUS, title: str = "") -> Message:
    """A stored message."""
    new = NewMessage(
        channel=Channel.FORUM, title=title, body=body, author="", phone="", occurred_at=NOW
    )
    with transaction(CONSOLE) as session:
        intake.store_messages(session, [new], NOW)
    found = db.session.scalar(select(Message).order_by(Message.id.desc()).limit(1))
    assert found is not None
    return found


def category(code: str) -> Category:
    """A shipped category."""
    found = db.session.scalar(select(Category).where(Category.code == code))
    assert found is not None
    return found


def confirm(
    about: Message, code: str, actor: Actor = CONSOLE, reason: str = ""
) -> CategoryConfirmation:
    """As somebody does it on the page."""
    with transaction(actor, NOW) as session:
        return service.confirm(session, about.id, category(code).id, actor, NOW, reason)


# Said in words that are no cue words, so that only learning can tell them apart.
MATTERS = {
    "transport-bus": ["二路总是晚点", "师傅甩客不停", "七路改道没有告示", "上来就没有座"],
    "utility-water": ["龙头出黄汤", "楼上没压力洗不成澡", "管子爆了三天", "桶里沉着泥沙"],
}
PLACES = [f"{name}苑" for name in "甲乙丙丁戊己庚辛壬癸子丑"]


def examples() -> list[Example]:
    """Enough to learn from, of two categories."""
    return [
        Example(f"{place}这边{text}，第{number}次说", label)
        for label, texts in MATTERS.items()
        for number, (place, text) in enumerate(product(PLACES, texts))
    ]
