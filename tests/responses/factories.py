"""Response items with sane defaults, walked to any state by the right people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from responder.accounts.models import User
from responder.accounts.proofs import PASSWORD, Proven
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Role
from responder.publishing import service as publishing
from responder.responses import service
from responder.responses.judging import service as judging
from responder.responses.judging.rules import Colour, Grade
from responder.responses.judging.service import Opinion
from responder.responses.models import ItemState, Level, ResponseItem
from responder.responses.service import StepFacts
from responder.settings import Settings
from responder.topics.models import Topic
from tests.factories import NOW, People, unit

ANSWER = "经核实，开发企业须于十二月底前公布车位租售方案，市住建局已约谈并限期整改。"

# The role that takes each step, in the order of the way.
WAY = (
    (Role.EDITOR, "submit"),
    (Role.FIRST_REVIEWER, "approve_first"),
    (Role.SECOND_REVIEWER, "approve_second"),
    (Role.THIRD_REVIEWER, "approve_third"),
    (Role.SECRECY_REVIEWER, "approve_secrecy"),
    (Role.SIGNER, "sign"),
    (Role.PRESS_OFFICER, "schedule"),
    (Role.PRESS_OFFICER, "publish"),
    (Role.PRESS_OFFICER, "archive"),
)


def opened(at: datetime = NOW, **facts: Any) -> ResponseItem:
    """An item as it was just opened, by the press office's analyst."""
    values = {
        "title": "关于金浦华庭车位只售不租的回应",
        "concern": "业主反映地下车位只售不租，无处停车。",
        "concern_source": "市长热线",
        "level": Level.ORDINARY,
        "found_at": at,
        **facts,
    }
    analyst = People().analyst.actor
    values.setdefault("unit", unit())
    with transaction(analyst, at) as session:
        return service.open_item(session, analyst, at, **values)


def drafted(text: str = ANSWER, editor: User | None = None, **facts: Any) -> ResponseItem:
    """An item with an answer, ready to be submitted."""
    item = opened(**facts)
    save(item, text, editor or People().editor)
    return item


def save(item: ResponseItem, text: str, editor: User) -> None:
    """One more version by somebody."""
    with transaction(editor.actor, NOW) as session:
        service.save_draft(session, item, text, editor.actor, NOW, item.version_id)


def take(
    item: ResponseItem,
    action: str,
    person: User,
    note: str = "",
    at: datetime = NOW,
    publish_at: datetime | None = None,
) -> None:
    """One step along the way, whichever room takes it."""
    attempt = Attempt(person.actor, at, note)
    with transaction(attempt.actor, at) as session:
        if action == "schedule":
            hour = publish_at or NOW + timedelta(hours=2)
            publishing.schedule(session, item, hour, attempt)
        elif action == "unschedule":
            publishing.unschedule(session, item, attempt)
        elif action == "publish":
            publishing.publish(session, item, attempt, Settings())
        else:
            service.advance(session, item, action, attempt, facts_of(action, attempt))


def facts_of(action: str, attempt: Attempt) -> StepFacts:
    """Nothing secret in it, and the signer has proved who they are."""
    return StepFacts(
        secrecy=dict.fromkeys(service.SECRECY_QUESTIONS, False)
        if action == "approve_secrecy"
        else None,
        proven=Proven(attempt.actor.id or 0, PASSWORD) if action == "sign" else None,
    )


def brought_to(state: ItemState, text: str = ANSWER, **facts: Any) -> ResponseItem:
    """An item that went the whole way to ``state``."""
    item = drafted(text, **facts)
    if state is ItemState.CLOSED:
        judged_away(item)
        take(item, "close", People().press_officer, "经核实系误传，网上已无讨论")
    for role, action in WAY:
        if item.state is state:
            return item
        take(item, action, People().holding(role))
    assert item.state is state
    return item


def judged_away(item: ResponseItem, judge: User | None = None, at: datetime = NOW) -> None:
    """Somebody, the supervisor by default, judges that no public answer is needed."""
    attempt = Attempt((judge or People().supervisor).actor, at, "经核实系误传")
    with transaction(attempt.actor, at) as session:
        judging.judge(session, item, Opinion(Grade.NONE, Colour.NONE, (), False), attempt)


def topic(label: str = "金浦华庭地下车位只售不租") -> Topic:
    made = Topic(
        label=label,
        keywords=[["车位", 1.0]],
        heat=60.0,
        message_count=12,
        people_count=10,
        first_seen=NOW - timedelta(days=20),
        last_seen=NOW - timedelta(days=1),
        ranked_as_of=NOW,
    )
    with transaction(CONSOLE, NOW) as session:
        session.add(made)
    return made


def reload(item: ResponseItem) -> ResponseItem:
    """The item as the database has it now."""
    db.session.expire_all()
    return service.find_item(db.session, item.id)
