"""Three addresses for whatever watches an installation. They know no people."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST

from responder.core.database import db
from responder.core.times import utc_now
from responder.operating.health import foreseen, lacking
from responder.operating.metrics import require_reader, told
from responder.web.access import public

blueprint = Blueprint("operating", __name__)
PLAIN = "text/plain; charset=utf-8"


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """This process answers. It asks nobody else."""
    return Response("ok\n", content_type=PLAIN)


@blueprint.get("/readyz")
@public
def ready() -> Response:
    """It can be worked with, and for how long; otherwise 503 and the reasons."""
    settings = current_app.extensions["settings"]
    reasons = list(lacking(db.session, settings, utc_now()))
    lines = "".join(f"{line}\n" for line in [*(reasons or ["ok"]), *foreseen(settings)])
    return Response(lines, 503 if reasons else 200, content_type=PLAIN)


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """The figures, for this machine or whoever has the token."""
    settings = current_app.extensions["settings"]
    require_reader(request, settings)
    return Response(told(db.session, settings, utc_now()), content_type=CONTENT_TYPE_LATEST)
