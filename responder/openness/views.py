"""The first page of the registers: the year at a glance."""

from __future__ import annotations

from flask import Blueprint, render_template

from responder.openness.access import READERS
from responder.openness.years import asked_year
from responder.web.access import requires

blueprint = Blueprint("openness", __name__)


@blueprint.get("/openness")
@requires(*READERS)
def index() -> str:
    return render_template("openness/index.html", year=asked_year())
