"""The year's tasks as files: a table taken in, the register taken along."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from flask import request, send_file
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.core.database import db, transaction
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.intake.registers.columns import UnitNames
from responder.intake.registers.importing import TableImport
from responder.intake.registers.pages import RegisterPages, add_register_pages
from responder.openness.access import READERS
from responder.openness.tasks import importing
from responder.openness.tasks.exporting import FORMATS
from responder.openness.tasks.paper import title_of
from responder.openness.tasks.task_rows import ANY_YEAR, task_columns, task_template
from responder.openness.tasks.views import attempt_now, blueprint
from responder.openness.years import asked_year, local_today
from responder.web.access import current_actor, requires
from responder.web.forms import plain_number


def _take(path: Path, trial: bool) -> TableImport:
    year = plain_number(request.form.get("year"))
    if year is None:
        raise Invalid("请填写任务的年度，如 2026", {"year": "必填"})
    attempt = attempt_now()
    file = importing.read_file(db.session, path, year, local_today())
    if trial:
        return importing.rehearse(db.session, file)
    with transaction(attempt.actor, attempt.now) as session:
        return importing.store(session, file, attempt)


def _fields() -> dict[str, Any]:
    return {"year": request.form.get("year") or asked_year()}


add_register_pages(
    blueprint,
    "/openness/tasks",
    RegisterPages(
        code="tasks",
        title=_l("年度任务"),
        back="tasks.index",
        permissions=(Permission.OPENNESS_EDIT,),
        take=_take,
        template=lambda: task_template(accounts.units(db.session)),
        template_name=_l("年度任务模板.xlsx"),
        columns=lambda: task_columns(ANY_YEAR, UnitNames(())),
        fields="openness/tasks/_import_fields.html",
        context=_fields,
    ),
)


@blueprint.get("/openness/tasks/export.<string:kind>")
@requires(*READERS)
def export(kind: str) -> Response:
    wanted = FORMATS.get(kind)
    if wanted is None:
        raise NotFound(f"不能导出为 {kind}：可选 {'、'.join(FORMATS)}")
    year = asked_year()
    content = BytesIO(wanted.write(db.session, year, current_actor(), utc_now()))
    name = f"{title_of(year)}.{kind}"
    return send_file(content, wanted.media_type, as_attachment=True, download_name=name)
