"""Pages of what the office owns: words to mind, right names, templates."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, Stale
from responder.core.permissions import Permission
from responder.intake.models import Nature
from responder.responses.drafting import lists, templates
from responder.responses.drafting.formats import TextFormat
from responder.responses.drafting.forms import ImportForm, NameForm, TemplateForm, WordForm
from responder.responses.drafting.models import AnswerTemplate, ProperName, SensitiveWord, Severity
from responder.responses.drafting.templates import TemplateFacts
from responder.routing.taxonomy import tree
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors
from responder.web.undoing import flash_with_undo

blueprint = Blueprint("drafting", __name__)

Page = str | Response | tuple[str, int]


def _unstored(form: WordForm | NameForm | TemplateForm, put: Callable[[Session], object]) -> int:
    """Store what a form says; 0, or the status with which the form is shown, and why."""
    if not form.validate_on_submit():
        return 422 if form.is_submitted() else 200
    try:
        with transaction(current_actor()) as session:
            put(session)
    except (Invalid, Stale) as error:
        show_errors(form, error)
        return STATUS[type(error)]
    return 0


def _row_page(
    form: WordForm | NameForm,
    row: SensitiveWord | ProperName,
    page: dict[str, str],
    remove: tuple[str, str],
) -> str:
    """The page on which a row of a list is changed, or removed.

    :param page: title, name and address of its list; ``remove``: address and words of the button.
    """
    return render_template("responses/drafting/row.html", form=form, row=row, remove=remove, **page)


# ---- words ----


@blueprint.get("/responses/words")
@requires(Permission.RESPONSE_READ)
def words() -> str:
    return _words_page(WordForm(formdata=None), ImportForm(formdata=None))


def _words_page(form: WordForm, import_form: ImportForm) -> str:
    return render_template(
        "responses/drafting/words.html",
        words=lists.words(db.session),
        form=form,
        import_form=import_form,
    )


@blueprint.post("/responses/words")
@requires(Permission.DRAFTING_KEEP)
def add_word() -> Page:
    form = WordForm()
    if status := _unstored(form, lambda session: _put_word(session, None, form)):
        return _words_page(form, ImportForm(formdata=None)), status
    flash(_("已添加“%(word)s”。", word=form.word.data.strip()), "success")
    return redirect(url_for("drafting.words"))


@blueprint.post("/responses/words/import")
@requires(Permission.DRAFTING_KEEP)
def import_words() -> Page:
    form = ImportForm()
    if not form.validate_on_submit():
        return _words_page(WordForm(formdata=None), form), 422
    severity = Severity(form.import_severity.data)
    try:
        with transaction(current_actor()) as session:
            new, known = lists.import_words(session, form.words.data, severity, current_actor())
    except DomainError as error:
        show_errors(form, error)
        return _words_page(WordForm(formdata=None), form), STATUS[type(error)]
    flash(_("已导入 %(new)s 个词，%(known)s 个原来就有。", new=new, known=known), "success")
    return redirect(url_for("drafting.words"))


@blueprint.route("/responses/words/<int:word_id>", methods=["GET", "POST"])
@requires(Permission.DRAFTING_KEEP)
def edit_word(word_id: int) -> Page:
    row = lists.find_word(db.session, word_id)
    form = WordForm(obj=row, data={"version": row.version_id})
    if status := _unstored(
        form, lambda session: _put_word(session, lists.find_word(session, word_id), form)
    ):
        page = {"title": _("修改敏感词"), "name": row.word, "listed": url_for("drafting.words")}
        remove = url_for("drafting.remove_word", word_id=word_id), _("删除这个词")
        return _row_page(form, row, page, remove), status
    flash(_("已保存。"), "success")
    return redirect(url_for("drafting.words"))


def _put_word(session: Session, row: SensitiveWord | None, form: WordForm) -> None:
    lists.put_word(
        session, row, form.word.data, form.advice.data or "", Severity(form.severity.data),
        current_actor(), seen_version(),
    )  # fmt: skip


@blueprint.post("/responses/words/<int:word_id>/remove")
@requires(Permission.DRAFTING_KEEP)
def remove_word(word_id: int) -> Response:
    with transaction(current_actor()) as session:
        row = lists.find_word(session, word_id)
        fields = {"word": row.word, "advice": row.advice or "", "severity": row.severity.value}
        lists.remove_word(session, row, current_actor(), seen_version())
    flash_with_undo(_("已删除。"), "drafting.add_word", fields)
    return redirect(url_for("drafting.words"))


# ---- names ----


@blueprint.get("/responses/names")
@requires(Permission.RESPONSE_READ)
def names() -> str:
    return _names_page(NameForm(formdata=None))


def _names_page(form: NameForm) -> str:
    return render_template(
        "responses/drafting/names.html", names=lists.names(db.session), form=form
    )


@blueprint.post("/responses/names")
@requires(Permission.DRAFTING_KEEP)
def add_name() -> Page:
    form = NameForm()
    if status := _unstored(form, lambda session: _put_name(session, None, form)):
        return _names_page(form), status
    flash(_("已添加“%(word)s”。", word=form.name.data.strip()), "success")
    return redirect(url_for("drafting.names"))


@blueprint.route("/responses/names/<int:name_id>", methods=["GET", "POST"])
@requires(Permission.DRAFTING_KEEP)
def edit_name(name_id: int) -> Page:
    row = lists.find_name(db.session, name_id)
    form = NameForm(obj=row, data={"version": row.version_id})
    if status := _unstored(
        form, lambda session: _put_name(session, lists.find_name(session, name_id), form)
    ):
        page = {"title": _("修改规范称谓"), "name": row.name, "listed": url_for("drafting.names")}
        remove = url_for("drafting.remove_name", name_id=name_id), _("删除这个称谓")
        return _row_page(form, row, page, remove), status
    flash(_("已保存。"), "success")
    return redirect(url_for("drafting.names"))


def _put_name(session: Session, row: ProperName | None, form: NameForm) -> None:
    lists.put_name(
        session, row, form.name.data, form.wrong.data or "", current_actor(),
        seen_version(),
    )  # fmt: skip


@blueprint.post("/responses/names/<int:name_id>/remove")
@requires(Permission.DRAFTING_KEEP)
def remove_name(name_id: int) -> Response:
    with transaction(current_actor()) as session:
        row = lists.find_name(session, name_id)
        fields = {"name": row.name, "wrong": row.wrong}
        lists.remove_name(session, row, current_actor(), seen_version())
    flash_with_undo(_("已删除。"), "drafting.add_name", fields)
    return redirect(url_for("drafting.names"))


# ---- templates ----


@blueprint.get("/responses/templates")
@requires(Permission.RESPONSE_READ)
def answer_templates() -> str:
    return render_template(
        "responses/drafting/templates.html", templates=templates.templates(db.session)
    )


@blueprint.route("/responses/templates/new", methods=["GET", "POST"])
@requires(Permission.DRAFTING_KEEP)
def add_template() -> Page:
    return _template_page(TemplateForm(), None)


@blueprint.route("/responses/templates/<int:template_id>", methods=["GET", "POST"])
@requires(Permission.DRAFTING_KEEP)
def edit_template(template_id: int) -> Page:
    row = templates.find_template(db.session, template_id)
    stored = {
        "version": row.version_id,
        "category_id": row.category_id or 0,
        "nature": row.nature.value if row.nature else "",
        "format": row.format.value,
    }
    form = TemplateForm(data={"name": row.name, "text": row.text, "active": row.active, **stored})
    return _template_page(form, template_id)


def _template_page(form: TemplateForm, template_id: int | None) -> Page:
    form.category_id.choices = _categories()
    if status := _unstored(form, lambda session: _put_template(session, template_id, form)):
        page = render_template("responses/drafting/template.html", form=form, new=not template_id)
        return page, status
    flash(_("已保存。"), "success")
    return redirect(url_for("drafting.answer_templates"))


def _put_template(session: Session, template_id: int | None, form: TemplateForm) -> AnswerTemplate:
    row = templates.find_template(session, template_id) if template_id else None
    facts = TemplateFacts(
        form.name.data,
        form.text.data,
        TextFormat(form.format.data),
        form.category_id.data or None,
        Nature(form.nature.data) if form.nature.data else None,
        form.active.data,
    )
    version = seen_version()
    return templates.put_template(session, row, facts, current_actor(), version)


def _categories() -> list[SelectChoice]:
    """Categories for a menu, each under its own; 0 stands for all."""
    choices = [SelectChoice(0, _l("全部"))]
    for branch in tree(db.session):
        above = branch.category
        choices.append(SelectChoice(above.id, above.name))
        choices += [SelectChoice(one.id, f"{above.name} / {one.name}") for one in branch.children]
    return choices
