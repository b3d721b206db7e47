"""Pages of tasks: the list, what is late, each unit's progress, one task and its steps."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, Stale
from responder.core.lifecycle import Attempt
from responder.core.permissions import Actor, Permission
from responder.core.times import utc_now
from responder.openness.access import READERS, is_of, reads_all
from responder.openness.tasks import queries, reporting, rules, service, units
from responder.openness.tasks.declared import TASKS
from responder.openness.tasks.declared_reports import WAITING_REPORTS
from responder.openness.tasks.exporting import FORMATS
from responder.openness.tasks.forms import TaskForm
from responder.openness.tasks.lifecycle import REPORT, STEP, TASK
from responder.openness.tasks.models import Level, Task
from responder.openness.tasks.queries import Show, Wanted
from responder.openness.tasks.service import TaskFacts
from responder.openness.years import asked_year, local_today
from responder.web import listing
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import (
    seen_version,
    show_errors,
    shown_version,
    unit_choices,
)
from responder.web.overtaken import differences
from responder.web.paging import paginate

blueprint = Blueprint("tasks", __name__)

Page = str | Response | tuple[str, int]
REFUSALS = (Invalid, GuardRefused, Forbidden)
FIELDS = ("number", "title", "requirement", "lead_id", "due_on", "basis", "remark")


def attempt_now(note: str = "") -> Attempt:
    return Attempt(current_actor(), utc_now(), note)


@blueprint.get("/openness/tasks")
@requires(*READERS)
def index() -> str:
    listed = listing.show(TASKS)
    actor, today, year = current_actor(), local_today(), listed.asked.values["year"]
    return render_template(
        "openness/tasks/index.html",
        listed=listed,
        year=year,
        counts=queries.counts(db.session, actor, year, today),
        waiting=paginate(db.session, queries.waiting_reports(actor, year), 1, 1).total,
        formats=FORMATS,
    )


listing.add_list_pages(blueprint, "/openness/tasks", TASKS, "index", frozenset(READERS))


def _years(year: int) -> list[int]:
    """The years of the switch, the last first."""
    known = set(queries.years(db.session, current_actor()))
    return sorted(known | {year, local_today().year}, reverse=True)


@blueprint.get("/openness/tasks/overdue")
@requires(*READERS)
def overdue() -> str:
    actor, today, year = current_actor(), local_today(), asked_year()
    end = rules.soon_until(today) + timedelta(days=1)
    found = {
        show: list(db.session.scalars(queries.listed(actor, Wanted(year, Level.CITY, show), today)))
        for show in (Show.LATE, Show.SOON)
    }
    return render_template(
        "openness/tasks/overdue.html",
        year=year,
        years=_years(year),
        today=today,
        soon_days=rules.SOON_DAYS,
        late=sorted(found[Show.LATE], key=_due),
        soon=sorted(found[Show.SOON], key=_due),
        late_milestones=queries.late_milestones(db.session, actor, year, today),
        soon_milestones=queries.late_milestones(db.session, actor, year, end, today),
    )


def _due(task: Task) -> tuple[date, int]:
    return task.due_on or date.max, task.number


@blueprint.get("/openness/tasks/units")
@requires(*READERS)
def by_unit() -> str:
    year, today = asked_year(), local_today()
    return render_template(
        "openness/tasks/units.html",
        year=year,
        years=_years(year),
        today=today,
        lines=units.by_unit(db.session, current_actor(), year, today),
    )


@blueprint.get("/openness/tasks/waiting")
@requires(*READERS)
def waiting() -> str:
    """Reports that the office has not answered."""
    listed = listing.show(WAITING_REPORTS)
    year = listed.asked.values["year"]
    return render_template("openness/tasks/waiting.html", listed=listed, year=year)


listing.add_list_pages(
    blueprint, "/openness/tasks/waiting", WAITING_REPORTS, "waiting", frozenset(READERS)
)


@blueprint.get("/openness/tasks/<int:task_id>")
@requires(*READERS)
def show(task_id: int) -> str:
    attempt = attempt_now()
    task = queries.find(db.session, task_id, attempt.actor)
    reports = queries.reports_of(db.session, task, attempt)
    steps = [one for one in TASK.choices(task, attempt) if one.transition.endpoint == STEP]
    return render_template(
        "openness/tasks/show.html",
        task=task,
        today=local_today(),
        children=[one for one in task.children if _is_seen(one, attempt.actor)],
        steps=steps,
        reports=[
            (one, [step for step in REPORT.choices(one, attempt) if step.transition.endpoint])
            for one in reports
        ],
        may_edit=attempt.actor.may(Permission.OPENNESS_EDIT) and _is_editable(task, attempt),
        may_report=reporting.may_report(task, attempt),
        draft=reporting.draft_of(db.session, task, attempt.actor.unit_id),
        history=queries.timeline(db.session, task, reports),
    )


def _is_seen(task: Task, actor: Actor) -> bool:
    return reads_all(actor) or is_of(actor, *task.unit_ids)


def _is_editable(task: Task, attempt: Attempt) -> bool:
    edits = [one for one in TASK.transitions if one.action == "edit" and task.state in one.sources]
    return any(not any(guard(task, attempt) for guard in one.guards) for one in edits)


@blueprint.route("/openness/tasks/new", methods=["GET", "POST"])
@requires(Permission.OPENNESS_EDIT)
def create() -> Page:
    year = asked_year()
    level = next((one for one in Level if one.value == request.args.get("level")), Level.CITY)
    number = service.next_number(db.session, year, level)
    form = _form(TaskForm(data={"level": level.value, "number": number, "lead_id": 0}), year)
    if not form.validate_on_submit():
        return _form_page(form, year, None), 422 if form.is_submitted() else 200
    attempt = attempt_now()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            facts = _facts(session, form, year, Level(form.level.data))
            task_id = service.create_task(session, facts, attempt).id
    except REFUSALS as error:
        show_errors(form, error)
        return _form_page(form, year, None), STATUS[type(error)]
    flash(_("已登记。接着填写时序进度。"), "success")
    return to_task(task_id)


@blueprint.route("/openness/tasks/<int:task_id>/edit", methods=["GET", "POST"])
@requires(Permission.OPENNESS_EDIT)
def edit(task_id: int) -> Page:
    attempt = attempt_now()
    task = queries.find(db.session, task_id, attempt.actor)
    TASK.allow(task, "edit", attempt)
    year, level = task.year, task.level
    form = _form(TaskForm(data=_values(task)), year)
    form.level.data = level.value
    if not form.validate_on_submit():
        return _form_page(form, year, task), 422 if form.is_submitted() else 200
    try:
        with transaction(attempt.actor, attempt.now) as session:
            task = queries.find_to_change(session, task_id, attempt.actor, seen_version())
            service.edit_task(session, task, _facts(session, form, year, level), attempt)
    except Stale:
        task = queries.find(db.session, task_id, attempt.actor)
        latest = {name: getattr(task, name) for name in FIELDS}
        stored = differences(form, latest | {"lead_id": task.lead_id or 0})
        return _form_page(form, year, task, stored), STATUS[Stale]
    except REFUSALS as error:
        show_errors(form, error)
        task = queries.find(db.session, task_id, attempt.actor)
        return _form_page(form, year, task), STATUS[type(error)]
    flash(_("已保存。"), "success")
    return to_task(task_id)


@blueprint.post("/openness/tasks/<int:task_id>/<string:action>")
@requires(Permission.OPENNESS_EDIT)
def advance(task_id: int, action: str) -> Response:
    attempt = attempt_now(request.form.get("note", ""))
    with transaction(attempt.actor, attempt.now) as session:
        task = queries.find_to_change(session, task_id, attempt.actor, seen_version())
        year, label = task.year, TASK.find(action, task.state).label
        service.advance(session, task, action, attempt)
    flash(_("已办理：%(step)s。", step=_(label)), "success")
    if action == "remove":
        return redirect(url_for("tasks.index", year=year))
    return to_task(task_id)


def to_task(task_id: int, anchor: str | None = None) -> Response:
    return redirect(url_for("tasks.show", task_id=task_id, _anchor=anchor))


def _form(form: TaskForm, year: int) -> TaskForm:
    listed = accounts.units(db.session)
    form.lead_id.choices = unit_choices(listed)
    form.assistants.choices = [(unit.id, unit.name) for unit in listed]
    form.parents.choices = [
        (one.id, f"{one.number}. {one.title}") for one in queries.province_tasks(db.session, year)
    ]
    return form


def _values(task: Task) -> dict[str, object]:
    return {
        **{name: getattr(task, name) for name in FIELDS},
        "lead_id": task.lead_id or 0,
        "assistants": [unit.id for unit in task.assistants],
        "parents": [one.id for one in task.parents],
    }


def _facts(session: Session, form: TaskForm, year: int, level: Level) -> TaskFacts:
    """What the form says, as the services take it; called inside the transaction."""
    found = {unit.id: unit for unit in accounts.units(session)}
    parents = {one.id: one for one in queries.province_tasks(session, year)}
    return TaskFacts(
        year=year,
        level=level,
        number=form.number.data,
        title=form.title.data,
        requirement=form.requirement.data or "",
        lead=_known(found, form.lead_id.data),
        assistants=tuple(found[one] for one in form.assistants.data if one in found),
        parents=tuple(parents[one] for one in form.parents.data if one in parents),
        due_on=form.due_on.data,
        basis=form.basis.data or "",
        remark=form.remark.data or "",
    )


def _known(found: dict[int, Unit], unit_id: int | None) -> Unit | None:
    return found.get(unit_id) if unit_id else None


def _form_page(
    form: TaskForm, year: int, task: Task | None, stored: dict[str, str] | None = None
) -> str:
    """:param stored: what somebody else saved meanwhile and the form says otherwise."""
    return render_template(
        "openness/tasks/form.html",
        form=form,
        year=year,
        task=task,
        version=shown_version(task, stored is not None),
        stored=stored,
    )
