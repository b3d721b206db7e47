"""What belongs to a task: its milestones as a table of rows, the units' reports, their files."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Stale
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.openness.access import READERS
from responder.openness.attachments import (
    chosen_files,
    give_out,
    let_files_in,
    office,
    put_away,
)
from responder.openness.tasks import queries, reporting, service
from responder.openness.tasks.forms import ReportForm
from responder.openness.tasks.lifecycle import TASK
from responder.openness.tasks.models import Report, ReportState, Task
from responder.openness.tasks.reporting import ReportFacts
from responder.openness.tasks.typed_rows import ROW_FIELDS, read_reached, read_steps
from responder.openness.tasks.views import (
    REFUSALS,
    Page,
    attempt_now,
    blueprint,
    to_task,
)
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors, shown_version
from responder.web.sentences import spoken

SPARE_ROWS = 4
REPORTERS = (Permission.OPENNESS_EDIT, Permission.OPENNESS_REPORT)

let_files_in(blueprint, "report", Permission.OPENNESS_REPORT)


@blueprint.route("/openness/tasks/<int:task_id>/milestones", methods=["GET", "POST"])
@requires(Permission.OPENNESS_EDIT)
def milestones(task_id: int) -> Page:
    attempt = attempt_now()
    task = queries.find(db.session, task_id, attempt.actor)
    TASK.allow(task, "edit", attempt)
    if request.method == "GET":
        return _milestones_page(task, _kept_rows(task))
    rows = _typed_rows()
    try:
        steps = read_steps(rows)
        with transaction(attempt.actor, attempt.now) as session:
            task = queries.find_to_change(session, task_id, attempt.actor, seen_version())
            service.save_milestones(session, task, steps, attempt)
    except (*REFUSALS, Stale) as error:
        task = queries.find(db.session, task_id, attempt.actor)
        return _milestones_page(task, rows, error), STATUS[type(error)]
    flash(_("时序进度已保存。"), "success")
    return to_task(task_id, "milestones")


def _kept_rows(task: Task) -> list[dict[str, str]]:
    return [
        {
            "id": str(one.id),
            "what": one.what,
            "due_on": one.due_on.isoformat(),
            "done_on": one.done_on.isoformat() if one.done_on else "",
            "evidence": one.evidence,
        }
        for one in task.milestones
    ]


def _typed_rows() -> list[dict[str, str]]:
    """The rows of the form in their order; a row that was not sent is empty."""
    return [
        {name: request.form.get(f"{name}-{number}", "").strip() for name in ROW_FIELDS}
        for number in range(1, service.MOST_MILESTONES + 1)
    ]


def _milestones_page(
    task: Task, rows: list[dict[str, str]], error: DomainError | None = None
) -> str:
    """Where somebody was faster, what they saved stands beside what was typed."""
    overtaken = isinstance(error, Stale)
    filled = [row for row in rows if any(row.values())]
    empty = [dict.fromkeys(ROW_FIELDS, "")] * SPARE_ROWS
    return render_template(
        "openness/tasks/milestones.html",
        task=task,
        rows=[*filled, *empty][: service.MOST_MILESTONES],
        version=shown_version(task, overtaken),
        error=error,
        stored=task.milestones if overtaken else None,
    )


@blueprint.route("/openness/tasks/<int:task_id>/report", methods=["GET", "POST"])
@requires(Permission.OPENNESS_REPORT)
def report(task_id: int) -> Page:
    attempt = attempt_now()
    task = queries.find(db.session, task_id, attempt.actor)
    draft = reporting.draft_of(db.session, task, attempt.actor.unit_id)
    if not reporting.may_report(task, attempt) or (draft and draft.state is not ReportState.DRAFT):
        flash(_("现在不能填报：报告正在审核，或任务已不在办理中。"), "warning")
        return to_task(task_id, "reports")
    form = ReportForm(data=_report_values(task, draft, attempt))
    reached = _kept_reached(draft)
    if not form.is_submitted():
        return _report_page(form, task, draft, reached)
    typed = _typed_reached(task)
    if not form.validate_on_submit():
        return _report_page(form, task, draft, typed), 422
    try:
        sent = _store(task_id, form, typed, attempt)
    except Stale as error:
        task = queries.find(db.session, task_id, attempt.actor)
        draft = reporting.draft_of(db.session, task, attempt.actor.unit_id)
        form.form_errors.append(spoken(error.message))
        return _report_page(form, task, draft, typed, overtaken=True), STATUS[Stale]
    except REFUSALS as error:
        show_errors(form, error)
        task = queries.find(db.session, task_id, attempt.actor)
        draft = reporting.draft_of(db.session, task, attempt.actor.unit_id)
        return _report_page(form, task, draft, typed), STATUS[type(error)]
    if sent:
        flash(_("已上报，等政务公开办审核。"), "success")
        return to_task(task_id, "reports")
    flash(_("草稿已保存，还没有上报。"), "success")
    return redirect(url_for("tasks.report", task_id=task_id))


def _store(
    task_id: int, form: ReportForm, typed: dict[int, dict[str, str]], attempt: Attempt
) -> bool:
    """Keep the draft with its files, and send it in if asked; whether it was sent."""
    kept = [put_away(office().task_files, one) for one in chosen_files()]
    facts = ReportFacts(
        form.percent.data, form.body.data or "", form.link.data or "", read_reached(typed)
    )
    with transaction(attempt.actor, attempt.now) as session:
        task = queries.hold(session, task_id, attempt.actor)
        draft = reporting.save_draft(session, task, facts, attempt, seen_version())
        for content, name, media_type in kept:
            reporting.add_file(session, draft, content, name, media_type, attempt)
        if form.submit.data:
            reporting.submit(session, draft, attempt)
        return bool(form.submit.data)


def _report_values(task: Task, draft: Report | None, attempt: Attempt) -> dict[str, object]:
    """What the form begins with: the draft, or what came back, or where the unit stands."""
    source = draft or reporting.latest_of(db.session, task, attempt.actor.unit_id)
    if source is None:
        return {"percent": 0}
    if draft is None and source.state is ReportState.ACCEPTED:
        return {"percent": source.percent}
    return {"percent": source.percent, "body": source.body, "link": source.link}


def _kept_reached(draft: Report | None) -> dict[int, dict[str, str]]:
    kept = draft.reached if draft else []
    return {
        one.milestone_id: {"what": one.milestone.what, "done": "1", "day": one.done_on.isoformat()}
        for one in kept
    }


def _typed_reached(task: Task) -> dict[int, dict[str, str]]:
    """Milestone id → what stands in its row of the form."""
    return {
        one.id: {
            "what": one.what,
            "done": request.form.get(f"reached-{one.id}", ""),
            "day": request.form.get(f"reached-on-{one.id}", "").strip(),
        }
        for one in task.milestones
        if one.done_on is None
    }


def _report_page(
    form: ReportForm,
    task: Task,
    draft: Report | None,
    reached: dict[int, dict[str, str]],
    overtaken: bool = False,
) -> str:
    """:param overtaken: somebody else of the unit has saved meanwhile."""
    return render_template(
        "openness/tasks/report.html",
        form=form,
        task=task,
        draft=draft,
        latest=None if draft else reporting.latest_of(db.session, task, current_actor().unit_id),
        reached=reached,
        version=shown_version(draft, overtaken),
        overtaken=overtaken,
        chose_files=bool(chosen_files()),
    )


@blueprint.post("/openness/tasks/reports/<int:report_id>/<string:action>")
@requires(*REPORTERS)
def advance_report(report_id: int, action: str) -> Response:
    attempt = attempt_now(request.form.get("note", ""))
    version = seen_version()
    with transaction(attempt.actor, attempt.now) as session:
        found = queries.find_report(session, report_id, attempt, version or 0)
        task_id = found.task_id
        reporting.advance(session, found, action, attempt)
    flash(_("已办理。"), "success")
    return to_task(task_id, "reports")


@blueprint.get("/openness/tasks/files/<int:file_id>")
@requires(*READERS)
def download_file(file_id: int) -> Response:
    file = reporting.find_file(db.session, file_id)
    queries.find_report(db.session, file.report_id, attempt_now())
    return give_out(office().task_files, file)


@blueprint.post("/openness/tasks/files/<int:file_id>/remove")
@requires(Permission.OPENNESS_REPORT)
def remove_file(file_id: int) -> Response:
    attempt = attempt_now()
    with transaction(attempt.actor, attempt.now) as session:
        file = reporting.find_file(session, file_id)
        task_id, name = file.report.task_id, file.name
        queries.find_report(session, file.report_id, attempt)
        reporting.remove_file(session, file, attempt)
    flash(_("已删除“%(name)s”；服务器上的内容随后清除。", name=name), "success")
    return redirect(url_for("tasks.report", task_id=task_id))
