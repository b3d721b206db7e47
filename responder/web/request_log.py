"""A line for each request: its number, who, which route, what came of it, how long it took.

Routes are told as they are declared, never with what was asked: an address may hold words that
somebody searched for, or a token.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any
from uuid import uuid4

from flask import Flask, Response, g, request
from sqlalchemy import inspect
from structlog.contextvars import bind_contextvars, clear_contextvars

from responder.core.logs import logger
from responder.web.access import ASSET_ENDPOINTS

HEADER = "X-Request-ID"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NOWHERE = "none"  # an address that is nobody's


def init_app(app: Flask) -> None:
    log = logger(__name__)

    @app.before_request
    def begin() -> None:
        clear_contextvars()
        g.request_number, g.request_began = uuid4().hex[:16], perf_counter()
        bind_contextvars(request=g.request_number)

    @app.after_request
    def end(answer: Response) -> Response:
        if "request_number" not in g:
            return answer
        answer.headers[HEADER] = g.request_number
        if request.endpoint not in ASSET_ENDPOINTS or answer.status_code >= 400:
            took = round((perf_counter() - g.request_began) * 1000)
            log.info("request", **_facts(), status=answer.status_code, ms=took)
        return answer

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        clear_contextvars()


def _facts() -> dict[str, Any]:
    method = request.method if request.method in METHODS else "OTHER"
    facts = {"route": str(request.url_rule or NOWHERE), "method": method}
    return facts | _who()


def _who() -> dict[str, Any]:
    """The number of whoever was looked up for this request; nobody is looked up for a log."""
    if (bearer := g.get("bearer")) is not None:
        return {"token": bearer.token_id}
    # What the session knows of the record without asking the database.
    known = inspect(g.get("_login_user"), raiseerr=False)
    return {"user": known.identity[0]} if known is not None and known.identity else {}
