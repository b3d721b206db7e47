"""Find what somebody said by their telephone number, which no search of texts finds."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from nlp import normalise
from responder.accounts.models import User
from responder.core import audit
from responder.core.errors import Invalid
from responder.core.permissions import Actor
from responder.intake.identity import authors
from responder.intake.models import Message

_NUMBER = re.compile(r"[+(]?\d[\d ()-]{5,18}\d")


def is_number(typed: str) -> bool:
    """Whether a search is for a telephone number, however it is written."""
    return bool(_NUMBER.fullmatch(normalise(typed)))


def messages_of_caller(session: Session, phone: str, actor: Actor) -> list[Message]:
    """What came from this number, newest first; the trail says who looked and what was found.

    Whoever calls it asks for ``Permission.IDENTITY_REVEAL``.

    :raises Invalid: that is no telephone number.
    """
    if not is_number(phone):
        raise Invalid("请输入完整的电话号码：固定电话带区号", {"phone": "请输入完整的电话号码"})
    found = authors.earlier_of(session, normalise(phone))
    audit.record(session, "seek", session.get_one(User, actor.id), {"messages": len(found)})
    for message in found:
        audit.record(session, "seek", message)
    return found
