"""What the pages of the plan share: the form of a row, and the plan's own page."""

from __future__ import annotations

from typing import TypeVar

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.core.database import db
from responder.core.errors import Invalid, NotFound
from responder.core.lifecycle import Attempt, Choice
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.planning.access import sees_row
from responder.planning.models import EntryState, Form, PlanEntry, PlanState, ReleasePlan
from responder.planning.plans import collecting, rules, service
from responder.planning.plans.baselines import baselines, differs_from_baseline, listed
from responder.planning.plans.changing import changes_of
from responder.planning.plans.entries import EntryFacts
from responder.planning.plans.exporting import FORMATS
from responder.planning.plans.forms import AdoptForm, PlanEntryForm
from responder.planning.plans.lifecycle import RELEASE_PLAN, STEPS
from responder.planning.plans.models import PlanChange
from responder.planning.plans.tables import adoption_words
from responder.planning.views import local_today
from responder.web.access import current_actor, may
from responder.web.forms import plain_number, seen_version, unit_choices

Page = str | tuple[str, int]
AnyForm = TypeVar("AnyForm", bound=PlanEntryForm)

# Who may write rows at all: the office, and units their own.
WRITERS = (Permission.PLAN_EDIT, Permission.PLAN_PROPOSE)


def check_year(year: int) -> None:
    """:raises NotFound: no plan could be for this year."""
    if not rules.FIRST_YEAR <= year <= rules.LAST_YEAR:
        raise NotFound(f"没有 {year} 年的计划：请从年度计划重新进入")


def own_units() -> list[Unit]:
    """The units whose rows this person may write."""
    units = accounts.units(db.session)
    if may(Permission.PLAN_EDIT):
        return units
    return [unit for unit in units if unit.id == current_actor().unit_id]


def with_units(form: AnyForm) -> AnyForm:
    """The form with its menu; whoever may write for one unit alone need not choose it."""
    units = own_units()
    form.unit_id.choices = unit_choices(units)
    if len(units) == 1 and not may(Permission.PLAN_EDIT):
        form.unit_id.choices = form.unit_id.choices[1:]
    return form


def entry_form(blank: bool = False) -> PlanEntryForm:
    """The form of a new row; ``blank`` when what was posted is meant for another form."""
    return with_units(PlanEntryForm(formdata=None) if blank else PlanEntryForm())


def blank_adopt_form() -> AdoptForm:
    return AdoptForm(formdata=None, data={"adopted_on": local_today()})


def facts_of(session: Session, form: PlanEntryForm) -> EntryFacts:
    """What the form says, as the services take it; called inside the transaction."""
    unit = session.get(Unit, form.unit_id.data)
    if unit is None:
        raise NotFound("所选单位已不存在：请刷新页面后重新选择")
    return EntryFacts(
        theme=form.theme.data or "",
        form=Form(form.form.data),
        month=form.month.data,
        unit=unit,
        day=form.day.data,
        speaker=form.speaker.data or "",
        basis=form.basis.data or "",
        remark=form.remark.data or "",
    )


def values_of(entry: PlanEntry) -> dict[str, object]:
    """A row's values for its form."""
    return {
        "theme": entry.theme,
        "form": entry.form.value,
        "month": entry.month,
        "day": entry.day,
        "unit_id": entry.unit_id,
        "speaker": entry.speaker,
        "basis": entry.basis,
        "remark": entry.remark,
        "version_id": entry.version_id,
    }


def seen() -> int:
    """The version that a form was shown with; 0, which no record has, for nonsense."""
    return seen_version() or 0


def ticked() -> dict[int, int]:
    """The rows that were ticked: entry id → the version that was seen.

    :raises Invalid: what was sent is no such pair.
    """
    found = {}
    for pair in request.form.getlist("entry"):
        entry_id, version = map(plain_number, pair.rpartition("-")[::2])
        if entry_id is None or version is None:
            raise Invalid(_("没有选对条目：请刷新页面后重新勾选"))
        found[entry_id] = version
    return found


def plan_page(
    year: int,
    form: PlanEntryForm | None = None,
    adopt_form: AdoptForm | None = None,
    import_problem: str = "",
) -> str:
    """The plan of a year, with the forms as they were typed."""
    check_year(year)
    plan = service.find_plan(db.session, year)
    actor, this_year = current_actor(), local_today().year
    waiting = collecting.waiting_for(plan, actor) if plan else []
    declined = collecting.declined_for(plan, actor) if plan else []
    changes = changes_of(db.session, plan) if plan else []
    outside = [*declined, *waiting]
    return render_template(
        "planning/plan.html",
        year=year,
        plan=plan,
        stage=_stage(plan),
        standing=adoption_words(plan) if plan else "",
        report=service.report(plan, local_today(), current_actor()) if plan else None,
        rows=_rows(plan),
        waiting=waiting,
        declined=declined,
        decline_reasons=collecting.decline_reasons(db.session, outside) if outside else {},
        changes=changes,
        changes_of_row=_by_row(changes),
        baselines=baselines(db.session, plan) if plan else [],
        readopt=_is_to_be_adopted_again(plan),
        steps=_steps(plan),
        progress_labels=rules.PROGRESS_LABELS,
        formats=FORMATS,
        years=sorted({year, this_year} | {p.year for p in service.list_plans(db.session)}),
        next_year=this_year + 1,
        entry_form=form or entry_form(blank=True),
        adopt_form=adopt_form or blank_adopt_form(),
        import_problem=import_problem,
        units=own_units() if may(Permission.PLAN_PROPOSE) else [],
    )


def _stage(plan: ReleasePlan | None) -> str:
    """``draft``, ``submitted`` or ``adopted``."""
    if plan is not None and plan.state is PlanState.ADOPTED:
        return "adopted"
    return "submitted" if plan is not None and plan.submitted_at is not None else "draft"


def _rows(plan: ReleasePlan | None) -> list[PlanEntry]:
    """The table, as far as it is seen: listed rows, and dropped ones where they stood."""
    if plan is None:
        return []
    dropped = [entry for entry in plan.entries if entry.state is EntryState.DROPPED]
    shown = [one for one in (*listed(plan), *dropped) if sees_row(current_actor(), one)]
    return sorted(shown, key=lambda entry: entry.number)


def _by_row(changes: list[PlanChange]) -> dict[int, list[PlanChange]]:
    found: dict[int, list[PlanChange]] = {}
    for change in changes:
        found.setdefault(change.entry_id, []).append(change)
    return found


def _is_to_be_adopted_again(plan: ReleasePlan | None) -> bool:
    if plan is None or plan.state is not PlanState.ADOPTED or not may(Permission.PLAN_EDIT):
        return False
    return differs_from_baseline(db.session, plan)


def _steps(plan: ReleasePlan | None) -> list[Choice]:
    """The steps that are a button: of submitting and taking back only the one that is next."""
    if plan is None:
        return []
    found = RELEASE_PLAN.choices(plan, Attempt(current_actor(), utc_now()))
    is_first = plan.submitted_at is None
    return [
        choice
        for choice in found
        if choice.transition.action in STEPS and (choice.transition.action == "submit") == is_first
    ]
