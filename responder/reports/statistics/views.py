"""Pages of statistics: the year, one figure with its rows, what is frozen, what is entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.charts import ChartKind, Figures
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Forbidden, NotFound
from responder.core.lifecycle import Attempt
from responder.core.office import office_zone
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.openness.years import asked_year, check_year, local_today
from responder.reports.statistics import counting, entered, exporting, freezing
from responder.reports.statistics.entered import EnteredFacts
from responder.reports.statistics.figure import Figure, Section
from responder.reports.statistics.forms import EnteredForm
from responder.reports.statistics.freezing import Standing
from responder.reports.statistics.spans import MONTHS, Span
from responder.web.access import current_actor, may, requires
from responder.web.errors import STATUS
from responder.web.forms import note_read, plain_number, seen_version, show_errors, shown_version
from responder.web.media_types import XLSX
from responder.web.paging import PAGE_SIZE, Page, requested_page

blueprint = Blueprint("statistics", __name__)

Answer = str | Response | tuple[str, int]


def zone() -> ZoneInfo:
    return office_zone()


def attempt_now(note: str = "") -> Attempt:
    return Attempt(current_actor(), utc_now(), note)


@blueprint.get("/statistics")
@requires(Permission.STATISTICS_READ)
def index() -> str:
    year = asked_year()
    span = Span(year, zone(), today=local_today())
    standings = freezing.standings(db.session, span)
    return render_template(
        "statistics/index.html",
        year=year,
        years=_years(year),
        sections=_by_section(standings),
        frozen=freezing.latest(db.session, year),
        differing=[one for one in standings.values() if one.differs],
    )


def _years(year: int) -> list[int]:
    this = utc_now().astimezone(zone()).year
    return sorted({*range(this - 4, this + 1), year}, reverse=True)


def _by_section(standings: dict[str, Standing]) -> list[tuple[Section, list[Standing]]]:
    found = [
        (section, [one for one in standings.values() if one.counted.figure.section is section])
        for section in Section
    ]
    return [(section, rows) for section, rows in found if rows]


@blueprint.get("/statistics/<string:code>")
@requires(Permission.STATISTICS_READ)
def show(code: str) -> str:
    """One figure: months, units, channels, and the rows that it counts."""
    span = _asked_span()
    figure = _figure(code, span.year)
    whole = replace(span, month=None)
    unit_id, channel = plain_number(request.args.get("unit")), request.args.get("channel", "")
    return render_template(
        "statistics/show.html",
        figure=figure,
        standing=freezing.standing_of(db.session, figure, whole),
        year=span.year,
        month=span.month,
        unit_id=unit_id,
        channel=channel,
        by_month=_drawn(figure, span, counting.by_month(db.session, figure, whole)),
        units=counting.by_unit(db.session, figure, span),
        channels=counting.by_channel(db.session, figure, span),
        page=_rows(figure, span, unit_id, channel) if may(figure.permission) else None,
    )


def _drawn(figure: Figure, span: Span, counts: Sequence[Decimal | int | None]) -> Figures:
    """The months of a figure; each leads to its rows."""
    months = [number for number, _count in zip(MONTHS, counts, strict=False)]
    unit, channel = request.args.get("unit"), request.args.get("channel")
    kept: dict[str, Any] = {
        "code": figure.code,
        "year": span.year,
        "unit": unit,
        "channel": channel,
    }
    return Figures(
        ChartKind.DAYS,
        figure.name,
        figure.measure,
        tuple(_("%(month)s月", month=number) for number in months),
        ((figure.measure, tuple(float(count or 0) for count in counts)),),
        links=(tuple(url_for("statistics.show", month=number, **kept) for number in months),),
    )


def _asked_span() -> Span:
    month = plain_number(request.args.get("month"))
    return Span(asked_year(), zone(), month if month in MONTHS else None, local_today())


def _figure(code: str, year: int) -> Figure:
    """:raises NotFound: no figure has this code."""
    figure = entered.find_figure(db.session, code)
    if figure is None:
        raise NotFound(_("没有这项统计：请从统计页重新进入"))
    check_year(year)
    return figure


def _rows(figure: Figure, span: Span, unit_id: int | None, channel: str) -> Page[Any]:
    query = counting.listed(figure, span, unit_id, channel)
    total, number = counting.how_many(db.session, query), requested_page()
    number = min(number, max(1, -(-total // PAGE_SIZE)))
    rows = db.session.execute(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Page(list(rows), number, PAGE_SIZE, total)


@blueprint.get("/statistics/<int:year>.xlsx")
@requires(Permission.STATISTICS_READ)
def export(year: int) -> Response:
    """The year's figures with their definitions, and by month."""
    check_year(year)
    content = exporting.year_workbook(
        db.session, Span(year, zone(), today=local_today()), utc_now()
    )
    name = _("政务公开统计-%(year)s.xlsx", year=year)
    return send_file(BytesIO(content), XLSX, as_attachment=True, download_name=name)


@blueprint.post("/statistics/<int:year>/freeze")
@requires(Permission.STATISTICS_FREEZE)
def freeze(year: int) -> Response:
    check_year(year)
    attempt = attempt_now(request.form.get("note", ""))
    with transaction(attempt.actor, attempt.now) as session:
        freezing.freeze(session, Span(year, zone(), today=local_today()), attempt)
    flash(_("%(year)s 年的数据已冻结：此后记录的变动只显示为差异。", year=year), "success")
    return redirect(url_for("statistics.index", year=year))


@blueprint.route("/statistics/<int:year>/entered/new", methods=["GET", "POST"])
@requires(Permission.STATISTICS_FREEZE)
def new_entered(year: int) -> Answer:
    check_year(year)
    form = EnteredForm()
    if not form.validate_on_submit():
        return _entered_page(form, year), 422 if form.is_submitted() else 200
    attempt = attempt_now()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            entered.enter(session, year, _facts(form), attempt)
    except DomainError as error:
        return _refused(form, year, error)
    flash(_("已保存。"), "success")
    return redirect(url_for("statistics.index", year=year))


@blueprint.route("/statistics/entered/<int:entered_id>", methods=["GET", "POST"])
@requires(Permission.STATISTICS_READ)
def edit_entered(entered_id: int) -> Answer:
    found = entered.find(db.session, entered_id)
    if not may(Permission.STATISTICS_FREEZE):
        if request.method == "POST":
            raise Forbidden(_("您没有填报统计数据的权限：请联系政务公开办"))
        return render_template("statistics/entered_read.html", entered=found)
    note_read(found)
    year, form = found.year, EnteredForm(obj=found)
    if not form.validate_on_submit():
        return _entered_page(form, year, entered_id), 422 if form.is_submitted() else 200
    attempt = attempt_now()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            record = entered.find(session, entered_id)
            entered.enter(session, year, _facts(form), attempt, record, seen_version())
    except DomainError as error:
        return _refused(form, year, error, entered_id)
    flash(_("已保存。"), "success")
    return redirect(url_for("statistics.index", year=year))


@blueprint.post("/statistics/entered/<int:entered_id>/remove")
@requires(Permission.STATISTICS_FREEZE)
def remove_entered(entered_id: int) -> Response:
    attempt = attempt_now()
    with transaction(attempt.actor, attempt.now) as session:
        record = entered.find(session, entered_id)
        year = record.year
        entered.remove(session, record, attempt, seen_version())
    flash(_("已删除；审计记录里仍可查到。"), "success")
    return redirect(url_for("statistics.index", year=year))


def _facts(form: EnteredForm) -> EnteredFacts:
    return EnteredFacts(
        form.name.data, form.measure.data, Decimal(form.value.data), form.meaning.data,
        form.basis.data,
    )  # fmt: skip


def _refused(
    form: EnteredForm, year: int, error: DomainError, entered_id: int | None = None
) -> tuple[str, int]:
    db.session.rollback()
    show_errors(form, error)
    return _entered_page(form, year, entered_id), STATUS[type(error)]


def _entered_page(form: EnteredForm, year: int, entered_id: int | None = None) -> str:
    record = entered.find(db.session, entered_id) if entered_id else None
    return render_template(
        "statistics/entered.html",
        form=form,
        year=year,
        entered=record,
        version=shown_version(record),
    )
