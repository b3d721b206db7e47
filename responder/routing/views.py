"""The page of categories, their versions, and the small form on a message."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from responder.accounts import service as accounts
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, Stale, WrongState
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.intake.models import Message
from responder.routing import service, taxonomy
from responder.routing.forms import CategoryForm
from responder.routing.models import Category, CategoryConfirmation
from responder.routing.service import Choice, Suggestion
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors, unit_choices
from responder.web.paging import paginate, requested_page
from responder.web.sentences import spoken

blueprint = Blueprint("routing", __name__)

VERSION_FIELDS = {
    "name": "名称",
    "parent": "上级分类",
    "unit": "主责单位",
    "cue_words": "线索词",
    "valid": "在用",
}
MOST_SHOWN_CHANGES = 20


@dataclass(frozen=True)
class MessageCategory:
    """All that the panel on a message shows.

    :param history: what was said of it, newest first. :param choices: only for whoever may.
    """

    suggestion: Suggestion | None
    history: list[CategoryConfirmation]
    choices: list[Choice]

    @property
    def confirmed(self) -> CategoryConfirmation | None:
        return self.history[0] if self.history else None


def register(app: Flask) -> None:
    """What templates, also those of other rooms, may ask of routing."""
    app.add_template_global(message_category)
    app.add_template_global(taxonomy.unit_of, "category_unit")


def message_category(message: Message) -> MessageCategory:
    """For the panel on a message's page."""
    may_confirm = current_actor().may(Permission.ROUTING_CONFIRM)
    return MessageCategory(
        service.suggest(db.session, message.title, message.body, message.place),
        service.history_of(db.session, message.id),
        service.choices(db.session) if may_confirm else [],
    )


@blueprint.post("/messages/<int:message_id>/category")
@requires(Permission.ROUTING_CONFIRM)
def confirm(message_id: int) -> Response:
    try:
        with transaction(current_actor()) as session:
            made = service.confirm(
                session,
                message_id,
                request.form.get("category_id", 0, type=int),
                current_actor(),
                utc_now(),
                request.form.get("reason", ""),
            )
            done = _("已确认分类：%(path)s。", path=made.category.path)
    except Invalid as error:
        flash(spoken(error.message), "danger")
        return redirect(url_for("intake.show", message_id=message_id, _anchor="category"))
    flash(done, "success")
    return redirect(url_for("intake.show", message_id=message_id, _anchor="category"))


@blueprint.get("/categories")
@requires(Permission.MESSAGE_READ, Permission.CATEGORY_EDIT)
def index() -> str:
    return render_template(
        "routing/index.html",
        branches=taxonomy.tree(db.session),
        model=service.model_in_use(),
        confirmations=service.confirmed_count(db.session),
    )


@blueprint.get("/categories/versions")
@requires(Permission.MESSAGE_READ, Permission.CATEGORY_EDIT)
def versions() -> str:
    return render_template(
        "routing/versions.html",
        page=paginate(db.session, taxonomy.versions(), requested_page()),
        fields=VERSION_FIELDS,
        most=MOST_SHOWN_CHANGES,
    )


@blueprint.route("/categories/new", methods=["GET", "POST"])
@requires(Permission.CATEGORY_EDIT)
def new_category() -> str | Response | tuple[str, int]:
    form = _form()
    if request.method == "GET":
        form.parent_id.data = request.args.get("parent", 0, type=int)
    if not form.validate_on_submit():
        return _category_page(form, None)
    try:
        with transaction(current_actor()) as session:
            category = taxonomy.add_category(session, form.facts())
            done = _("已添加分类“%(path)s”。", path=category.path)
    except Invalid as error:
        return _refused(form, None, error)
    flash(done, "success")
    return redirect(url_for("routing.index"))


@blueprint.route("/categories/<int:category_id>", methods=["GET", "POST"])
@requires(Permission.CATEGORY_EDIT)
def edit_category(category_id: int) -> str | Response | tuple[str, int]:
    category = taxonomy.get_category(db.session, category_id)
    form = _form(category)
    if not form.validate_on_submit():
        return _category_page(form, category)
    try:
        with transaction(current_actor()) as session:
            category = taxonomy.get_category(session, category_id)
            taxonomy.edit_category(session, category, form.facts(), seen_version() or 0)
    except (Invalid, Stale) as error:
        return _refused(form, taxonomy.get_category(db.session, category_id), error)
    flash(_("已保存分类，新的版本立即用于建议。"), "success")
    return redirect(url_for("routing.index"))


@blueprint.post("/categories/<int:category_id>/switch")
@requires(Permission.CATEGORY_EDIT)
def switch_category(category_id: int) -> Response:
    try:
        with transaction(current_actor()) as session:
            category = taxonomy.get_category(session, category_id)
            taxonomy.set_valid(session, category, request.form.get("valid") == "1")
            on = _("已恢复分类“%(name)s”。", name=category.name)
            off = _("已停用分类“%(name)s”，以前的确认不变。", name=category.name)
            done = on if category.valid else off
    except (Invalid, WrongState) as error:
        flash(spoken(error.message), "danger")
        return redirect(url_for("routing.index"))
    flash(done, "success")
    return redirect(url_for("routing.index"))


@blueprint.post("/categories/units")
@requires(Permission.CATEGORY_EDIT)
def fill_units() -> Response:
    with transaction(current_actor()) as session:
        count = taxonomy.fill_units(session)
    flash(_("已按单位名称填上 %(count)s 个分类的主责单位。", count=count), "success")
    return redirect(url_for("routing.index"))


def _form(category: Category | None = None) -> CategoryForm:
    form = CategoryForm(obj=category)
    form.unit_id.choices = unit_choices(accounts.units(db.session))
    if category is not None:
        del form.parent_id
        if request.method == "GET":
            form.unit_id.data = category.unit_id or 0
        return form
    branches = taxonomy.tree(db.session, retired=False)
    parents = [SelectChoice(branch.category.id, branch.category.name) for branch in branches]
    form.parent_id.choices = [SelectChoice(0, _("无（一级分类）")), *parents]
    return form


def _category_page(form: CategoryForm, category: Category | None) -> str:
    return render_template("routing/category.html", form=form, category=category)


def _refused(form: CategoryForm, category: Category | None, error: DomainError) -> tuple[str, int]:
    show_errors(form, error)
    return _category_page(form, category), STATUS[type(error)]
