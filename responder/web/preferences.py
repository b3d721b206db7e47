"""How somebody likes the interface: what any page may ask, wherever it is kept.

The room of people keeps it with the person (:func:`kept_by`); of whoever has not signed in, the
session keeps language and colours.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from flask import Flask, current_app, has_request_context, request, session
from flask_login import current_user

from responder.core.permissions import Actor
from responder.web.access import current_actor

KEEPER = "preferences"
IN_SESSION = ("language", "scheme")


class Scheme(StrEnum):
    """Colours (配色)."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    """How much stands in a row of a list (疏密)."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


@dataclass(frozen=True)
class Preferences:
    """What somebody chose, or what holds until they do.

    :ivar language: a code of ``languages.LANGUAGES``; empty until chosen.
    :ivar keys: whether single keys act.
    :ivar tour_seen: whether the first-run tour was walked or put away.
    """

    scheme: Scheme = Scheme.SYSTEM
    density: Density = Density.COMFORTABLE
    language: str = ""
    keys: bool = True
    tour_seen: bool = False


class Keeper(Protocol):
    """Where the preferences of people lie."""

    def find(self, actor: Actor) -> Preferences | None: ...

    def keep(self, actor: Actor, wanted: Preferences) -> None: ...


def kept_by(app: Flask, keeper: Keeper) -> None:
    """Say who keeps the preferences of people."""
    app.extensions[KEEPER] = keeper


def preferences() -> Preferences:
    """Of whoever sent this request, looked up once in it; commands and exports have none."""
    if not has_request_context():
        return Preferences()
    kept: Preferences | None = request.environ.get(KEEPER)
    if kept is None:
        kept = request.environ[KEEPER] = _found() or _of_session()
    return kept


def ask_nobody() -> None:
    """From here on, this request has what the cookie says: the database is away."""
    request.environ[KEEPER] = _of_session()


def remember(**changes: Any) -> None:
    """Change some of the preferences of whoever sent this request; commits for a person."""
    wanted = replace(preferences(), **changes)
    session.update({name: asdict(wanted)[name] for name in IN_SESSION if name in changes})
    if current_user.is_authenticated:
        current_app.extensions[KEEPER].keep(current_actor(), wanted)
    request.environ[KEEPER] = wanted


def _found() -> Preferences | None:
    """What is kept of a person; a language that was never chosen is the session's."""
    if not current_user.is_authenticated:
        return None
    keeper: Keeper = current_app.extensions[KEEPER]
    found = keeper.find(current_actor())
    if found is None or found.language:
        return found
    return replace(found, language=session.get("language", ""))


def _of_session() -> Preferences:
    scheme = session.get("scheme")
    return Preferences(
        scheme=Scheme(scheme) if scheme in list(Scheme) else Scheme.SYSTEM,
        language=session.get("language", ""),
    )


def init_app(app: Flask) -> None:
    app.add_template_global(preferences)
