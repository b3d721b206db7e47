"""The page that takes in a calendar file: looked at first, then stored."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.core.database import db
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.planning.calendars import ical_importing
from responder.planning.calendars.feed_forms import IcsForm
from responder.planning.calendars.ical_importing import OUTCOME_LABELS, ImportRun, Outcome
from responder.planning.calendars.ical_reading import MOST_BYTES, read
from responder.planning.calendars.ical_storing import store
from responder.planning.models import Form
from responder.planning.views import blueprint, local_today, zone
from responder.web.access import current_actor, requires
from responder.web.forms import show_errors, unit_choices

TONES = {
    Outcome.CREATED: "fine",
    Outcome.UPDATED: "accent",
    Outcome.CANCELLED: "soon",
    Outcome.REFUSED: "late",
}


@blueprint.route("/planning/import-ics", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def import_ics() -> str | Response | tuple[str, int]:
    """Without ``store`` a dry run; the file travels with the form and is kept nowhere."""
    form = IcsForm()
    form.unit_id.choices = unit_choices(accounts.units(db.session))
    if request.method == "GET":
        return _page(form)
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        content = form.content()
        run = _store(form, content) if form.store.data else _look(form, content)
    except Invalid as error:
        show_errors(form, error)
        return _page(form), 422
    if not form.store.data:
        form.keep(content)
        return _page(form, run)
    counts = run.counts
    flash(
        _(
            "已导入：新建 %(created)s 项，更新 %(updated)s 项，取消 %(cancelled)s 项。"
            "新建的活动等待审批。",
            created=counts[Outcome.CREATED],
            updated=counts[Outcome.UPDATED],
            cancelled=counts[Outcome.CANCELLED],
        ),
        "success",
    )
    if counts[Outcome.REFUSED]:
        return _page(form, run, stored=True)
    return redirect(url_for("planning.events", state="proposed"))


def _look(form: IcsForm, content: bytes) -> ImportRun:
    reading = read(content, zone(), local_today())
    wanted = ical_importing.intents(db.session, reading, local_today(), zone(), form.unit_id.data)
    return ical_importing.preview(wanted, reading.refused)


def _store(form: IcsForm, content: bytes) -> ImportRun:
    now, today = utc_now(), local_today()
    reading = read(content, zone(), today)

    def find_unit(session: Session) -> Unit:
        unit = session.get(Unit, form.unit_id.data)
        if unit is None:
            raise NotFound("所选单位已不存在：请刷新页面后重新选择")
        return unit

    return store(reading, find_unit, Form(form.form.data), current_actor(), now, today, zone())


def _page(form: IcsForm, run: ImportRun | None = None, stored: bool = False) -> str:
    return render_template(
        "planning/import_ics.html",
        form=form,
        run=run,
        stored=stored,
        labels=OUTCOME_LABELS,
        tones=TONES,
        megabytes=MOST_BYTES // 1_000_000,
    )
