"""What ends with an account: its sign-ins, and whatever rooms above have given its owner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from responder.accounts.models import User
from responder.accounts.sessions import service as sessions
from responder.accounts.sessions.models import Why
from responder.core.permissions import Actor

Ending = Callable[[Session, User, datetime], None]
_endings: dict[str, Ending] = {}


def end_with_account(name: str, ending: Ending) -> None:
    """Let a higher room end what somebody has there, for good, when their account is closed.

    :param name: of what ends; given again, it replaces the former.
    """
    _endings[name] = ending


def end_all_of(session: Session, user: User, actor: Actor, now: datetime) -> None:
    """End what somebody had; what has ended stays as it is."""
    sessions.end_all(session, user, Why.CLOSED, actor, now)
    for ending in _endings.values():
        ending(session, user, now)
