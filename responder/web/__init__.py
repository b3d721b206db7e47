"""Shared page machinery: access, errors, headers, filters, languages. No capability."""

from __future__ import annotations

from flask import Flask, request

from responder.web import (
    access,
    api,
    charts,
    delivery,
    errors,
    filters,
    gallery_views,
    headers,
    languages,
    navigation,
    openapi,
    preferences,
    request_log,
    trail,
)
from responder.web.extensions import bootstrap, csrf
from responder.web.listing import views as listing_views


def init_web(app: Flask) -> None:
    """Everything that a page needs and no capability owns."""
    app.config.from_mapping(
        BOOTSTRAP_SERVE_LOCAL=True,
        WTF_CSRF_TIME_LIMIT=None,  # a form left open over lunch must still be savable
    )
    bootstrap.init_app(app)
    csrf.init_app(app)
    for module in (
        request_log, access, api, charts, delivery, errors, filters, gallery_views, headers,
        languages, listing_views, navigation, openapi, preferences, trail,
    ):  # fmt: skip
        module.init_app(app)
    app.teardown_request(_close_uploads)


def _close_uploads(_error: BaseException | None) -> None:
    """Large uploads lie in temporary files, which nobody else closes at once."""
    request.close()
