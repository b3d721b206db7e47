"""A unit's year: each point, the records behind it, and what people decided."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, NotFound
from responder.core.office import office_zone
from responder.openness.access import READERS, demand_sight
from responder.openness.assessment import deciding, queries
from responder.openness.assessment.computing import Row, compute
from responder.openness.assessment.models import AssessmentScheme
from responder.openness.assessment.rules import allowance_left, of_overall
from responder.openness.assessment.views import (
    EDITORS,
    REFUSALS,
    Page,
    attempt_now,
    blueprint,
    may_take,
)
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import plain_number
from responder.web.paging import PAGE_SIZE, requested_page
from responder.web.paging import Page as Listed

_UNIT = "/openness/assessment/<int:scheme_id>/units/<int:unit_id>"


@blueprint.get(_UNIT)
@requires(*READERS)
def unit(scheme_id: int, unit_id: int) -> str:
    demand_sight(current_actor(), unit_id)
    return _unit_page(scheme_id, unit_id)


@blueprint.get(f"{_UNIT}/criteria/<int:criterion_id>")
@requires(*READERS)
def evidence(scheme_id: int, unit_id: int, criterion_id: int) -> str:
    """The records that a criterion counted."""
    demand_sight(current_actor(), unit_id)
    scheme, row = _row(scheme_id, unit_id)
    cell = row.cell(queries.criterion_of(scheme, criterion_id).id)
    if cell.measure is None:
        raise NotFound("这项指标由人工评定，没有可列的记录：请返回单位页面")
    records = cell.measure.rows(db.session, scheme.year, row.unit)
    number = min(requested_page(), max(1, -(-len(records) // PAGE_SIZE)))
    shown = records[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return render_template(
        "openness/assessment/evidence.html",
        scheme=scheme,
        row=row,
        cell=cell,
        page=Listed(shown, number, PAGE_SIZE, len(records)),
    )


@blueprint.post(f"{_UNIT}/criteria/<int:criterion_id>/points")
@requires(*EDITORS)
def rate(scheme_id: int, unit_id: int, criterion_id: int) -> Page:
    attempt = attempt_now(request.form.get("note", ""))
    try:
        points = _points(signed=False)
        with transaction(attempt.actor, attempt.now) as session:
            scheme = queries.hold(session, scheme_id, attempt.actor)
            bound = queries.bound_unit(session, scheme, unit_id)
            criterion = queries.criterion_of(scheme, criterion_id)
            seen = plain_number(request.form.get("version"))
            deciding.rate(session, criterion, bound, points, attempt, seen)
    except REFUSALS as error:
        return _unit_page(scheme_id, unit_id, error, criterion_id), STATUS[type(error)]
    flash(_("已评定。"), "success")
    return _back(scheme_id, unit_id, criterion_id)


@blueprint.post(f"{_UNIT}/criteria/<int:criterion_id>/adjustments")
@requires(*EDITORS)
def adjust(scheme_id: int, unit_id: int, criterion_id: int) -> Page:
    attempt = attempt_now(request.form.get("note", ""))
    try:
        points = _points(signed=True)
        with transaction(attempt.actor, attempt.now) as session:
            scheme = queries.hold(session, scheme_id, attempt.actor)
            bound = queries.bound_unit(session, scheme, unit_id)
            row = compute(session, scheme, office_zone()).row(unit_id)
            criterion = queries.criterion_of(scheme, criterion_id)
            if row is None:
                raise NotFound("这个单位不在本年考核之列：请从考核页面重新进入")
            seen = plain_number(request.form.get("seen"))
            cell = row.cell(criterion.id)
            deciding.adjust(session, scheme, cell, bound, points, attempt, seen)
    except REFUSALS as error:
        return _unit_page(scheme_id, unit_id, error, criterion_id), STATUS[type(error)]
    flash(_("已调整，理由和姓名公开记录。"), "success")
    return _back(scheme_id, unit_id, criterion_id)


@blueprint.post(f"{_UNIT}/adjustments/<int:adjustment_id>/take-back")
@requires(*EDITORS)
def take_back(scheme_id: int, unit_id: int, adjustment_id: int) -> Page:
    attempt = attempt_now(request.form.get("note", ""))
    try:
        with transaction(attempt.actor, attempt.now) as session:
            scheme = queries.hold(session, scheme_id, attempt.actor)
            taken = deciding.take_back(session, scheme, adjustment_id, attempt)
            criterion_id = taken.criterion_id
    except REFUSALS as error:
        return _unit_page(scheme_id, unit_id, error), STATUS[type(error)]
    flash(_("已撤回调整。"), "success")
    return _back(scheme_id, unit_id, criterion_id)


def _back(scheme_id: int, unit_id: int, criterion_id: int) -> Response:
    return redirect(
        url_for("assessment.unit", scheme_id=scheme_id, unit_id=unit_id, _anchor=f"c{criterion_id}")
    )


def _points(signed: bool) -> Decimal:
    """The number that was typed.

    :raises Invalid: none, or too many decimals.
    """
    text = request.form.get("points", "").strip().replace("－", "-").replace("＋", "+")
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    fits = found.is_finite() and found == round(found, 2) and abs(found) < 10_000
    if not fits or (found < 0 and not signed):
        raise Invalid(
            "分数须是数字，最多两位小数" + ("；减分写负数" if signed else ""), {"points": ""}
        )
    return found


def _row(scheme_id: int, unit_id: int) -> tuple[AssessmentScheme, Row]:
    scheme = queries.find(db.session, scheme_id, current_actor())
    row = compute(db.session, scheme, office_zone()).row(unit_id)
    if row is None:
        raise NotFound("这个单位不在本年考核之列：请从考核页面重新进入")
    return scheme, row


def _unit_page(
    scheme_id: int, unit_id: int, error: DomainError | None = None, criterion_id: int = 0
) -> str:
    scheme = queries.find(db.session, scheme_id, current_actor())
    sheet = compute(db.session, scheme, office_zone())
    row = sheet.row(unit_id)
    if row is None:
        raise NotFound("这个单位不在本年考核之列：请从考核页面重新进入")
    given = [one.points for cell in row.cells for one in cell.standing]
    return render_template(
        "openness/assessment/unit.html",
        scheme=scheme,
        row=row,
        count=len(sheet.rows),
        deciding=may_take(scheme, "decide", attempt_now()),
        left=allowance_left(scheme.allowance, given),
        overall=of_overall(row.total, scheme.total, scheme.share),
        error=error,
        wrong_at=criterion_id,
        typed=request.form,
    )
