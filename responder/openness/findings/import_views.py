"""The page on which a table of findings comes in."""

from __future__ import annotations

from pathlib import Path

from flask_babel import lazy_gettext as _l

from responder.accounts import service as accounts
from responder.core.database import db, transaction
from responder.core.permissions import Permission
from responder.intake.registers.columns import UnitNames
from responder.intake.registers.importing import TableImport
from responder.intake.registers.pages import RegisterPages, add_register_pages
from responder.openness.findings import importing
from responder.openness.findings.views import attempt_now, blueprint


def _take(path: Path, trial: bool) -> TableImport:
    attempt = attempt_now()
    file = importing.read_file(db.session, path, importing.today_of(attempt))
    if trial:
        return importing.rehearse(db.session, file)
    with transaction(attempt.actor, attempt.now) as session:
        return importing.store(session, file, attempt)


add_register_pages(
    blueprint,
    "/openness/findings",
    RegisterPages(
        code="findings",
        title=_l("三张清单"),
        back="findings.index",
        permissions=(Permission.OPENNESS_EDIT,),
        take=_take,
        template=lambda: importing.finding_template(accounts.units(db.session)),
        template_name=_l("问题清单模板.xlsx"),
        columns=lambda: importing.finding_columns(UnitNames(())),
    ),
)
