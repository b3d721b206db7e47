"""Pages."""

from __future__ import annotations

from flask import Blueprint

from responder.responses import models  # noqa: F401
from responder.web.access import signed_in

blueprint = Blueprint("responses", __name__)


@blueprint.get("/responses")
@signed_in
def index() -> str:
    return ""
