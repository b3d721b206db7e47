"""The hotline desk, the list of messages, one message, and the imports."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.permissions import Permission
from responder.core.times import local, utc_now
from responder.intake import mapping, service
from responder.intake.forms import CallForm, new_token, read_filter
from responder.intake.models import CHANNEL_LABELS, Message
from responder.web.access import current_actor, requires
from responder.web.paging import paginate, requested_page

blueprint = Blueprint("intake", __name__)


@blueprint.get("/messages")
@requires(Permission.MESSAGE_READ)
def index() -> str:
    wanted = read_filter(request.args)
    query = service.search(wanted, current_app.extensions["settings"].zone)
    page = paginate(db.session, query, requested_page())
    return render_template(
        "intake/index.html", page=page, wanted=wanted, channels=CHANNEL_LABELS.items()
    )


@blueprint.route("/messages/new", methods=["GET", "POST"])
@requires(Permission.MESSAGE_LOG)
def desk() -> str | Response | tuple[str, int]:
    zone = current_app.extensions["settings"].zone
    form = CallForm()
    if request.method == "GET":
        form.token.data = new_token()
        form.occurred_at.data = local(utc_now(), zone)
        return render_template("intake/desk.html", form=form)
    if not form.validate():
        return render_template("intake/desk.html", form=form), 422
    call = service.Call(
        body=form.body.data,
        title=form.title.data,
        author=form.author.data,
        phone=form.phone.data,
        district=form.district.data,
        place=form.place.data,
        nature=form.chosen_nature,
        urgent=form.urgent.data,
        occurred_at=form.occurred_at.data.replace(tzinfo=zone),
        token=form.token.data,
    )
    try:
        with transaction(current_actor()) as session:
            message = service.log_call(session, current_actor(), call, utc_now())
    except Invalid as error:
        for name, problem in error.fields.items():
            form[name].errors = [problem]
        return render_template("intake/desk.html", form=form), 422
    flash(_logged(message), "success")
    return redirect(url_for("intake.desk"))


def _logged(message: Message) -> Markup:
    link = Markup('<a href="{}">{}</a>').format(
        url_for("intake.show", message_id=message.id),
        _("第 %(number)s 号留言", number=message.id),
    )
    return Markup("{} {}").format(_("已登记，可以接着登记下一通："), link)


@blueprint.get("/messages/<int:message_id>")
@requires(Permission.MESSAGE_READ)
def show(message_id: int) -> str:
    return _message_page(service.get(db.session, message_id), revealed=False)


@blueprint.post("/messages/<int:message_id>/identity")
@requires(Permission.IDENTITY_REVEAL)
def reveal(message_id: int) -> str:
    """Shown in this answer alone: coming back to the page hides it again."""
    with transaction(current_actor()) as session:
        message = service.reveal_identity(session, message_id)
    return _message_page(message, revealed=True)


def _message_page(message: Message, revealed: bool) -> str:
    return render_template(
        "intake/show.html",
        message=message,
        revealed=revealed,
        events=audit.history(db.session, message),
    )


@blueprint.get("/imports")
@requires(Permission.MESSAGE_IMPORT)
def imports() -> str:
    return render_template(
        "intake/imports.html",
        page=paginate(db.session, service.batches(), requested_page()),
        labels=CHANNEL_LABELS,
        mappings=[mapping.load_mapping(name) for name in mapping.mapping_names()],
    )
