"""Where the registers begin."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from responder.openness.access import READERS
from responder.web.access import requires

blueprint = Blueprint("openness", __name__)


@blueprint.get("/openness")
@requires(*READERS)
def index() -> Response:
    """The first register; the year at a glance is the statistics' page."""
    return redirect(url_for("tasks.index"))
