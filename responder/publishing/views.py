"""Pages."""

from __future__ import annotations

from flask import Blueprint

from responder.publishing import models  # noqa: F401
from responder.web.access import signed_in

blueprint = Blueprint("publishing", __name__)


@blueprint.get("/publishing")
@signed_in
def index() -> str:
    return ""
