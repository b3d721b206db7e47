"""Calendars to subscribe to: the page that makes them, their public addresses, the year's file."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from hashlib import sha256

from flask import (
    Flask,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.core.database import db, said_by, transaction
from responder.core.errors import Invalid, NotFound
from responder.core.identity import ring_of
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.planning.access import in_full
from responder.planning.calendars import feeds
from responder.planning.calendars.exporting import year_as_ics
from responder.planning.calendars.feed_forms import FeedForm
from responder.planning.calendars.ical import calendar_of
from responder.planning.plans.rules import FIRST_YEAR, LAST_YEAR
from responder.planning.views import blueprint, settings, zone
from responder.web.access import current_actor, public, requires
from responder.web.callers import at_desk
from responder.web.forms import show_errors
from responder.web.sentences import spoken

# Where a new token waits for the one page that shows it: sealed, in the browser that asked.
SHOWN_ONCE = "new_feed"
MEDIA_TYPE = "text/calendar; charset=utf-8"
NO_UNIT = 0

# A reading without events that were noted when they changed has the present in it.
_STAMPS = re.compile(rb"DTSTAMP:[^\r]*\r\n")


@blueprint.get("/planning/feeds")
@requires(Permission.PLAN_READ)
def feed_list() -> str:
    return _page(_form(), _just_issued())


@blueprint.post("/planning/feeds")
@requires(Permission.PLAN_READ)
def create_feed() -> Response | tuple[str, int]:
    """The next page shows the new address, and no other ever does."""
    form, now = _form(), utc_now()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        with transaction(current_actor(), now) as session:
            unit_id = form.unit_id.data or None
            issued = feeds.create_feed(session, current_actor(), form.name.data, unit_id, now)
            sealed = ring_of(session).seal(issued.token, SHOWN_ONCE.encode())
            cookie[SHOWN_ONCE] = [issued.feed.id, sealed]
    except Invalid as error:
        show_errors(form, error)
        return _page(form), 422
    return redirect(url_for("planning.feed_list"))


@blueprint.post("/planning/feeds/<int:feed_id>/revoke")
@requires(Permission.PLAN_READ)
def revoke_feed(feed_id: int) -> Response:
    now = utc_now()
    with transaction(current_actor(), now) as session:
        name = feeds.revoke_feed(session, current_actor(), feed_id, now).name
    flash(_("已撤销订阅“%(name)s”，原地址立即失效。", name=name), "success")
    return redirect(url_for("planning.feed_list"))


@blueprint.get("/calendar/<string:token>.ics")
@public
def feed(token: str) -> Response:
    """What calendars elsewhere read; the token is all that they know."""
    now = utc_now()
    try:
        found = feeds.open_feed(db.session, token, now)
    except NotFound as error:
        return _plain(spoken(error.message), 404)
    if found.ended:
        return _plain(_("这个日历订阅已经撤销：请在“日历订阅”页重新建立。"), 410)
    body = calendar_of(found.events, zone(), _calendar_name(found.name), now, found.owner)
    response = make_response(body)
    if feeds.is_read_long_ago(db.session, found.feed_id, now):
        response.call_on_close(partial(_note_read, _app(), found.feed_id, now))
    response.content_type = MEDIA_TYPE
    response.headers["Content-Disposition"] = "inline; filename=calendar.ics"
    response.headers["X-Robots-Tag"] = "noindex"
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.set_etag(sha256(_STAMPS.sub(b"", body)).hexdigest())
    return response.make_conditional(request)


def _app() -> Flask:
    found: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return found


def _note_read(app: Flask, feed_id: int, now: datetime) -> None:
    """Once the answer is out: whoever reads waits for no writer, nor fails with one."""
    try:
        with app.app_context(), transaction(now=now) as session:
            feeds.note_read(session, feed_id, now)
    except OperationalError as error:
        app.logger.warning("the reading of a calendar was not noted: %s", said_by(error))


@blueprint.get("/planning/calendar/<int:year>.ics")
@requires(Permission.PLAN_READ)
def year_file(year: int) -> Response:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound(f"没有 {year} 年的日历：请从发布日历重新进入")
    body = year_as_ics(db.session, year, zone(), utc_now(), current_actor())
    response = make_response(body)
    response.content_type = MEDIA_TYPE
    response.headers["Content-Disposition"] = f"attachment; filename=calendar-{year}.ics"
    return response


def _calendar_name(name: str) -> str:
    return f"{settings().site_name} · {name}"


def _plain(sentence: str, status: int) -> Response:
    response = make_response(sentence + "\n", status)
    response.content_type = "text/plain; charset=utf-8"
    return response


def _just_issued() -> feeds.Issued | None:
    feed_id, sealed = cookie.pop(SHOWN_ONCE, (None, ""))
    if feed_id is None:
        return None
    token = ring_of(db.session).open(sealed, SHOWN_ONCE.encode())
    return feeds.Issued(feeds.get_feed(db.session, current_actor(), feed_id), token)


def _form() -> FeedForm:
    form = FeedForm()
    everything = SelectChoice(NO_UNIT, _("我能看到的全部活动"))
    form.unit_id.choices = [everything, *_unit_choices()]
    return form


def _unit_choices() -> list[SelectChoice]:
    units: list[Unit] = accounts.units(db.session)
    mine = [unit for unit in units if in_full(current_actor(), unit.id)]
    return [SelectChoice(unit.id, _("只要%(unit)s的活动", unit=unit.name)) for unit in mine]


def _page(form: FeedForm, issued: feeds.Issued | None = None) -> str:
    address = at_desk(url_for("planning.feed", token=issued.token)) if issued else ""
    return render_template(
        "planning/feeds.html",
        form=form,
        feeds=feeds.feeds_of(db.session, current_actor()),
        issued=issued,
        address=address,
        subscribing=address.partition("://")[2],
    )
