"""Pages of publications: lists of them, one entered or corrected by hand, tables coming in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Stale
from responder.core.permissions import Permission
from responder.intake.registers.columns import UnitNames
from responder.intake.registers.importing import TableImport
from responder.intake.registers.pages import RegisterPages, add_register_pages
from responder.openness.access import READERS, reads_all
from responder.openness.catalogue import (
    column_importing,
    columns,
    importing,
    queries,
    registering,
)
from responder.openness.catalogue.declared import PUBLICATIONS
from responder.openness.catalogue.forms import PublicationForm
from responder.openness.catalogue.models import CatalogueColumn, Publication
from responder.openness.catalogue.registering import PublicationFacts
from responder.openness.catalogue.views import (
    EDIT,
    REFUSALS,
    Page,
    attempt_now,
    blueprint,
    to_column,
)
from responder.openness.years import local_today
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import plain_number, seen_version, show_errors, shown_version, unit_choices
from responder.web.listing import add_list_pages, show
from responder.web.overtaken import differences

WRITERS = (Permission.OPENNESS_EDIT, Permission.OPENNESS_REPORT)


@blueprint.get("/openness/catalogue/publications")
@requires(*READERS)
def publications() -> str:
    """The items of a year, whatever their column: what the counts count."""
    return render_template(
        "openness/catalogue/publications.html",
        listed=show(PUBLICATIONS),
        batches=queries.batches(db.session) if reads_all(current_actor()) else [],
    )


add_list_pages(
    blueprint,
    "/openness/catalogue/publications",
    PUBLICATIONS,
    "publications",
    frozenset(READERS),
)


@blueprint.route("/openness/catalogue/publications/new", methods=["GET", "POST"])
@requires(*WRITERS)
def add_publication() -> Page:
    asked = plain_number(request.args.get("column")) or 0
    form = PublicationForm(data={"column_id": asked, "published_on": local_today()})
    _offer_columns(form)
    if not form.validate_on_submit():
        return _form_page(form, None), 422 if form.is_submitted() else 200
    attempt = attempt_now()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            kept = registering.register(session, _facts(session, form), attempt)
            column_id = kept.column_id
    except REFUSALS as error:
        return _refused(form, None, error)
    flash(_("已登记。"), "success")
    return to_column(column_id)


@blueprint.route(
    "/openness/catalogue/publications/<int:publication_id>/edit", methods=["GET", "POST"]
)
@requires(*WRITERS)
def edit_publication(publication_id: int) -> Page:
    attempt = attempt_now()
    publication = registering.find(db.session, publication_id, attempt.actor)
    registering.demand_register(attempt.actor, publication.column)
    form = PublicationForm(data=_values(publication))
    _offer_columns(form, publication.column)
    if not form.validate_on_submit():
        return _form_page(form, publication), 422 if form.is_submitted() else 200
    try:
        with transaction(attempt.actor, attempt.now) as session:
            held = registering.find_to_change(
                session, publication_id, attempt.actor, seen_version()
            )
            registering.change(session, held, _facts(session, form), attempt)
            column_id = held.column_id
    except Stale:
        publication = registering.find(db.session, publication_id, attempt.actor)
        stored = differences(form, _values(publication))
        return _form_page(form, publication, stored), STATUS[Stale]
    except REFUSALS as error:
        publication = registering.find(db.session, publication_id, attempt.actor)
        return _refused(form, publication, error)
    flash(_("已保存。"), "success")
    return to_column(column_id)


@blueprint.post("/openness/catalogue/publications/<int:publication_id>/remove")
@requires(EDIT)
def remove_publication(publication_id: int) -> Response:
    attempt = attempt_now()
    with transaction(attempt.actor, attempt.now) as session:
        held = registering.find_to_change(session, publication_id, attempt.actor, seen_version())
        column_id = held.column_id
        registering.remove(session, held, attempt)
    flash(_("已删除这条登记，审计里留有原来的内容。"), "success")
    return to_column(column_id)


def _offer_columns(form: PublicationForm, kept: CatalogueColumn | None = None) -> None:
    """The columns in which this person registers; of retired ones that where the item stands."""
    form.column_id.choices = unit_choices(
        one for one in _own_columns() if one.valid_to is None or one is kept or _may_be_late(one)
    )


def _may_be_late(column: CatalogueColumn) -> bool:
    """Whether a column that has an end may still be given what was published before it."""
    today = local_today()
    return column.valid_to is not None and (today - column.valid_to).days < 366


def _own_columns() -> list[CatalogueColumn]:
    actor = current_actor()
    rows = queries.tree_rows(queries.all_columns(db.session), {})
    return [row.column for row in rows if registering.may_register(actor, row.column)]


def _values(publication: Publication) -> dict[str, object]:
    return {
        "column_id": publication.column_id, "title": publication.title,
        "published_on": publication.published_on, "url": publication.url or "",
        "index_number": publication.index_number or "",
    }  # fmt: skip


def _facts(session: Session, form: PublicationForm) -> PublicationFacts:
    return PublicationFacts(
        column=columns.find(session, form.column_id.data),
        title=form.title.data,
        published_on=form.published_on.data,
        url=form.url.data or "",
        index_number=form.index_number.data or "",
    )


def _refused(
    form: PublicationForm, publication: Publication | None, error: DomainError
) -> tuple[str, int]:
    show_errors(form, error)
    return _form_page(form, publication), STATUS[type(error)]


def _form_page(
    form: PublicationForm, publication: Publication | None, stored: dict[str, str] | None = None
) -> str:
    return render_template(
        "openness/catalogue/publication_form.html",
        form=form,
        publication=publication,
        version=shown_version(publication, stored is not None),
        stored=stored,
    )


def _take_publications(path: Path, trial: bool) -> TableImport:
    column_id = plain_number(request.form.get("column_id"))
    code = columns.find(db.session, column_id).code if column_id else ""
    return importing.take(path, attempt_now(), trial, code)


def _take_columns(path: Path, trial: bool) -> TableImport:
    attempt = attempt_now()
    file = column_importing.read_file(db.session, path)
    if trial:
        return column_importing.rehearse(db.session, file)
    with transaction(attempt.actor, attempt.now) as session:
        return column_importing.store(session, file, attempt)


def _column_menu() -> dict[str, Any]:
    return {"own_columns": _own_columns()}


add_register_pages(
    blueprint,
    "/openness/catalogue/publications",
    RegisterPages(
        code="publications",
        title=_l("公开信息"),
        back="catalogue.publications",
        permissions=WRITERS,
        take=_take_publications,
        template=importing.template,
        template_name=_l("公开信息模板.xlsx"),
        columns=lambda: importing.publication_columns(importing.ColumnNames(())),
        fields="openness/catalogue/_import_fields.html",
        context=_column_menu,
    ),
)
add_register_pages(
    blueprint,
    "/openness/catalogue/columns",
    RegisterPages(
        code="columns",
        title=_l("目录栏目"),
        back="catalogue.index",
        permissions=(EDIT,),
        take=_take_columns,
        template=lambda: column_importing.template(db.session, accounts.units(db.session)),
        template_name=_l("目录栏目模板.xlsx"),
        columns=lambda: column_importing.columns_of(db.session, UnitNames(())),
    ),
)
