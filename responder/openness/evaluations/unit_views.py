"""A unit in a round: its scores, what was put right, what it says of its place."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, NotFound, Stale
from responder.core.permissions import Permission
from responder.core.versions import check_seen
from responder.openness.access import READERS, demand_sight, is_of
from responder.openness.evaluations import queries, scoring
from responder.openness.evaluations.entering import HIGHEST_MARK, number
from responder.openness.evaluations.lifecycle import EVALUATION
from responder.openness.evaluations.models import EvaluationRound, Indicator, Participant
from responder.openness.evaluations.ranking import ranking
from responder.openness.evaluations.rules import Mark
from responder.openness.evaluations.scoring import UnitMarks
from responder.openness.evaluations.views import (
    EDITORS,
    REFUSALS,
    Page,
    attempt_now,
    blueprint,
    may_edit,
    to_round,
)
from responder.openness.points import plain
from responder.web.access import current_actor, may, requires
from responder.web.errors import STATUS
from responder.web.forms import plain_number, seen_version, shown_version

_UNIT = "/openness/evaluations/<int:round_id>/units/<int:unit_id>"


@blueprint.get(_UNIT)
@requires(*READERS)
def unit(round_id: int, unit_id: int) -> str:
    demand_sight(current_actor(), unit_id)
    return _unit_page(round_id, unit_id)


@blueprint.post("/openness/evaluations/<int:round_id>/units")
@requires(*EDITORS)
def add_unit(round_id: int) -> Response:
    """A unit comes in with no scores yet."""
    attempt = attempt_now()
    with transaction(attempt.actor, attempt.now) as session:
        one = queries.hold(session, round_id, attempt.actor)
        added = session.get(Unit, plain_number(request.form.get("unit_id")) or 0)
        if added is None:
            raise NotFound("请先选择要列入的单位")
        known = next((each for each in one.participants if each.unit_id == added.id), None)
        if known is None:
            scoring.put_unit(session, one, added, UnitMarks("", {}), attempt)
        unit_id = added.id
    return redirect(url_for("evaluations.unit", round_id=round_id, unit_id=unit_id))


@blueprint.post(_UNIT)
@requires(*EDITORS)
def save_unit(round_id: int, unit_id: int) -> Page:
    attempt = attempt_now()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            one = queries.hold(session, round_id, attempt.actor)
            found = queries.participant_of(one, unit_id)
            check_seen(found, seen_version())
            scoring.put_unit(session, one, found.unit, _typed_marks(one), attempt)
    except REFUSALS as error:
        return _unit_page(round_id, unit_id, error), STATUS[type(error)]
    flash(_("得分已保存。"), "success")
    return to_round(round_id)


@blueprint.post(f"{_UNIT}/remove")
@requires(*EDITORS)
def drop_unit(round_id: int, unit_id: int) -> Response:
    attempt = attempt_now()
    with transaction(attempt.actor, attempt.now) as session:
        one = queries.hold(session, round_id, attempt.actor)
        found = queries.participant_of(one, unit_id)
        check_seen(found, seen_version())
        name = found.unit.name
        scoring.drop_unit(session, one, found, attempt)
    flash(_("已把%(name)s移出本轮。", name=name), "success")
    return to_round(round_id)


@blueprint.post(f"{_UNIT}/correct")
@requires(*EDITORS)
def correct(round_id: int, unit_id: int) -> Page:
    attempt = attempt_now(request.form.get("note", ""))
    try:
        with transaction(attempt.actor, attempt.now) as session:
            one = queries.hold(session, round_id, attempt.actor)
            found = queries.participant_of(one, unit_id)
            check_seen(found, seen_version())
            indicator = _chosen_indicator(one)
            new = _typed_mark("new", indicator, request.form.get("new_na") == "1")
            scoring.correct(session, found, indicator, new, attempt)
    except REFUSALS as error:
        return _unit_page(round_id, unit_id, error), STATUS[type(error)]
    flash(_("已更正，原来的得分和理由留在更正记录里。"), "success")
    return redirect(url_for("evaluations.unit", round_id=round_id, unit_id=unit_id))


@blueprint.post(f"{_UNIT}/explanation")
@requires(Permission.OPENNESS_REPORT, Permission.OPENNESS_EDIT)
def explain(round_id: int, unit_id: int) -> Page:
    attempt = attempt_now()
    demand_sight(attempt.actor, unit_id)
    try:
        with transaction(attempt.actor, attempt.now) as session:
            one = queries.hold(session, round_id, attempt.actor)
            found = queries.participant_of(one, unit_id)
            check_seen(found, seen_version())
            scoring.explain(session, found, request.form.get("explanation", ""), attempt)
    except REFUSALS as error:
        return _unit_page(round_id, unit_id, error), STATUS[type(error)]
    flash(_("表态发言已保存。"), "success")
    return redirect(url_for("evaluations.unit", round_id=round_id, unit_id=unit_id))


def _unit_page(round_id: int, unit_id: int, error: DomainError | None = None) -> str:
    attempt = attempt_now()
    one = queries.find(db.session, round_id, attempt.actor)
    found = queries.participant_of(one, unit_id)
    before = queries.previous(db.session, one, attempt.actor)
    overtaken = isinstance(error, Stale)
    line = next(
        line for group in ranking(one, before) for line in group.lines if line.participant is found
    )
    explains = found.asked_at is not None and (
        may(Permission.OPENNESS_EDIT)
        or (may(Permission.OPENNESS_REPORT) and is_of(attempt.actor, unit_id))
    )
    return render_template(
        "openness/evaluations/unit.html",
        round=one,
        unit=found,
        line=line,
        marks=_shown_marks(one, found),
        groups=sorted({each.group for each in one.participants if each.group}),
        editing=may_edit(one, attempt),
        correcting=any(c.transition.action == "correct" for c in EVALUATION.choices(one, attempt)),
        explains=explains,
        typed=request.form,
        error=error,
        version=shown_version(found, overtaken),
        stored=_lines(one, found) if overtaken else None,
    )


def _lines(one: EvaluationRound, found: Participant) -> list[str]:
    scores = [
        f"{each.name} {_('不适用') if mark.score is None else plain(mark.score)}"
        for each in one.indicators
        if (mark := found.marks.get(each.id)) is not None
    ]
    total = [] if found.given is None else [plain(found.given)]
    return [*filter(None, [found.group]), *scores, *total]


def _shown_marks(one: EvaluationRound, found: Participant) -> dict[int, tuple[str, bool]]:
    """Indicator id → (what the field says, whether 不适用 is ticked): as typed, else as kept."""
    kept = found.marks
    shown = {}
    for each in one.indicators:
        name = f"score-{each.id}"
        if name in request.form:
            shown[each.id] = (request.form[name], request.form.get(f"na-{each.id}") == "1")
        elif each.id in kept:
            score = kept[each.id].score
            shown[each.id] = ("" if score is None else plain(score), score is None)
        else:
            shown[each.id] = ("", False)
    return shown


def _typed_marks(one: EvaluationRound) -> UnitMarks:
    """What the form says.

    :raises Invalid: fields that are no scores; an empty one says nothing yet.
    """
    marks: dict[int, Mark] = {}
    wrong: dict[str, str] = {}
    for each in one.indicators:
        text = request.form.get(f"score-{each.id}", "").strip()
        if request.form.get(f"na-{each.id}") == "1":
            marks[each.id] = None
        elif text:
            found = number(text, Decimal(0), each.full)
            if found is None:
                wrong[f"score-{each.id}"] = scoring.mark_sentence(each)
            else:
                marks[each.id] = found
    given = request.form.get("given", "").strip()
    total = number(given, Decimal(0), Decimal(100)) if given else None
    if given and total is None:
        wrong["given"] = "总分须是 0 到 100 的数，最多两位小数"
    if wrong:
        raise Invalid("得分有误：请按提示改正后再保存", wrong)
    return UnitMarks(" ".join(request.form.get("group", "").split()), marks, total)


def _chosen_indicator(one: EvaluationRound) -> Indicator | None:
    """The indicator that is put right; None for the total of a round that has none.

    :raises Invalid: none was chosen.
    """
    if not one.indicators:
        return None
    wanted = plain_number(request.form.get("indicator_id"))
    found = next((each for each in one.indicators if each.id == wanted), None)
    if found is None:
        raise Invalid("请选择要更正的指标", {"indicator_id": "必选"})
    return found


def _typed_mark(name: str, indicator: Indicator | None, not_applicable: bool) -> Mark:
    if not_applicable and indicator is not None:
        return None
    found = number(request.form.get(name, ""), Decimal(0), Decimal(HIGHEST_MARK))
    if found is None:
        told = scoring.mark_sentence(indicator) if indicator else "总分须是 0 到 100 的数"
        raise Invalid(told, {name: told})
    return found
