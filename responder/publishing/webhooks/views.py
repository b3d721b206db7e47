"""The pages of webhooks: who is told, what each was told, and trying it out."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, Stale
from responder.core.identity import ring_of
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.publishing.webhooks import service
from responder.publishing.webhooks.declared import DELIVERIES, LOG_READERS
from responder.publishing.webhooks.forms import ReceiverForm
from responder.publishing.webhooks.models import DeliveryState, WebhookReceiver
from responder.sources.fetching import Network
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors
from responder.web.listing import add_list_pages, show

blueprint = Blueprint("webhooks", __name__)

Page = str | Response | tuple[str, int]

# Where a new secret waits for the one page that shows it: sealed, in the browser that asked.
SHOWN_ONCE = "new_webhook_secret"


@blueprint.get("/publishing/webhooks")
@requires(Permission.WEBHOOK_EDIT)
def index() -> str:
    return _page(ReceiverForm())


@blueprint.post("/publishing/webhooks")
@requires(Permission.WEBHOOK_EDIT)
def add() -> Page:
    form, now = ReceiverForm(), utc_now()
    if not form.validate():
        return _page(form), 422
    try:
        with transaction(current_actor(), now) as session:
            receiver, secret = service.add(session, form.name.data, form.url.data, now)
            _keep_for_once(receiver, secret)
    except Invalid as error:
        show_errors(form, error)
        return _page(form), 422
    return redirect(url_for("webhooks.index"))


@blueprint.route("/publishing/webhooks/<int:receiver_id>/edit", methods=["GET", "POST"])
@requires(Permission.WEBHOOK_EDIT)
def edit(receiver_id: int) -> Page:
    receiver = service.get(db.session, receiver_id)
    form = ReceiverForm(obj=receiver, data={"version": receiver.version_id})
    if not form.validate_on_submit():
        return _form_page(receiver_id, form), 422 if form.is_submitted() else 200
    seen = seen_version()
    try:
        with transaction(current_actor()) as session:
            receiver = service.get(session, receiver_id)
            service.edit(session, receiver, form.name.data, form.url.data, seen)
    except (Invalid, Stale) as error:
        return _refused(receiver_id, form, error)
    flash(_("已保存。"), "success")
    return redirect(url_for("webhooks.index"))


@blueprint.post("/publishing/webhooks/<int:receiver_id>/trial")
@requires(Permission.WEBHOOK_EDIT)
def try_out(receiver_id: int) -> Response:
    receiver = service.get(db.session, receiver_id)
    network = Network.of(current_app.extensions["settings"])
    problem = service.try_out(db.session, receiver, utc_now(), network)
    if problem is None:
        flash(_("“%(name)s”收下了试送的一条。", name=receiver.name), "success")
    else:
        flash(_("“%(name)s”没有收下：%(why)s", name=receiver.name, why=problem.message), "danger")
    return redirect(url_for("webhooks.index"))


@blueprint.post("/publishing/webhooks/<int:receiver_id>/secret")
@requires(Permission.WEBHOOK_EDIT)
def renew_secret(receiver_id: int) -> Response:
    with transaction(current_actor()) as session:
        receiver = service.get(session, receiver_id)
        _keep_for_once(receiver, service.renew_secret(session, receiver))
    return redirect(url_for("webhooks.index"))


@blueprint.post("/publishing/webhooks/<int:receiver_id>/pause")
@requires(Permission.WEBHOOK_EDIT)
def pause(receiver_id: int) -> Response:
    with transaction(current_actor()) as session:
        receiver = service.get(session, receiver_id)
        service.pause(session, receiver)
    flash(_("已暂停“%(name)s”：此后公开的先记着，恢复后再推送。", name=receiver.name), "success")
    return redirect(url_for("webhooks.index"))


@blueprint.post("/publishing/webhooks/<int:receiver_id>/resume")
@requires(Permission.WEBHOOK_EDIT)
def resume(receiver_id: int) -> Response:
    with transaction(current_actor()) as session:
        receiver = service.get(session, receiver_id)
        service.resume(session, receiver)
    flash(_("已恢复“%(name)s”。", name=receiver.name), "success")
    return redirect(url_for("webhooks.index"))


@blueprint.get("/publishing/deliveries")
@requires(*LOG_READERS)
def log() -> str:
    return render_template("publishing/deliveries.html", listed=show(DELIVERIES))


add_list_pages(blueprint, "/publishing/deliveries", DELIVERIES, "log", frozenset(LOG_READERS))


@blueprint.post("/publishing/deliveries/<int:delivery_id>/again")
@requires(*LOG_READERS)
def send_again(delivery_id: int) -> Response:
    with transaction(current_actor()) as session:
        service.send_again(session, delivery_id, utc_now())
    seconds = current_app.extensions["settings"].scheduler_interval_seconds
    flash(_("已排上，约 %(seconds)s 秒内重发：请稍后刷新本页看结果。", seconds=seconds), "success")
    return redirect(url_for("webhooks.log"))


def _keep_for_once(receiver: WebhookReceiver, secret: str) -> None:
    sealed = ring_of(db.session).seal(secret, SHOWN_ONCE.encode())
    cookie[SHOWN_ONCE] = [receiver.name, sealed]


def _just_made() -> tuple[str, str] | None:
    name, sealed = cookie.pop(SHOWN_ONCE, (None, ""))
    if name is None:
        return None
    return name, ring_of(db.session).open(sealed, SHOWN_ONCE.encode())


def _page(form: ReceiverForm) -> str:
    return render_template(
        "publishing/webhooks.html",
        form=form,
        receivers=service.receivers(db.session),
        counts=service.counts(db.session),
        made=_just_made(),
        waiting=DeliveryState.WAITING,
        given_up=DeliveryState.GIVEN_UP,
    )


def _form_page(receiver_id: int, form: ReceiverForm) -> str:
    receiver = service.get(db.session, receiver_id)
    return render_template("publishing/webhook.html", form=form, receiver=receiver)


def _refused(receiver_id: int, form: ReceiverForm, error: DomainError) -> tuple[str, int]:
    show_errors(form, error)
    return _form_page(receiver_id, form), STATUS[type(error)]
