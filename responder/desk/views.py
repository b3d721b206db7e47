"""The desk: one screen for somebody who types while a caller talks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from responder.core import audit, privacy
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid
from responder.core.permissions import Permission
from responder.core.times import local, utc_now
from responder.desk import drafts, handing, rules, service
from responder.desk.forms import DRAFTED, CallForm, new_token, offered
from responder.desk.handing import Choices
from responder.desk.lexicon import suggest_nature, urgent_words
from responder.desk.places import FRESH_FOR, Level, PlaceBook, read_book
from responder.desk.similar import Typed, find_similar
from responder.intake.identity.authors import earlier_of
from responder.intake.models import NATURE_LABELS
from responder.web.access import current_actor, requires
from responder.web.sentences import spoken

blueprint = Blueprint("desk", __name__, url_prefix="/messages/new")

LOOK = "look"
EARLIER_SHOWN = 10


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.MESSAGE_LOG)
def index() -> str | Response | tuple[str, int]:
    form = _form()
    if request.method == "GET":
        _begin(form)
        return _page(form)
    if request.form.get("action") == LOOK:
        return _page(form, look=True)
    if not form.validate():
        return _page(form), 422
    if form.asks_about_phone():
        return _page(form, look=True), 422
    return _save(form)


def _save(form: CallForm) -> Response | tuple[str, int]:
    actor, now = current_actor(), utc_now()
    zone = current_app.extensions["settings"].zone
    choices = Choices(form.chosen_category, form.category_reason.data or "", form.order.data)
    try:
        with transaction(actor, now) as session:
            taken = service.take(
                session,
                actor,
                form.call(zone),
                now,
                same_as=form.chosen_message,
                another=form.another.data,
            )
            handed = handing.hand_on(session, taken, choices, actor, now, zone)
            message_id = taken.message.id
    except Invalid as error:
        for name, problem in error.fields.items():
            form[name].errors = [problem]
        if not error.fields or isinstance(error, service.AlreadyTaken):
            form.form_errors.append(spoken(error.message))
        if isinstance(error, service.AlreadyTaken):
            _begin_anew(form)
        return _page(form, look=True), 422
    flash(_saved(message_id, taken, handed), "success")
    return redirect(url_for("desk.index"))


def _begin_anew(form: CallForm) -> None:
    """What stands in the form is stored already: another call, if it is one, has its own draft."""
    with transaction(current_actor()) as session:
        drafts.drop(session, current_actor(), form.token.data or "")
    form.token.data = new_token()


def _saved(message_id: int, taken: service.Taken, handed: handing.Handed) -> Markup:
    """What became of the call, with the number that the caller is told."""
    first = _("已登记，可以接着登记下一通：")
    again = _("这通来电刚才已登记，没有再存一次：")
    number = _("第 %(number)s 号留言", number=message_id)
    said = [
        first if taken.is_new else again,
        _link(url_for("intake.show", message_id=message_id), number),
    ]
    if taken.topic is not None:
        label = _("已并入话题“%(label)s”", label=taken.topic.label)
        count = _("现有 %(count)s 条", count=taken.topic.message_count)
        said += [_link(url_for("topics.show", topic_id=taken.topic.id), label), count]
    if handed.order is not None:
        number = _("工单 %(number)s", number=handed.order.number)
        said.append(_link(url_for("orders.show", order_id=handed.order.id), number))
    return Markup(" ").join(said)


def _link(address: str, label: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, label)


@blueprint.post("/similar")
@requires(Permission.MESSAGE_LOG)
def similar() -> str:
    """The part of the page that follows the typing."""
    form = _form()
    return render_template("desk/_beside.html", form=form, **_beside(form))


@blueprint.post("/draft")
@requires(Permission.MESSAGE_LOG)
def keep_draft() -> Response:
    """Whether the form is kept, and since when; the page says so."""
    form, now = _form(), utc_now()
    token = form.token.data or ""
    if not form.token.validate(form):
        raise Invalid("这张登记表没有编号：请重新打开登记页")
    told = {name: request.form.get(name, "") for name in DRAFTED}
    worth = told | {"occurred_at": ""}
    with transaction(current_actor(), now) as session:
        if any(text.strip() for text in worth.values()):
            kept = drafts.keep(session, current_actor(), token, told, now)
        else:
            drafts.drop(session, current_actor(), token)
            kept = False
    zone = current_app.extensions["settings"].zone
    return jsonify(kept=kept, at=f"{local(now, zone):%H:%M}")


@blueprint.post("/drafts/<int:draft_id>/discard")
@requires(Permission.MESSAGE_LOG)
def discard_draft(draft_id: int) -> Response:
    with transaction(current_actor()) as session:
        drafts.discard(session, current_actor(), draft_id)
    flash(_("草稿已丢弃。"), "success")
    return redirect(url_for("desk.index"))


@blueprint.get("/places")
@requires(Permission.MESSAGE_LOG)
def places() -> Response:
    """Names for one field of the form: ``q`` is any part of one, its pinyin or its initials."""
    level = request.args.get("level", "")
    book = _book(utc_now())
    wanted = Level(level) if level in set(Level) else None
    return jsonify([offered(one) for one in book.find(request.args.get("q", "")[:40], wanted)])


@blueprint.post("/earlier")
@requires(Permission.IDENTITY_REVEAL)
def earlier() -> str:
    """The caller's earlier calls, by the number that was typed; each look is in the trail."""
    if not current_actor().may(Permission.MESSAGE_LOG):
        raise Forbidden("您没有登记来电的权限；如工作需要，请联系系统管理员")
    form = _form()
    with transaction(current_actor()) as session:
        calls = earlier_of(session, form.phone.data or "", limit=EARLIER_SHOWN)
        for one in calls:
            audit.record(session, "reveal", one, note=_("登记来电时按号码查看"))
    if request.headers.get("X-Part"):
        return render_template("desk/_earlier.html", calls=calls)
    return _page(form, look=True, calls=calls)


def _form() -> CallForm:
    form = CallForm()
    form.category.choices = handing.category_choices(db.session)
    return form


def _begin(form: CallForm) -> None:
    """A fresh form, or the one of a draft that is taken up again."""
    zone = current_app.extensions["settings"].zone
    form.token.data = new_token()
    form.occurred_at.data = local(utc_now(), zone)
    draft_id = request.args.get("draft", type=int)
    if draft_id is not None:
        draft = drafts.get(db.session, current_actor(), draft_id)
        form.token.data = draft.token
        for name, text in draft.fields.items():
            if name in DRAFTED and name != "occurred_at":
                form[name].data = text
        form.occurred_at.process_formdata([draft.fields.get("occurred_at", "")])


def _page(form: CallForm, *, look: bool = False, calls: Any = None) -> str:
    """The whole screen.

    :param look: look for similar messages even if nobody pressed a key.
    """
    token = form.token.data or ""
    told = bool(form.body.data) and (look or request.method == "GET")
    beside: Mapping[str, Any] = _beside(form) if told or look else {}
    now, book = utc_now(), _book(utc_now())
    return render_template(
        "desk/index.html",
        form=form,
        calls=calls,
        drafts=drafts.of_operator(db.session, current_actor(), now, apart_from=token),
        known={level.value: [offered(one) for one in book.find("", level)] for level in Level},
        **beside,
    )


def _beside(form: CallForm) -> dict[str, Any]:
    """What is shown beside the text: similar messages, and what its words suggest."""
    now = utc_now()
    body, street, place = (form[name].data or "" for name in ("body", "street", "place"))
    whole = rules.joined_place(street, place)
    typed = Typed(
        body=body,
        district=form.district.data or "",
        street=street,
        place=place,
        at=now,
        same_as=form.chosen_message,
    )
    found = find_similar(db.session, typed, _book(now))
    told = privacy.without(body)
    return {
        "looked": True,
        "suggestions": found,
        "orders": handing.orders_of(db.session, [one.message.id for one in found]),
        "nature": suggest_nature(told),
        "nature_labels": NATURE_LABELS,
        "danger": urgent_words(told),
        "category": handing.suggest_category(db.session, form.title.data or "", body, whole),
    }


def _book(now: datetime) -> PlaceBook:
    """The list of places, brought up to date every few minutes: it grows slowly."""
    book: PlaceBook | None = current_app.extensions.get("desk_places")
    if book is None or now - book.read_at > FRESH_FOR:
        book = current_app.extensions["desk_places"] = read_book(db.session, now, book)
    return book
