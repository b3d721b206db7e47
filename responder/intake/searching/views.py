"""The list of messages with its search box, saved filters, and finding a caller's messages."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.intake.models import CHANNEL_LABELS, NATURE_LABELS
from responder.intake.searching import saved
from responder.intake.searching.address import address_of, kept, read_filter, unread_days
from responder.intake.searching.callers import is_number, messages_of_caller
from responder.intake.searching.facets import facets
from responder.intake.searching.highlight import excerpt, marked
from responder.intake.searching.listing import list_messages
from responder.intake.searching.pills import pills
from responder.intake.searching.wanted import ORDER_LABELS, REPEATS_LABELS
from responder.intake.views import blueprint
from responder.web.access import current_actor, requires
from responder.web.paging import requested_page
from responder.web.sentences import spoken
from responder.web.trail import Kind
from responder.web.undoing import flash_with_undo

FILTER_KIND = Kind(
    "常用筛选", {}, {"name": "名称", "address": "条件", "shared": "共享", "saved_at": "保存时间"}
)


@blueprint.get("/messages")
@requires(Permission.MESSAGE_READ)
def index() -> str:
    wanted = read_filter(request.args)
    zone = current_app.extensions["settings"].zone
    listing = list_messages(db.session, wanted, zone, requested_page())
    terms = listing.asked.shown
    kept_filters = saved.filters_of(db.session, current_actor())
    return render_template(
        "intake/index.html",
        listing=listing,
        page=listing.page,
        wanted=wanted,
        address=address_of(wanted),
        unread_days=unread_days(request.args),
        pills=pills(db.session, wanted),
        saved=[(one, address_of(kept(one.address))) for one in kept_filters],
        channels=CHANNEL_LABELS.items(),
        natures=NATURE_LABELS.items(),
        orders=ORDER_LABELS.items(),
        groups=REPEATS_LABELS.items(),
        facets=[(name, one.label, one.choices(db.session)) for name, one in facets().items()],
        asks_for_number=is_number(wanted.text),
        marked=lambda text: marked(text, terms),
        excerpt=lambda text: excerpt(text, terms),
    )


@blueprint.post("/messages/filters")
@requires(Permission.MESSAGE_READ)
def save_filter() -> Response:
    wanted = read_filter(request.form)
    try:
        with transaction(current_actor()) as session:
            name, shared = request.form.get("name", ""), request.form.get("shared") == "yes"
            one = saved.save_filter(session, name, wanted, shared, current_actor(), utc_now())
            flash(_("已保存常用筛选“%(name)s”", name=one.name), "success")
    except Invalid as error:
        flash(spoken(error.message), "danger")
    return redirect(f"{url_for('intake.index')}?{urlencode(address_of(wanted))}")


@blueprint.post("/messages/filters/<int:filter_id>/delete")
@requires(Permission.MESSAGE_READ)
def drop_filter(filter_id: int) -> Response:
    with transaction(current_actor()) as session:
        one = saved.drop_filter(session, filter_id, current_actor())
        fields = {**address_of(kept(one.address)), "name": one.name}
        if one.shared:
            fields["shared"] = "yes"
    flash_with_undo(_("已删除常用筛选"), "intake.save_filter", fields)
    return redirect(url_for("intake.index"))


@blueprint.post("/messages/of-caller")
@requires(Permission.IDENTITY_REVEAL)
def of_caller() -> str:
    """Asked by POST alone: a number in an address would stand in every log."""
    with transaction(current_actor()) as session:
        found = messages_of_caller(session, request.form.get("phone", ""), current_actor())
    return render_template("intake/of_caller.html", messages=found)
