"""How a request of another program says who it is: ``Authorization: Bearer``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, g, request

from responder.accounts import tokens
from responder.accounts.token_models import Scope
from responder.core.database import db, transaction
from responder.core.errors import Forbidden
from responder.core.times import utc_now
from responder.web.access import View, declare
from responder.web.api import Problem

REALM = 'Bearer realm="responder"'


@dataclass(frozen=True)
class TokenGate:
    """Opens a view to tokens with a scope, as often as the settings allow. Knows no cookie."""

    scope: Scope

    def check(self) -> None:
        """Let the bearer of a token in, or say with RFC 6750 why not.

        :raises Problem: no token, none that is valid, not for this, or too often.
        """
        now = utc_now()
        bearer = _bearer()
        if self.scope not in bearer.scopes:
            raise Problem(
                "insufficient_scope",
                headers={
                    "WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{self.scope}"'
                },
            )
        limit = current_app.extensions["settings"].api_requests_per_minute
        with transaction(bearer.actor, now) as session:
            within = tokens.count_use(session, bearer.token_id, limit, now)
        if not within:
            wait = tokens.seconds_to_next_minute(now)
            raise Problem("rate_limited", headers={"Retry-After": str(wait)})
        g.bearer = bearer


def needs_token(scope: Scope) -> Callable[[View], View]:
    """Open a view to tokens that have this scope, and to nobody else."""
    return declare(TokenGate(scope))


def current_bearer() -> tokens.Bearer:
    """Whose token opened this view."""
    bearer: tokens.Bearer = g.bearer
    return bearer


def _bearer() -> tokens.Bearer:
    scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Problem("unauthenticated", headers={"WWW-Authenticate": REALM})
    try:
        return tokens.authenticate(db.session, secret.strip(), utc_now())
    except Forbidden as error:
        current_app.logger.warning("api: refused a token that begins with %s", _beginning(secret))
        raise Problem(
            "unauthenticated",
            detail=error.message,
            headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'},
        ) from error


def _beginning(secret: str) -> str:
    """What may stand in a log: the beginning of a token of ours, nothing of anything else."""
    shown = secret.strip()[: tokens.PREFIX_LENGTH]
    ours = shown.startswith(tokens.MARK) and shown.isascii() and shown.isprintable()
    return shown if ours else "?"
