"""Rating an entry: public, without a cookie, and without JavaScript."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid
from responder.core.times import local, utc_now
from responder.publishing import service as publishing
from responder.publishing.places import Live
from responder.publishing.ratings import service
from responder.publishing.ratings.models import Verdict
from responder.settings import Settings
from responder.web.access import NOBODY, is_sent_by_another_site, public
from responder.web.callers import caller_address
from responder.web.extensions import csrf

blueprint = Blueprint("ratings", __name__)
# The page with the form is one for all, and so holds no token. Nobody is signed in here: a
# form on another site could send no more than what its reader could send here.
csrf.exempt(blueprint)

SECONDS_CACHED = 60


@blueprint.post("/concerns/<int:entry_id>/rating")
@public
def rate(entry_id: int) -> AnyResponse:
    if is_sent_by_another_site():
        raise Forbidden("请在公开栏目的页面上评价")
    asked = request.form.get("verdict", "")
    verdict = next((one for one in Verdict if one.value == asked), None)
    if verdict is None:
        raise Invalid("请选择满意、一般或不满意：返回上一页再选", {"verdict": "必填"})
    settings: Settings = current_app.extensions["settings"]
    address = caller_address()
    now = utc_now()
    day = local(now, settings.zone).date()
    if not service.has_rated(db.session, entry_id, address, day):
        with transaction(NOBODY, now) as session:
            entry = publishing.find_entry(session, entry_id)
            service.rate(session, entry, verdict, address, day)
    return redirect(url_for("ratings.thanks", entry_id=entry_id), 303)


@blueprint.get("/concerns/<int:entry_id>/rated")
@public
def thanks(entry_id: int) -> Response:
    """The same for everybody: whoever has rated twice need not know of the first."""
    entry = publishing.find_entry(db.session, entry_id)
    response = make_response(
        render_template(
            "publishing/rated.html", entry=entry, places=Live(), shared=not request.cookies
        )
    )
    if not request.cookies:
        response.cache_control.public = True
        response.cache_control.max_age = SECONDS_CACHED
    return response
