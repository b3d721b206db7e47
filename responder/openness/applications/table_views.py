"""Tables three and four of the yearly report, what they are made of, and files of them."""

from __future__ import annotations

from datetime import datetime

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Invalid, Stale
from responder.core.times import local, utc_now
from responder.openness.applications import exporting, outcomes, queries, revealing, tables
from responder.openness.applications.declared import APPLICATIONS, wanted_of
from responder.openness.applications.forms import OutcomeForm
from responder.openness.applications.models import Outcome
from responder.openness.applications.queries import ApplicationFilter
from responder.openness.applications.views_common import (
    ADDRESS,
    HANDLE,
    READ,
    Page,
    blueprint,
    zone,
)
from responder.openness.years import asked_year
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import note_read, seen_version, show_errors, shown_version
from responder.web.listing.views import asked_of, asker_now
from responder.web.media_types import DOCX, XLSX

FORMATS = {
    "xlsx": ("Excel", XLSX, exporting.tables_workbook),
    "docx": ("Word", DOCX, exporting.tables_document),
}


@blueprint.get(f"{ADDRESS}/tables")
@requires(READ)
def table() -> str:
    year = asked_year()
    return render_template(
        "openness/applications/tables.html",
        year=year,
        this_year=local(utc_now(), zone()).year,
        three=tables.application_table(db.session, year),
        four=tables.proceeding_table(db.session, year),
        kinds=tables.KINDS,
        results=tables.RESULT_HEADINGS,
        formats=FORMATS,
    )


@blueprint.get(f"{ADDRESS}/tables/export/<string:kind>")
@requires(READ)
def export_tables(kind: str) -> Response:
    if kind not in FORMATS:
        abort(404)
    year = asked_year()
    _label, media_type, write = FORMATS[kind]
    three = tables.application_table(db.session, year)
    four = tables.proceeding_table(db.session, year)
    content = write(three, four, utc_now())
    name = _("%(year)s 年依申请公开统计表", year=year)
    return send_file(content, media_type, as_attachment=True, download_name=f"{name}.{kind}")


@blueprint.get(f"{ADDRESS}/export")
@requires(READ)
def export() -> Response:
    """The register as it is filtered, without anybody's identity."""
    now = utc_now()
    query = queries.listed(_wanted(), now).limit(exporting.MOST_ROWS)
    found = list(db.session.scalars(query))
    return _register(exporting.register_workbook(found, now, zone()), now)


@blueprint.post(f"{ADDRESS}/export")
@requires(READ)
def export_identities() -> Response:
    """The same with who applied: each of them leaves a line in the trail."""
    now, actor = utc_now(), current_actor()
    with transaction(actor, now) as session:
        query = queries.listed(_wanted(), now).limit(exporting.MOST_ROWS)
        found = list(session.scalars(query))
        revealing.reveal_all(session, found, actor)
        content = exporting.register_workbook(found, now, zone(), identities=True)
    return _register(content, now)


def _wanted() -> ApplicationFilter:
    """The applications that the list shows at this address."""
    return wanted_of(asked_of(APPLICATIONS, asker_now(), request.args)[0].values)


def _register(content: bytes, now: datetime) -> Response:
    name = _("依申请公开登记簿 %(day)s", day=local(now, zone()).date())
    return send_file(
        exporting.as_file(content), XLSX, as_attachment=True, download_name=f"{name}.xlsx"
    )


@blueprint.get(f"{ADDRESS}/outcomes")
@requires(READ)
def list_outcomes() -> str:
    return render_template(
        "openness/applications/outcomes.html", outcomes=outcomes.all_outcomes(db.session)
    )


@blueprint.route(f"{ADDRESS}/outcomes/<int:outcome_id>", methods=["GET", "POST"])
@requires(HANDLE)
def edit_outcome(outcome_id: int) -> Page:
    outcome = outcomes.get(db.session, outcome_id)
    note_read(outcome)
    form = OutcomeForm(obj=outcome)
    if not form.validate_on_submit():
        return _outcome_page(form, outcome), 422 if form.is_submitted() else 200
    try:
        with transaction(current_actor()) as session:
            held = outcomes.get_to_change(session, outcome_id, seen_version())
            outcomes.save(session, held, form.label.data, form.source.data, form.active.data)
    except (Invalid, Stale) as error:
        show_errors(form, error)
        return _outcome_page(form, outcomes.get(db.session, outcome_id)), STATUS[type(error)]
    flash(_("已保存。"), "success")
    return redirect(url_for("applications.list_outcomes"))


def _outcome_page(form: OutcomeForm, outcome: Outcome) -> str:
    return render_template(
        "openness/applications/outcome.html",
        form=form,
        outcome=outcome,
        version=shown_version(outcome),
    )
