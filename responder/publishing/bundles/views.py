"""The pages of bundles: what goes out together."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import DomainError, GuardRefused, Invalid, NotFound, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.publishing.bundles import service
from responder.publishing.bundles.declared import BUNDLES
from responder.publishing.bundles.forms import BundleForm
from responder.publishing.bundles.models import Bundle
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors
from responder.web.listing import add_list_pages
from responder.web.listing import show as show_list

blueprint = Blueprint("bundles", __name__)

Page = str | Response | tuple[str, int]


@blueprint.get("/publishing/bundles")
@requires(Permission.PUBLISH)
def index() -> str:
    return _page(_form())


@blueprint.post("/publishing/bundles")
@requires(Permission.PUBLISH)
def make() -> Page:
    form, attempt = _form(), Attempt(current_actor(), utc_now())
    if not form.validate():
        return _page(form), 422
    try:
        with transaction(attempt.actor, attempt.now) as session:
            bundle_id = _make(session, form, attempt).id
    except (Invalid, NotFound, WrongState, GuardRefused) as error:
        return _refused(form, error)
    flash(_("已一起发布。") if form.now.data else _("已定时，到点一起发布。"), "success")
    return redirect(url_for("bundles.show", bundle_id=bundle_id))


def _make(session: Session, form: BundleForm, attempt: Attempt) -> Bundle:
    hour: datetime | None = attempt.now if form.now.data else _hour(form)
    if hour is None:
        raise Invalid("请选择发布时间，或点“立即一起发布”", {"publish_at": "必填"})
    bundle = service.make(session, form.name.data, form.items.data or [], hour, attempt)
    if form.now.data:
        service.publish_now(session, bundle, attempt, current_app.extensions["settings"])
    return bundle


@blueprint.get("/publishing/bundles/<int:bundle_id>")
@requires(Permission.PUBLISH)
def show(bundle_id: int) -> str:
    bundle = service.find(db.session, bundle_id)
    return render_template(
        "publishing/bundle.html",
        bundle=bundle,
        refusal=service.refusal(bundle) if bundle.state == "scheduled" else None,
        history=audit.history(db.session, bundle),
    )


@blueprint.post("/publishing/bundles/<int:bundle_id>/publish")
@requires(Permission.PUBLISH)
def publish(bundle_id: int) -> Response:
    attempt = Attempt(current_actor(), utc_now())
    with transaction(attempt.actor, attempt.now) as session:
        bundle = service.find(session, bundle_id, seen_version() or 0)
        service.publish_now(session, bundle, attempt, current_app.extensions["settings"])
    flash(_("已一起发布。"), "success")
    return redirect(url_for("bundles.show", bundle_id=bundle_id))


@blueprint.post("/publishing/bundles/<int:bundle_id>/cancel")
@requires(Permission.PUBLISH)
def cancel(bundle_id: int) -> Response:
    attempt = Attempt(current_actor(), utc_now())
    with transaction(attempt.actor, attempt.now) as session:
        service.cancel(session, service.find(session, bundle_id, seen_version() or 0), attempt)
    flash(_("已取消，这一组的事项都回到“已签发”。"), "success")
    return redirect(url_for("bundles.show", bundle_id=bundle_id))


def _form() -> BundleForm:
    form = BundleForm()
    form.items.choices = [
        SelectChoice(item.id, f"{item.title}（{item.unit.name}）")
        for item in service.signed_items(db.session)
    ]
    return form


def _hour(form: BundleForm) -> datetime | None:
    chosen: datetime | None = form.publish_at.data
    zone: ZoneInfo = current_app.extensions["settings"].zone
    return chosen.replace(tzinfo=zone) if chosen else None


def _refused(form: BundleForm, error: DomainError) -> tuple[str, int]:
    show_errors(form, error)
    return _page(form), STATUS[type(error)]


def _page(form: BundleForm) -> str:
    listed = show_list(BUNDLES, "bundles.index")
    return render_template("publishing/bundles.html", form=form, listed=listed)


add_list_pages(blueprint, "/publishing/bundles", BUNDLES, "index", frozenset({Permission.PUBLISH}))
