"""A plan workbook uploaded, what became of it, and the workbook to fill in."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from flask import redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import Permission
from responder.intake.imports.rows import described
from responder.intake.imports.uploads import UploadFolder, receive
from responder.planning.plans import importing
from responder.planning.plans.importing import PlanImport
from responder.planning.plans.views.common import (
    WRITERS,
    Page,
    check_year,
    own_units,
    plan_page,
)
from responder.planning.plans.workbook import plan_template
from responder.planning.views import blueprint, settings
from responder.web.access import current_actor, may, requires
from responder.web.media_types import XLSX

FORM_BYTES = 64 * 1024  # what a form has besides the file
SHOWN_REFUSALS = 100
RESULT = "plan-import"
_KEY = re.compile(r"[0-9a-f]{32}")


@blueprint.url_value_preprocessor
def _let_plans_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Allow a large request where a plan is expected, from somebody who may send one."""
    if endpoint == "planning.import_plan" and any(map(may, WRITERS)):
        request.max_content_length = importing.MOST_MEGABYTES * 1024**2 + FORM_BYTES


@blueprint.post("/planning/plan/<int:year>/imports")
@requires(*WRITERS)
def import_plan(year: int) -> Response | Page:
    check_year(year)
    given = request.files.get("file")
    folder = None
    try:
        if given is None or not given.filename:
            raise Invalid(_("请先选择要导入的文件"), {"file": _("请选择文件")})
        folder, _size = receive(settings().uploads, given.stream, given.filename)
        _import(folder, year, request.form.get("trial") == "1")
    except Invalid as error:
        if folder is not None:
            folder.remove()
        return plan_page(year, import_problem=error.message), 422
    except BaseException:
        if folder is not None:
            folder.remove()
        raise
    return redirect(url_for("planning.plan_import_result", year=year, key=folder.name))


def _import(folder: UploadFolder, year: int, trial: bool) -> None:
    """Take the file in, and keep what became of it beside the refused rows."""
    actor, path = current_actor(), folder.file
    unit_id = request.form.get("unit_id", type=int) or None
    unit = db.session.get(Unit, unit_id) if unit_id else None
    file = importing.read_file(db.session, path, year, actor, unit)
    if trial:
        found = importing.rehearse(db.session, file)
    else:
        with transaction(actor) as session:
            found = importing.store(session, file, actor)
    importing.write_errors(folder.errors, found.headings, found.refusals)
    folder.write(RESULT, _kept(found, path.name, trial) | {"year": year, "by": actor.id})
    folder.drop_file()


def _kept(found: PlanImport, name: str, trial: bool) -> dict[str, Any]:
    return {
        "file_name": name,
        "trial": trial,
        "counts": {
            "rows": found.rows,
            "created": found.created,
            "duplicates": found.duplicates,
            "errors": len(found.refusals),
        },
        "refusals": described(found.refusals[:SHOWN_REFUSALS]),
        "unread": list(found.unread),
        "notes": [list(note) for note in found.notes],
    }


@blueprint.get("/planning/plan/<int:year>/imports/<string:key>")
@requires(*WRITERS)
def plan_import_result(year: int, key: str) -> str:
    folder, result = _result(year, key)
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
    folder, result = _result(year, key)
    if not folder.errors.is_file():
        raise NotFound(_("没有退回的行：请返回计划页"))
    name = f"{_('退回')}-{result['file_name'].rpartition('.')[0]}.xlsx"
    return send_file(folder.errors.resolve(), XLSX, as_attachment=True, download_name=name)


def _result(year: int, key: str) -> tuple[UploadFolder, dict[str, Any]]:
    """What was kept of an import: for who sent it, and for the office."""
    folder = UploadFolder(settings().uploads, key) if _KEY.fullmatch(key) else None
    result = folder.read(RESULT) if folder else None
    allowed = result is not None and (
        result["by"] == current_actor().id or may(Permission.PLAN_EDIT)
    )
    if folder is None or result is None or not allowed or result["year"] != year:
        raise NotFound(_("这次导入的结果已过保留期或不存在：如需要，请重新上传原文件"))
    return folder, result


@blueprint.get("/planning/plan/template.xlsx")
@requires(*WRITERS)
def plan_template_file() -> Response:
    content = BytesIO(plan_template(own_units()))
    return send_file(content, XLSX, as_attachment=True, download_name=_("发布计划模板.xlsx"))
