"""Pages."""

from __future__ import annotations

from flask import Blueprint

from responder.topics import models  # noqa: F401
from responder.web.access import signed_in

blueprint = Blueprint("topics", __name__)


@blueprint.get("/topics")
@signed_in
def index() -> str:
    return ""
