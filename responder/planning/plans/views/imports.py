"""A plan workbook uploaded, what became of it, and the workbook to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.permissions import Permission
from responder.intake.registers.importing import TableImport
from responder.intake.registers.pages import (
    REQUEST_BYTES,
    kept_result,
    refused_rows,
    take_upload,
    workbook,
)
from responder.planning.plans import importing
from responder.planning.plans.plan_rows import plan_template
from responder.planning.plans.views.common import (
    WRITERS,
    Page,
    check_year,
    own_units,
    plan_page,
)
from responder.planning.views import blueprint
from responder.web.access import current_actor, may, requires
from responder.web.sentences import spoken


@blueprint.url_value_preprocessor
def _let_plans_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Allow a large request where a plan is expected, from somebody who may send one."""
    if endpoint == "planning.import_plan" and any(map(may, WRITERS)):
        request.max_content_length = REQUEST_BYTES


@blueprint.post("/planning/plan/<int:year>/imports")
@requires(*WRITERS)
def import_plan(year: int) -> Response | Page:
    check_year(year)
    trial = request.form.get("trial") == "1"
    try:
        key = take_upload(lambda path: _take(path, year, trial), {"year": year, "trial": trial})
    except Invalid as error:
        return plan_page(year, import_problem=spoken(error.message)), 422
    return redirect(url_for("planning.plan_import_result", year=year, key=key))


def _take(path: Path, year: int, trial: bool) -> TableImport:
    actor = current_actor()
    unit_id = request.form.get("unit_id", type=int) or None
    unit = db.session.get(Unit, unit_id) if unit_id else None
    file = importing.read_file(db.session, path, year, actor, unit)
    if trial:
        return importing.rehearse(db.session, file)
    with transaction(actor) as session:
        return importing.store(session, file, actor)


@blueprint.get("/planning/plan/<int:year>/imports/<string:key>")
@requires(*WRITERS)
def plan_import_result(year: int, key: str) -> str:
    folder, result = kept_result(key, Permission.PLAN_EDIT, year=year)
    return render_template(
        "planning/plan_import.html",
        year=year,
        key=key,
        result=result,
        has_errors=folder.errors.is_file(),
    )


@blueprint.get("/planning/plan/<int:year>/imports/<string:key>/errors.xlsx")
@requires(*WRITERS)
def plan_import_errors(year: int, key: str) -> Response:
    """The refused rows, as they came, with the reason beside each."""
    return refused_rows(key, Permission.PLAN_EDIT, year=year)


@blueprint.get("/planning/plan/template.xlsx")
@requires(*WRITERS)
def plan_template_file() -> Response:
    return workbook(plan_template(own_units()), _("发布计划模板.xlsx"))
