"""The public column, and the controls that staff publish with."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.publishing import front, rules, service
from responder.publishing.answers import cacheable, office, shared, site, to_subscribers
from responder.publishing.feed import FEED_ENTRIES, SITEMAP_ADDRESSES, atom
from responder.publishing.feed import json_feed as as_json_feed
from responder.publishing.feed import sitemap as as_sitemap
from responder.publishing.forms import ScheduleForm
from responder.publishing.places import Live
from responder.responses import service as responses
from responder.web.access import current_actor, public, requires
from responder.web.forms import seen_version
from responder.web.paging import paginate, requested_page

blueprint = Blueprint("publishing", __name__)

ENTRIES_A_PAGE = 20
LOGO_CACHED = 3600  # seconds


@blueprint.get("/concerns")
@public
def index() -> Response:
    sought, zone = rules.sought(request.args.get("q", "")), office().zone
    years = service.years(db.session, zone)
    year = request.args.get("year", type=int)
    query = service.entries(sought.text, year if year in years else None, zone)
    page = paginate(db.session, query, requested_page(), ENTRIES_A_PAGE)
    return cacheable(
        render_template(
            "publishing/index.html",
            page=page,
            years=years,
            sought=sought,
            shared=shared(),
            places=Live(),
        )
    )


@blueprint.get("/concerns/<int:entry_id>")
@public
def show(entry_id: int) -> Response:
    entry = service.find_entry(db.session, entry_id)
    return cacheable(
        render_template("publishing/show.html", entry=entry, shared=shared(), places=Live())
    )


@blueprint.get("/concerns/feed.xml")
@public
def feed() -> AnyResponse:
    newest = db.session.scalars(service.latest(FEED_ENTRIES))
    text = atom(newest, office(), site(), Live())
    return to_subscribers(text, "application/atom+xml; charset=utf-8")


@blueprint.get("/concerns/feed.json")
@public
def json_feed() -> AnyResponse:
    newest = db.session.scalars(service.latest(FEED_ENTRIES))
    text = as_json_feed(newest, office(), site(), Live())
    return to_subscribers(text, "application/feed+json; charset=utf-8")


@blueprint.get("/concerns/sitemap.xml")
@public
def sitemap() -> AnyResponse:
    addresses = service.addresses(db.session, SITEMAP_ADDRESSES)
    return to_subscribers(as_sitemap(addresses, site(), Live()), "application/xml")


@blueprint.get("/concerns/theme.css")
@public
def theme() -> AnyResponse:
    if not office().public_accent:
        abort(404)
    return to_subscribers(front.theme(office().public_accent), "text/css; charset=utf-8")


@blueprint.get("/concerns/logo")
@public
def logo() -> AnyResponse:
    if not office().public_logo:
        abort(404)
    kind = front.logo_kind(office())
    answer = send_file(front.logo_file(office()), kind.media_type, max_age=LOGO_CACHED)
    answer.headers["Content-Security-Policy"] = front.LOGO_POLICY
    return answer


@blueprint.post("/publishing/items/<int:item_id>/schedule")
@requires(Permission.PUBLISH)
def schedule(item_id: int) -> AnyResponse:
    publish_at = ScheduleForm().moment(office().zone)
    attempt = Attempt(current_actor(), utc_now())
    with transaction(attempt.actor) as session:
        item = responses.find_item_as_seen(session, item_id, seen_version())
        service.schedule(session, item, publish_at, attempt)
        clock = responses.next_clock(item)
        is_late = clock is not None and clock.due_at < publish_at
    flash(_("已定时，到点自动发布。"), "success")
    if is_late:
        flash(_("注意：定时晚于回应时限，请取消定时后改早，或立即发布。"), "warning")
    return redirect(url_for("responses.show", item_id=item_id))


@blueprint.post("/publishing/items/<int:item_id>/unschedule")
@requires(Permission.PUBLISH)
def unschedule(item_id: int) -> AnyResponse:
    attempt = Attempt(current_actor(), utc_now())
    with transaction(attempt.actor) as session:
        item = responses.find_item_as_seen(session, item_id, seen_version())
        service.unschedule(session, item, attempt)
    flash(_("已取消定时，回到“已签发”。"), "success")
    return redirect(url_for("responses.show", item_id=item_id))


@blueprint.post("/publishing/items/<int:item_id>/publish")
@requires(Permission.PUBLISH)
def publish(item_id: int) -> AnyResponse:
    attempt = Attempt(current_actor(), utc_now())
    with transaction(attempt.actor) as session:
        item = responses.find_item_as_seen(session, item_id, seen_version())
        service.publish(session, item, attempt, office())
    flash(_("已发布到公开栏目。"), "success")
    return redirect(url_for("responses.show", item_id=item_id))
