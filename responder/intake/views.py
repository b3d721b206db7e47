"""Pages."""

from __future__ import annotations

from flask import Blueprint

from responder.intake import models  # noqa: F401
from responder.web.access import signed_in

blueprint = Blueprint("intake", __name__)


@blueprint.get("/intake")
@signed_in
def index() -> str:
    return ""
