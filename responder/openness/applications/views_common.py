"""What the pages of applications share."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, redirect, url_for
from werkzeug.wrappers import Response

from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.settings import Settings
from responder.web.access import current_actor

blueprint = Blueprint("applications", __name__)

READ, HANDLE = Permission.APPLICATION_READ, Permission.APPLICATION_HANDLE
ADDRESS = "/openness/applications"

Page = str | Response | tuple[str, int]


def office() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def zone() -> ZoneInfo:
    return office().zone


def attempt_now(note: str = "") -> Attempt:
    return Attempt(current_actor(), utc_now(), note)


def to_application(application_id: int, anchor: str | None = None) -> Response:
    return redirect(url_for("applications.show", application_id=application_id, _anchor=anchor))
