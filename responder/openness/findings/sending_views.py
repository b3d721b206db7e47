"""What was done about a finding: told, with files; and the lists as files."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import flash, render_template, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Invalid, NotFound, Stale
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.openness.access import READERS
from responder.openness.attachments import (
    chosen_files,
    give_out,
    let_files_in,
    office,
    put_away,
)
from responder.openness.findings import queries, service
from responder.openness.findings.forms import EvidenceForm
from responder.openness.findings.lifecycle import FINDING
from responder.openness.findings.models import Finding
from responder.openness.findings.service import SentFile
from responder.openness.findings.tables import FORMATS, file_name, three_tables
from responder.openness.findings.views import (
    REFUSALS,
    Page,
    attempt_now,
    blueprint,
    to_finding,
)
from responder.openness.years import asked_year
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import plain_number, seen_version, show_errors, shown_version

SENDERS = (Permission.OPENNESS_EDIT, Permission.OPENNESS_REPORT)

let_files_in(blueprint, "send", *SENDERS, most=service.MOST_FILES)


@blueprint.route("/openness/findings/<int:finding_id>/evidence", methods=["GET", "POST"])
@requires(*SENDERS)
def send(finding_id: int) -> Page:
    attempt = attempt_now()
    finding = queries.find(db.session, finding_id, attempt.actor)
    FINDING.allow(finding, service.way_of_sending(attempt), attempt)
    form = EvidenceForm()
    if not form.validate_on_submit():
        return _form_page(form, finding), 422 if form.is_submitted() else 200
    try:
        _store(finding_id, form, attempt)
    except Stale as error:
        return _refused(form, finding_id, attempt, error, anew=True)
    except REFUSALS as error:
        return _refused(form, finding_id, attempt, error)
    flash(_("已报送，等待核查。"), "success")
    return to_finding(finding_id, "rounds")


def _store(finding_id: int, form: EvidenceForm, attempt: Attempt) -> None:
    """The files are put away before the transaction begins: it may take a while."""
    root = office().finding_files
    sent = [SentFile(*put_away(root, one)) for one in chosen_files("files")]
    with transaction(attempt.actor, attempt.now) as session:
        finding = queries.find_to_change(session, finding_id, attempt.actor, seen_version())
        service.send(session, finding, form.text.data, form.link.data or "", sent, attempt)


def _refused(
    form: EvidenceForm,
    finding_id: int,
    attempt: Attempt,
    error: Invalid | Stale | Any,
    anew: bool = False,
) -> Page:
    """What was typed stays; files must be chosen again, no browser gives them back."""
    show_errors(form, error)
    finding = queries.find(db.session, finding_id, attempt.actor)
    return _form_page(form, finding, anew), STATUS[type(error)]


def _form_page(form: EvidenceForm, finding: Finding, anew: bool = False) -> str:
    return render_template(
        "openness/findings/evidence.html",
        form=form,
        finding=finding,
        version=shown_version(finding, anew),
        chose_files=bool(chosen_files("files")),
    )


@blueprint.get("/openness/findings/files/<int:file_id>")
@requires(*READERS)
def download(file_id: int) -> Response:
    """Always to be kept, never to be shown: what somebody uploaded runs in no page of ours."""
    file = queries.find_file(db.session, file_id, current_actor())
    return give_out(office().finding_files, file)


@blueprint.get("/openness/findings/export.<string:kind>")
@requires(*READERS)
def export(kind: str) -> Response:
    """The three tables of a year as one file."""
    wanted = FORMATS.get(kind)
    if wanted is None:
        raise NotFound(f"不能导出为 {kind}：可选 {'、'.join(FORMATS)}")
    year, unit_id = asked_year(), plain_number(request.args.get("unit")) or None
    tables = three_tables(db.session, year, current_actor(), unit_id)
    _label, media_type, write = wanted
    content = BytesIO(write(year, utc_now(), tables))
    name = file_name(year, kind)
    return send_file(content, media_type, as_attachment=True, download_name=name)
