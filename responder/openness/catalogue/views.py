"""Pages of the catalogue: its tree, one column, changing it, what is due, what was adjusted."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Forbidden, Invalid, Stale
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.openness.access import READERS, demand_sight, reads_all
from responder.openness.catalogue import columns, queries, reference, registering, standing
from responder.openness.catalogue.columns import ColumnFacts
from responder.openness.catalogue.declared_columns import ADJUSTMENTS, DUE_COLUMNS
from responder.openness.catalogue.forms import ColumnForm
from responder.openness.catalogue.models import CatalogueColumn, Way
from responder.openness.catalogue.queries import TreeRow, Wanted
from responder.openness.catalogue.rules import Cadence
from responder.openness.catalogue.tables import catalogue_workbook, file_title
from responder.openness.years import asked_year, local_today
from responder.web import listing
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import plain_number, seen_version, show_errors, shown_version, unit_choices
from responder.web.media_types import XLSX
from responder.web.overtaken import differences
from responder.web.paging import paginate, requested_page

blueprint = Blueprint("catalogue", __name__)

Page = str | Response | tuple[str, int]
EDIT = Permission.OPENNESS_EDIT
REFUSALS = (Invalid, Forbidden)


def attempt_now() -> Attempt:
    return Attempt(current_actor(), utc_now())


def shown_years(year: int) -> list[int]:
    """The years that a page offers, the latest first."""
    return sorted({year, local_today().year, *queries.years(db.session)}, reverse=True)


@blueprint.get("/openness/catalogue")
@requires(*READERS)
def index() -> str:
    actor, year, today = current_actor(), asked_year(), local_today()
    rows = [row for row in queries.tree(db.session, actor, year) if _is_of_year(row, year)]
    found = standing.standings(db.session, actor, today)
    return render_template(
        "openness/catalogue/index.html",
        year=year,
        years=shown_years(year),
        trees=_trees(rows),
        columns=len(rows),
        items=sum(row.own for row in rows),
        areas=queries.counts_by_area(db.session, year) if reads_all(actor) else [],
        ways=queries.count_by_way(db.session, actor, year),
        urgencies=standing.counts(found),
        today=today,
    )


def _is_of_year(row: TreeRow, year: int) -> bool:
    """Whether a column was valid at some time of a year, or has something of it."""
    column = row.column
    ended = column.valid_to is not None and column.valid_to.year < year
    return bool(row.total) or (column.valid_from.year <= year and not ended)


def _trees(rows: list[TreeRow]) -> list[list[TreeRow]]:
    """The rows, cut before each column of the first level."""
    trees: list[list[TreeRow]] = []
    for row in rows:
        if row.level == 1 or not trees:
            trees.append([])
        trees[-1].append(row)
    return trees


@blueprint.get("/openness/catalogue/columns/<int:column_id>")
@requires(*READERS)
def show(column_id: int) -> str:
    actor, args, today = current_actor(), request.args, local_today()
    column = columns.find(db.session, column_id)
    demand_sight(actor, column.unit_id)
    wanted = Wanted(
        column_id=column_id,
        year=plain_number(args.get("year")) or None,
        way=next((way for way in Way if way == args.get("way")), None),
        text=args.get("q", "").strip()[:100],
    )
    found = standing.standings(db.session, actor, today)
    return render_template(
        "openness/catalogue/column.html",
        column=column,
        wanted=wanted,
        page=paginate(db.session, queries.listed(actor, wanted), requested_page()),
        adjustments=queries.adjustments_of(db.session, column),
        years=queries.years(db.session),
        standing=next((one for one in found if one.column.id == column_id), None),
        may_register=registering.may_register(actor, column),
        today=today,
    )


@blueprint.get("/openness/catalogue/due")
@requires(*READERS)
def due() -> str:
    """What must be updated soon, and what is late."""
    listed = listing.show(DUE_COLUMNS)
    return render_template("openness/catalogue/due.html", listed=listed, today=local_today())


listing.add_list_pages(blueprint, "/openness/catalogue/due", DUE_COLUMNS, "due", frozenset(READERS))


@blueprint.get("/openness/catalogue/adjustments")
@requires(*READERS)
def adjustments() -> str:
    return render_template("openness/catalogue/adjustments.html", listed=listing.show(ADJUSTMENTS))


listing.add_list_pages(
    blueprint, "/openness/catalogue/adjustments", ADJUSTMENTS, "adjustments", frozenset(READERS)
)


@blueprint.get("/openness/catalogue/export.xlsx")
@requires(*READERS)
def export() -> Response:
    year = asked_year()
    content = BytesIO(catalogue_workbook(db.session, year, utc_now(), current_actor()))
    return send_file(content, XLSX, as_attachment=True, download_name=f"{file_title(year)}.xlsx")


@blueprint.route("/openness/catalogue/columns/new", methods=["GET", "POST"])
@requires(EDIT)
def add_column() -> Page:
    parent_id = plain_number(request.args.get("parent")) or 0
    began = {"valid_from": local_today(), "parent_id": parent_id, "unit_id": 0}
    form = _with_choices(ColumnForm(data=began), None)
    if not form.validate_on_submit():
        return _form_page(form, None), 422 if form.is_submitted() else 200
    attempt = attempt_now()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            facts = _facts(session, form, form.code.data)
            column_id = columns.add(session, facts, form.reason.data or "", attempt).id
    except REFUSALS as error:
        return _refused(form, None, error)
    flash(_("已增加栏目，并记入目录调整记录。"), "success")
    return to_column(column_id)


@blueprint.route("/openness/catalogue/columns/<int:column_id>/edit", methods=["GET", "POST"])
@requires(EDIT)
def edit_column(column_id: int) -> Page:
    column = columns.find(db.session, column_id)
    form = _with_choices(ColumnForm(data={**_values(column), "on": local_today()}), column)
    form.code.data = column.code  # given once, whatever is sent
    if not form.validate_on_submit():
        return _form_page(form, column), 422 if form.is_submitted() else 200
    attempt = attempt_now()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            column = columns.find_to_change(session, column_id, seen_version())
            facts, on = _facts(session, form, column.code), form.on.data or local_today()
            columns.change(session, column, facts, on, form.reason.data or "", attempt)
    except Stale:
        column = columns.find(db.session, column_id)
        return _form_page(form, column, differences(form, _values(column))), STATUS[Stale]
    except REFUSALS as error:
        return _refused(form, columns.find(db.session, column_id), error)
    flash(_("已保存；改动记入目录调整记录。"), "success")
    return to_column(column_id)


def to_column(column_id: int) -> Response:
    return redirect(url_for("catalogue.show", column_id=column_id))


def _values(column: CatalogueColumn) -> dict[str, object]:
    return {
        "code": column.code, "name": column.name, "parent_id": column.parent_id or 0,
        "unit_id": column.unit_id, "valid_from": column.valid_from, "valid_to": column.valid_to,
        "cadence": column.cadence.value, "check_kind_id": column.check_kind_id or 0,
        "key_area_id": column.key_area_id or 0,
    }  # fmt: skip


def _with_choices(form: ColumnForm, column: CatalogueColumn | None) -> ColumnForm:
    """The form with its menus; a retired area stays where it is chosen."""
    rows = queries.tree_rows(queries.all_columns(db.session), {})
    form.parent_id.choices = [
        SelectChoice(0, _("（一级栏目）")),
        *(
            SelectChoice(row.column.id, "　" * (row.level - 1) + row.column.name)
            for row in rows
            if row.level < 3 and row.column is not column
        ),
    ]
    form.unit_id.choices = unit_choices(accounts.units(db.session))
    form.check_kind_id.choices = [
        SelectChoice(0, _("不检查")),
        *(
            SelectChoice(one.id, f"{one.name}（{one.limit_label}）")
            for one in reference.check_kinds(db.session)
        ),
    ]
    chosen = column.key_area_id if column else None
    form.key_area_id.choices = [
        SelectChoice(0, _("不是重点领域")),
        *(
            SelectChoice(one.id, one.name)
            for one in reference.key_areas(db.session)
            if one.active or one.id == chosen
        ),
    ]
    return form


def _facts(session: Session, form: ColumnForm, code: str) -> ColumnFacts:
    unit = session.get(Unit, form.unit_id.data)
    if unit is None:
        raise Invalid(_("所选单位已不存在：请刷新页面后重新选择"), {"unit_id": _("请选择")})
    kind_id, area_id = form.check_kind_id.data, form.key_area_id.data
    return ColumnFacts(
        code=code,
        name=form.name.data,
        unit=unit,
        valid_from=form.valid_from.data,
        valid_to=form.valid_to.data,
        parent=columns.find(session, form.parent_id.data) if form.parent_id.data else None,
        cadence=Cadence(form.cadence.data),
        check_kind=reference.find_kind(session, kind_id) if kind_id else None,
        key_area=reference.find_area(session, area_id) if area_id else None,
    )


def _refused(
    form: ColumnForm, column: CatalogueColumn | None, error: DomainError
) -> tuple[str, int]:
    show_errors(form, error)
    return _form_page(form, column), STATUS[type(error)]


def _form_page(
    form: ColumnForm, column: CatalogueColumn | None, stored: dict[str, str] | None = None
) -> str:
    """:param stored: what somebody else saved meanwhile and the form says otherwise."""
    return render_template(
        "openness/catalogue/column_form.html",
        form=form,
        column=column,
        version=shown_version(column, stored is not None),
        stored=stored,
    )
