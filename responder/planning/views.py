"""Pages."""

from __future__ import annotations

from flask import Blueprint

from responder.planning import models  # noqa: F401
from responder.web.access import signed_in

blueprint = Blueprint("planning", __name__)


@blueprint.get("/planning")
@signed_in
def index() -> str:
    return ""


@blueprint.get("/planning/calendar")
@signed_in
def calendar() -> str:
    return ""
