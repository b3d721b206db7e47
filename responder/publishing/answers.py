"""How pages and feeds of the public columns are answered: the same for everybody, kept a while."""

from __future__ import annotations

from flask import Response, current_app, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from responder.settings import Settings

SECONDS_CACHED = 60


def office() -> Settings:
    """The settings of this application."""
    settings: Settings = current_app.extensions["settings"]
    return settings


def shared() -> bool:
    """Whether this answer is the same for everybody, so that caches may hand it on.

    Who sends a cookie may have chosen a language or signed in; who asks for the language
    switch gets a form with a token, and thereby a cookie.
    """
    return not request.cookies and "languages" not in request.args


def cacheable(body: str) -> Response:
    """A page of a public column."""
    response = make_response(body)
    if shared():
        response.cache_control.public = True
        response.cache_control.max_age = SECONDS_CACHED
    return response


def site() -> str:
    """The address under which readers find the columns."""
    return office().public_url or request.url_root


def to_subscribers(body: str | bytes, content_type: str) -> AnyResponse:
    """The same for everybody, and sent once."""
    response = Response(body, content_type=content_type)
    response.cache_control.public = True
    response.cache_control.max_age = SECONDS_CACHED
    response.add_etag()
    return response.make_conditional(request)
