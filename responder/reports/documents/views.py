"""Pages of reports: the list, one report, writing into it, its steps, its file."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import DomainError, GuardRefused, Invalid, NotFound, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.office import office_zone, public_lines
from responder.core.permissions import Permission
from responder.core.times import local, utc_now
from responder.planning.briefing.reading import Standpoint
from responder.publishing.answers import office
from responder.reports.documents import queries, service
from responder.reports.documents.declared import REPORTS
from responder.reports.documents.forms import new_form, request_of, slot_form, written
from responder.reports.documents.kinds import Kind, find_kind
from responder.reports.documents.lifecycle import OPEN, REPORT
from responder.reports.documents.models import Report
from responder.reports.documents.word import linking, word_file
from responder.web import listing
from responder.web.access import current_actor, requires
from responder.web.callers import at_desk
from responder.web.errors import STATUS
from responder.web.forms import plain_number, seen_version, show_errors, shown_version
from responder.web.media_types import DOCX

blueprint = Blueprint("documents", __name__)

Page = str | Response | tuple[str, int]
STEPPERS = tuple({step.permission for step in REPORT.transitions})
REFUSALS = (Invalid, NotFound, WrongState, GuardRefused)


def zone() -> ZoneInfo:
    return office_zone()


def standpoint() -> Standpoint:
    return Standpoint(utc_now(), zone(), public_lines())


def attempt_now(note: str = "") -> Attempt:
    return Attempt(current_actor(), utc_now(), note)


@blueprint.get("/reports")
@requires(Permission.STATISTICS_READ)
def index() -> str:
    return render_template("documents/index.html", listed=listing.show(REPORTS))


listing.add_list_pages(
    blueprint, "/reports", REPORTS, "index", frozenset({Permission.STATISTICS_READ})
)


@blueprint.route("/reports/new/<string:code>", methods=["GET", "POST"])
@requires(Permission.REPORT_WRITE)
def make(code: str) -> Page:
    kind, today = find_kind(code), _today()
    form = new_form(kind.needs, today, plain_number(request.args.get("topic")))
    if not form.validate_on_submit():
        return _new_page(kind, form), 422 if form.is_submitted() else 200
    attempt = attempt_now()
    try:
        asked = request_of(kind.needs, form, today)
        with transaction(attempt.actor, attempt.now) as session:
            at = Standpoint(attempt.now, zone(), public_lines())
            report_id = service.make(session, kind, asked, at, attempt).id
    except REFUSALS as error:
        show_errors(form, error)
        return _new_page(kind, form), STATUS[type(error)]
    flash(_("已生成草稿并编号。请填写留给您写的部分，再送签。"), "success")
    return _to_report(report_id)


@blueprint.get("/reports/<int:report_id>")
@requires(Permission.STATISTICS_READ)
def show(report_id: int) -> str:
    report, attempt = queries.find(db.session, report_id), attempt_now()
    choices = REPORT.choices(report, attempt)
    return render_template(
        "documents/show.html",
        report=report,
        content=report.said,
        choices=[choice for choice in choices if choice.transition.endpoint],
        may_write="write" in {choice.transition.action for choice in choices},
        history=audit.history(db.session, report),
        office=office().publisher_name,
        dated=local(report.signed_at or report.created_at, zone()).date(),
    )


@blueprint.route("/reports/<int:report_id>/edit", methods=["GET", "POST"])
@requires(Permission.REPORT_WRITE)
def edit(report_id: int) -> Page:
    attempt = attempt_now()
    report = queries.find(db.session, report_id)
    REPORT.allow(report, "write", attempt)
    slots = report.said.slots
    form = slot_form(slots)
    if not form.validate_on_submit():
        return _edit_page(report, form), 422 if form.is_submitted() else 200
    try:
        with transaction(attempt.actor, attempt.now) as session:
            held = queries.find_to_change(session, report_id, seen_version())
            saved = service.write(session, held, written(form, slots), attempt)
    except Stale:
        return _overtaken(report_id, form)
    except REFUSALS as error:
        show_errors(form, error)
        return _edit_page(queries.find(db.session, report_id), form), STATUS[type(error)]
    flash(_("已保存。") if saved else _("内容没有变化。"), "success")
    return _to_report(report_id)


@blueprint.route("/reports/<int:report_id>/compose", methods=["GET", "POST"])
@requires(Permission.REPORT_WRITE)
def compose(report_id: int) -> Page:
    """First what would change; then, when somebody wants it, the change."""
    attempt = attempt_now()
    if request.method == "GET":
        report = queries.find(db.session, report_id)
        REPORT.allow(report, "compose", attempt)
        _after, changed = service.foresee(db.session, report, standpoint())
        return render_template("documents/compose.html", report=report, changed=changed)
    with transaction(attempt.actor, attempt.now) as session:
        held = queries.find_to_change(session, report_id, seen_version())
        at = Standpoint(attempt.now, zone(), public_lines())
        changed = service.compose_anew(session, held, at, attempt)
    flash(_("已按现在的数据重新汇总，%(count)s 处有变化。", count=len(changed)), "success")
    return _to_report(report_id)


@blueprint.post("/reports/<int:report_id>/<string:action>")
@requires(*STEPPERS)
def advance(report_id: int, action: str) -> Response:
    attempt = attempt_now(request.form.get("note", ""))
    with transaction(attempt.actor, attempt.now) as session:
        report = queries.find_to_change(session, report_id, seen_version())
        service.advance(session, report, action, attempt)
        label = REPORT.states[report.state]
    flash(_("已办理：%(step)s。", step=_(label)), "success")
    return _to_report(report_id)


@blueprint.get("/reports/<int:report_id>.docx")
@requires(Permission.STATISTICS_READ)
def export(report_id: int) -> Response:
    report = queries.find(db.session, report_id)
    content = word_file(report, office().publisher_name, zone(), linking(at_desk("")))
    name = f"{queries.number(report)} {report.title[:60]}"
    plain = "".join("_" if c in '\\/:*?"<>|' or not c.isprintable() else c for c in name)
    return send_file(BytesIO(content), DOCX, as_attachment=True, download_name=f"{plain}.docx")


def _today() -> date:
    return local(utc_now(), zone()).date()


def _to_report(report_id: int) -> Response:
    return redirect(url_for("documents.show", report_id=report_id))


def _new_page(kind: Kind, form: Any) -> str:
    return render_template("documents/new.html", kind=kind, form=form)


def _edit_page(report: Report, form: Any) -> str:
    return render_template(
        "documents/edit.html",
        report=report,
        slots=report.said.slots,
        form=form,
        stored=None,
        version=shown_version(report),
    )


def _overtaken(report_id: int, form: Any) -> tuple[str, int]:
    """What was typed, and what somebody else has saved meanwhile; nothing is lost."""
    report = queries.find(db.session, report_id)
    db.session.refresh(report)
    if report.state not in OPEN:
        label = REPORT.states[report.state]
        typed: DomainError = WrongState(
            f"您打开页面之后，这份报告已是“{label}”，不能再保存：您填写的内容还在下面，可以复制"
        )
        show_errors(form, typed)
        return _edit_page(report, form), STATUS[WrongState]
    stored = {
        slot.code: slot.text
        for slot in report.said.slots
        if slot.code in form and slot.text != (form[slot.code].data or "").strip()
    }
    page = render_template(
        "documents/edit.html",
        report=report,
        slots=report.said.slots,
        form=form,
        stored=stored,
        version=shown_version(report, anew=True),
    )
    return page, STATUS[Stale]
