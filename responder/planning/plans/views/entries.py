"""One row of a draft: changed, removed."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Forbidden, Invalid, Stale, WrongState
from responder.planning.models import EntryState, PlanEntry
from responder.planning.plans import entries, service
from responder.planning.plans.forms import PlanEntryForm
from responder.planning.plans.lifecycle import why_closed
from responder.planning.plans.views.common import (
    WRITERS,
    Page,
    facts_of,
    seen,
    values_of,
    with_units,
)
from responder.planning.views import blueprint
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors


@blueprint.route("/planning/plan/entries/<int:entry_id>/edit", methods=["GET", "POST"])
@requires(*WRITERS)
def plan_entry(entry_id: int) -> Response | Page:
    entry = service.get_entry(db.session, entry_id)
    if not entries.may_touch(entry, current_actor()):
        raise Forbidden("只能改动本单位报送、还没有决定的条目：请联系新闻办办理")
    if reason := why_closed(entry.plan):
        raise WrongState(reason)
    form = with_units(PlanEntryForm(data=values_of(entry)))
    if not form.validate_on_submit():
        return _page(form, entry)
    try:
        with transaction(current_actor()) as session:
            entry = service.get_entry(session, entry_id)
            facts = facts_of(session, form)
            entries.edit_entry(session, entry, facts, seen(), current_actor())
            year = entry.plan.year
    except (Invalid, Stale) as error:
        return _refused(form, entry_id, error)
    flash(_("已保存。"), "success")
    return redirect(url_for("planning.plan", year=year, _anchor=f"entry-{entry_id}"))


@blueprint.post("/planning/plan/entries/<int:entry_id>/remove")
@requires(*WRITERS)
def remove_entry(entry_id: int) -> Response:
    with transaction(current_actor()) as session:
        entry = service.get_entry(session, entry_id)
        year = entry.plan.year
        was_sent_in = entry.state is EntryState.PROPOSED
        entries.remove_entry(session, entry, seen_version() or 0, current_actor())
    flash(_("已撤回报送。") if was_sent_in else _("已删除。"), "success")
    return redirect(url_for("planning.plan", year=year))


def _refused(form: PlanEntryForm, entry_id: int, error: DomainError) -> tuple[str, int]:
    """The form again, with what was typed, and what is wrong with it."""
    show_errors(form, error)
    return _page(form, service.get_entry(db.session, entry_id)), STATUS[type(error)]


def _page(form: PlanEntryForm, entry: PlanEntry) -> str:
    return render_template("planning/plan_entry.html", form=form, entry=entry)
