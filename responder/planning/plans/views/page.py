"""The plan's page: rows entered, arranged, listed and declined."""

from __future__ import annotations

import re

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import transaction
from responder.core.errors import Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.planning.models import EntryState
from responder.planning.plans import arranging, collecting, service
from responder.planning.plans.views.common import (
    WRITERS,
    Page,
    check_year,
    entry_form,
    facts_of,
    plan_page,
    ticked,
)
from responder.planning.views import blueprint
from responder.web.access import current_actor, requires
from responder.web.forms import plain_number, seen_version, show_errors

EDIT = Permission.PLAN_EDIT
_PLACE = re.compile(r"place-(\d{1,9})")


@blueprint.get("/planning/plan/<int:year>")
@requires(Permission.PLAN_READ)
def plan(year: int) -> str:
    return plan_page(year)


@blueprint.post("/planning/plan/<int:year>/entries")
@requires(*WRITERS)
def add_entry(year: int) -> Response | Page:
    form = entry_form()
    if not form.validate_on_submit():
        return plan_page(year, form), 422
    try:
        with transaction(current_actor()) as session:
            found = service.get_or_create_plan(session, year)
            facts, now = facts_of(session, form), utc_now()
            entry = collecting.enter(session, found, facts, current_actor(), now)
            is_listed = entry.state is EntryState.LISTED
    except Invalid as error:
        show_errors(form, error)
        return plan_page(year, form), 422
    flash(_("已加入计划。") if is_listed else _("已报送，等待新闻办决定是否列入。"), "success")
    return _back(year)


@blueprint.post("/planning/plan/<int:year>/order")
@requires(EDIT)
def arrange_plan(year: int) -> Response:
    """Take the places that were typed; or number by time, when that button was pressed."""
    with transaction(current_actor()) as session:
        found = service.get_plan(session, year)
        if request.form.get("by") == "time":
            arranging.arrange_by_time(session, found)
        else:
            arranging.arrange(session, found, _places())
    flash(_("已重新编号。"), "success")
    return _back(year)


def _places() -> dict[int, int]:
    """Entry id → place, from the fields; one that is no whole number says so."""
    wanted = {}
    for name, text in request.form.items():
        if match := _PLACE.fullmatch(name):
            place = plain_number(text)
            if place is None:
                raise Invalid(_("序号要填整数：请改正后再保存顺序"))
            wanted[int(match[1])] = place
    return wanted


@blueprint.post("/planning/plan/entries/<int:entry_id>/<string:action>")
@requires(EDIT)
def decide_entry(entry_id: int, action: str) -> Response:
    """List or decline a row that a unit sent in."""
    attempt = Attempt(current_actor(), utc_now(), request.form.get("note", ""))
    with transaction(current_actor()) as session:
        entry = service.get_entry(session, entry_id)
        year = entry.plan.year
        _check_decision(action)
        collecting.decide(session, entry, action, seen_version() or 0, attempt)
        number = entry.number
    done = (
        _("已列入，第 %(number)s 项。", number=number) if action == "list" else _("已登记不列入。")
    )
    flash(done, "success")
    return _back(year, "waiting")


def _check_decision(action: str) -> None:
    if action not in ("list", "decline"):
        raise Invalid(_("没有这个操作：请从计划页重新进入"))


@blueprint.post("/planning/plan/<int:year>/waiting")
@requires(EDIT)
def list_entries(year: int) -> Response:
    """List several rows at once, each as it was seen."""
    check_year(year)
    chosen, attempt = ticked(), Attempt(current_actor(), utc_now())
    with transaction(current_actor()) as session:
        collecting.list_several(session, service.get_plan(session, year), chosen, attempt)
    if chosen:
        flash(_("已列入 %(count)s 条。", count=len(chosen)), "success")
    else:
        flash(_("还没有勾选条目：请先勾选，再列入。"), "warning")
    return _back(year, "waiting")


def _back(year: int, anchor: str | None = None) -> Response:
    return redirect(url_for("planning.plan", year=year, _anchor=anchor))
