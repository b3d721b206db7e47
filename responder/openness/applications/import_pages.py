"""The pages on which an office's older register comes in."""

from __future__ import annotations

from pathlib import Path

from flask_babel import lazy_gettext as _l

from responder.core.database import db
from responder.core.times import local
from responder.intake.registers.importing import TableImport
from responder.intake.registers.pages import RegisterPages, add_register_pages
from responder.openness.applications import importing, rows
from responder.openness.applications.outcomes import all_outcomes, leaves
from responder.openness.applications.views_common import (
    ADDRESS,
    HANDLE,
    attempt_now,
    blueprint,
    zone,
)


def _take(path: Path, trial: bool) -> TableImport:
    attempt = attempt_now()
    file = importing.read_file(db.session, path, local(attempt.now, zone()).date())
    if trial:
        return importing.rehearse(db.session, file)
    return importing.store(file, attempt, zone())


add_register_pages(
    blueprint,
    ADDRESS,
    RegisterPages(
        code="applications",
        title=_l("依申请公开登记簿"),
        back="applications.index",
        permissions=(HANDLE,),
        take=_take,
        template=lambda: rows.template(leaves(all_outcomes(db.session))),
        template_name=_l("依申请公开登记模板.xlsx"),
        columns=lambda: rows.register_columns(leaves(all_outcomes(db.session))),
    ),
)
