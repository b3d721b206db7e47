"""The page on which an item is judged, and the pages of the priority kinds."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Forbidden, GuardRefused, Invalid, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.responses import service as responses
from responder.responses.judging import kinds, service
from responder.responses.judging.forms import NO, YES, JudgementForm, PriorityKindForm
from responder.responses.judging.models import Judgement, PriorityKind
from responder.responses.judging.queries import judgements_of
from responder.responses.judging.rules import Colour, Grade
from responder.responses.judging.service import Opinion
from responder.responses.models import ResponseItem
from responder.responses.views import blueprint, zone
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import note_read, seen_version, show_errors, shown_version

Page = str | Response | tuple[str, int]


@blueprint.route("/responses/<int:item_id>/judgement", methods=["GET", "POST"])
@requires(Permission.RESPONSE_JUDGE)
def judge(item_id: int) -> Page:
    item = responses.find_item(db.session, item_id)
    note_read(item)
    earlier = judgements_of(db.session, item_id)
    form = _form(earlier[0] if earlier else None)
    if not form.validate_on_submit():
        return _page(item, form), 422 if form.is_submitted() else 200
    attempt = Attempt(current_actor(), utc_now(), form.reason.data)
    try:
        with transaction(attempt.actor, attempt.now) as session:
            item = responses.find_item_as_seen(session, item_id, seen_version())
            judgement = service.judge(session, item, _opinion(form), attempt, zone())
            moved = len(judgement.clocks)
    except (Forbidden, Invalid, GuardRefused, WrongState, Stale) as error:
        return _refused(item_id, form, error)
    flash(_("研判已保存，时限按新的等级调整。") if moved else _("研判已保存。"), "success")
    return redirect(url_for("responses.show", item_id=item_id))


def _form(last: Judgement | None) -> JudgementForm:
    """With what was judged last; how grave it is nobody guesses the first time."""
    values: dict[str, object] = {"colour": Colour.NONE.value}
    listed = kinds.kinds_in_use(db.session)
    if last is not None:
        codes = {one["code"] for one in last.kinds}
        values = {
            "grade": last.grade.value,
            "colour": last.colour.value,
            "kinds": [kind.id for kind in listed if kind.code in codes],
            "must_answer": YES if last.must_answer else NO,
        }
    form = JudgementForm(data=values)
    form.kinds.choices = [SelectChoice(kind.id, kind.name) for kind in listed]
    return form


def _opinion(form: JudgementForm) -> Opinion:
    chosen = set(form.kinds.data or ())
    return Opinion(
        Grade(form.grade.data),
        Colour(form.colour.data),
        [kind for kind in kinds.kinds_in_use(db.session) if kind.id in chosen],
        form.must_answer.data == YES,
    )


def _refused(item_id: int, form: JudgementForm, error: DomainError) -> tuple[str, int]:
    show_errors(form, error)
    page = _page(responses.find_item(db.session, item_id), form, isinstance(error, Stale))
    return page, STATUS[type(error)]


def _page(item: ResponseItem, form: JudgementForm, anew: bool = False) -> str:
    return render_template(
        "responses/judge.html",
        item=item,
        form=form,
        kinds={kind.id: kind for kind in kinds.kinds_in_use(db.session)},
        version=shown_version(item, anew),
    )


@blueprint.get("/responses/priority-kinds")
@requires(Permission.RESPONSE_READ, Permission.CLOCK_EDIT)
def priority_kinds() -> str:
    return render_template("responses/priority_kinds.html", kinds=kinds.all_kinds(db.session))


@blueprint.route("/responses/priority-kinds/new", methods=["GET", "POST"])
@requires(Permission.CLOCK_EDIT)
def new_priority_kind() -> Page:
    form = PriorityKindForm()
    if not form.validate_on_submit():
        return _kind_page(form, None), 422 if form.is_submitted() else 200
    try:
        with transaction(current_actor()) as session:
            kinds.add_kind(session, form.name.data, form.source.data)
    except Invalid as error:
        show_errors(form, error)
        return _kind_page(form, None), STATUS[type(error)]
    flash(_("已添加。"), "success")
    return redirect(url_for("responses.priority_kinds"))


@blueprint.route("/responses/priority-kinds/<int:kind_id>", methods=["GET", "POST"])
@requires(Permission.CLOCK_EDIT)
def edit_priority_kind(kind_id: int) -> Page:
    kind = kinds.get_kind(db.session, kind_id)
    note_read(kind)
    form = PriorityKindForm(obj=kind)
    if not form.validate_on_submit():
        return _kind_page(form, kind), 422 if form.is_submitted() else 200
    try:
        with transaction(current_actor()) as session:
            kind = kinds.get_kind(session, kind_id)
            facts = (form.name.data, form.source.data, form.active.data)
            kinds.edit_kind(session, kind, *facts, version=seen_version())
    except (Invalid, Stale) as error:
        show_errors(form, error)
        kind = kinds.get_kind(db.session, kind_id)
        return _kind_page(form, kind, isinstance(error, Stale)), STATUS[type(error)]
    flash(_("已保存。"), "success")
    return redirect(url_for("responses.priority_kinds"))


def _kind_page(form: PriorityKindForm, kind: PriorityKind | None, anew: bool = False) -> str:
    return render_template(
        "responses/priority_kind.html", form=form, kind=kind, version=shown_version(kind, anew)
    )
