"""Pages of the working days: years, days, holidays that the law dates."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.core.audit import Audited
from responder.core.calendar_file import parse_year
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, NotFound
from responder.core.office import office_zone
from responder.core.permissions import Permission
from responder.core.times import local, utc_now
from responder.core.work_calendar import (
    YEARS,
    add_fixed_holiday,
    all_years,
    find_year,
    fixed_holidays,
    forget_year,
    remove_fixed_holiday,
    set_day,
    store_year,
)
from responder.deadlines import service
from responder.deadlines.forms import DayForm, FixedHolidayForm, YearForm
from responder.deadlines.views import CHANGES_SHOWN, Page, blueprint, told
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import show_errors


@blueprint.get("/clocks/calendar")
@requires(Permission.CLOCK_READ)
def calendar() -> Response:
    known = [one.year for one in all_years(db.session)]
    this_year = local(utc_now(), office_zone()).year
    shown = this_year if this_year in known or not known else known[0]
    return redirect(url_for("deadlines.year", number=shown))


@blueprint.get("/clocks/calendar/<int:number>")
@requires(Permission.CLOCK_READ)
def year(number: int) -> str:
    return _page(_known(number))


def _known(number: int) -> int:
    """The number of a page, when it can be a year's."""
    if number not in YEARS:
        abort(404)
    return number


def _page(
    number: int,
    day_form: DayForm | None = None,
    year_form: YearForm | None = None,
    fixed_form: FixedHolidayForm | None = None,
) -> str:
    years = all_years(db.session)
    return render_template(
        "deadlines/calendar.html",
        number=number,
        years=years,
        shown=next((one for one in years if one.year == number), None),
        next_year=years[0].year + 1 if years else number,
        fixed=fixed_holidays(db.session),
        provisional=service.provisional_count(db.session),
        day_form=day_form or DayForm(formdata=None),
        year_form=year_form or YearForm(formdata=None),
        fixed_form=fixed_form or FixedHolidayForm(formdata=None),
        changes=service.changes(db.session, CHANGES_SHOWN),
    )


def _apply(change: Callable[[Session], Audited]) -> Response:
    """Make a change, reckon the open clocks anew, and go to the page that tells which moved."""
    with transaction(current_actor()) as session:
        line = service.last_change(session, change(session))
        moved = service.recompute_all(session, office_zone())
    if moved.tasks:
        flash(_("%(count)s 个筹备事项的日期随之改变。", count=moved.tasks), "info")
    return told(moved.clocks, line)


def _refused(form: FlaskForm, error: DomainError) -> int:
    show_errors(form, error)
    return STATUS[type(error)]


@blueprint.post("/clocks/calendar/<int:number>/days")
@requires(Permission.CLOCK_EDIT)
def change_day(number: int) -> Page:
    form = DayForm()
    if not form.validate_on_submit():
        return _page(number, day_form=form), 422
    day = form.day.data

    def change(session: Session) -> Audited:
        set_day(session, day, form.kind.data == "working", form.name.data.strip())
        return find_year(session, day.year)

    try:
        return _apply(change)
    except NotFound as error:
        status = _refused(form, error)
        return _page(number, day_form=form), status


@blueprint.post("/clocks/calendar/<int:number>/upload")
@requires(Permission.CLOCK_EDIT)
def upload_year(number: int) -> Page:
    form = YearForm()
    file = form.file.data
    try:
        if not form.validate_on_submit() or not file:
            raise Invalid(_("请选择一个 JSON 文件"), {"file": "必填"})
        stated, days, source = parse_year(file.read(), file.filename or "")
        if stated != number:
            raise Invalid(
                _("文件是 %(stated)s 年的安排：请在 %(stated)s 年的页面上传", stated=stated),
                {"file": _("不是这一年")},
            )
        return _apply(lambda session: store_year(session, stated, days, source))
    except Invalid as error:
        status = _refused(form, error)
        return _page(number, year_form=form), status


@blueprint.post("/clocks/calendar/<int:number>/forget")
@requires(Permission.CLOCK_EDIT)
def forget(number: int) -> Response:
    return _apply(lambda session: forget_year(session, number))


@blueprint.post("/clocks/calendar/<int:number>/fixed-holidays")
@requires(Permission.CLOCK_EDIT)
def add_fixed(number: int) -> Page:
    form = FixedHolidayForm()
    if not form.validate_on_submit():
        return _page(number, fixed_form=form), 422
    month, day, name, source = (
        form[field].data for field in ("month", "number", "title", "source")
    )
    try:
        return _apply(lambda session: add_fixed_holiday(session, month, day, name, source))
    except Invalid as error:
        status = _refused(form, error)
        return _page(number, fixed_form=form), status


@blueprint.post("/clocks/fixed-holidays/<int:holiday_id>/remove")
@requires(Permission.CLOCK_EDIT)
def remove_fixed(holiday_id: int) -> Response:
    return _apply(lambda session: remove_fixed_holiday(session, holiday_id))
