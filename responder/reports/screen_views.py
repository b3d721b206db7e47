"""The big screen of the duty room, and the part of it that is fetched anew."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template

from responder.core.database import db
from responder.core.errors import Forbidden
from responder.core.permissions import Permission
from responder.core.times import chinese_moment, utc_now
from responder.reports.desk.screen import screen
from responder.web.access import current_actor, may, requires

blueprint = Blueprint("screen", __name__)

EVERY_SECONDS = 30


@blueprint.get("/screen")
@requires(Permission.RESPONSE_READ)
def show() -> str:
    return render_template("reports/screen.html", every=EVERY_SECONDS, **_shown())


@blueprint.get("/screen/part")
@requires(Permission.RESPONSE_READ)
def part() -> str:
    """The same, without the page around it."""
    return render_template("reports/_screen.html", **_shown())


def _shown() -> dict[str, Any]:
    if not may(Permission.TOPIC_READ):
        raise Forbidden("大屏同时显示话题和回应事项：您没有查看话题的权限，请联系系统管理员")
    now, settings = utc_now(), current_app.extensions["settings"]
    return {
        "screen": screen(db.session, current_actor(), now),
        "shown_at": now,
        "moment_now": chinese_moment(now, settings.zone),
    }
