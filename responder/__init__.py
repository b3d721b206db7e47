"""Responder (回应台): from what citizens worry about to a published answer, in time."""

from __future__ import annotations

from hashlib import sha256

from flask import Flask

from responder import (
    accounts,
    alerts,
    cli,
    deadlines,
    desk,
    errands,
    guide,
    intake,
    oidc,
    openness,
    operating,
    orders,
    planning,
    publishing,
    reports,
    responses,
    routing,
    scheduling,
    sources,
    topics,
    warnings,
    web,
)
from responder.core.database import init_database
from responder.core.identity import init_identities
from responder.demo.cli import demo
from responder.settings import Settings, load_settings
from responder.web.application import Application

# In the order in which the work flows; each brings its pages and its commands.
CAPABILITIES = (
    accounts, scheduling, errands, intake, sources, oidc, routing, topics, orders, desk, alerts,
    planning, responses, publishing, openness, deadlines, warnings, reports, guide,
    operating,
)  # fmt: skip


def create_app(settings: Settings | None = None) -> Flask:
    """The application, ready to serve.

    :raises SettingsError: one sentence, when it cannot start as it is configured.
    """
    settings = settings or load_settings()
    app = Application(__name__)
    app.extensions["settings"] = settings
    secret_key = settings.resolved_secret_key()
    app.config.from_mapping(
        SECRET_KEY=secret_key,
        # Two instances on one host must not sign each other out.
        SESSION_COOKIE_NAME=f"responder_{sha256(secret_key.encode()).hexdigest()[:8]}",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
    )
    init_database(app, settings.resolved_database_url)
    init_identities(app, settings.resolved_identity_keys)
    web.init_web(app)
    for capability in CAPABILITIES:
        capability.init_app(app)
    cli.init_app(app)
    app.cli.add_command(demo)
    return app
