"""The year's points, unit by unit and criterion by criterion, computed from the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.openness.assessment import rules
from responder.openness.assessment.measures import MEASURES, known
from responder.openness.assessment.models import (
    Adjustment,
    AssessmentScheme,
    Criterion,
    HandScore,
    SchemeState,
    SettledScore,
)
from responder.openness.assessment.queries import bound_units
from responder.openness.assessment.rules import Scoring
from responder.openness.assessment.schemes import rule_of
from responder.openness.assessment.tallies import Measure, Tally
from responder.openness.evaluations.rules import ranks

Key = tuple[int, int]  # criterion, unit


@dataclass(frozen=True)
class Cell:
    """One criterion of one unit.

    :param tally: what was counted; None where nothing is, or nothing can be.
    :param computed: points for what was counted, or what a person gave.
    :param adjustments: all of them, those taken back too.
    :param now: points as the records and decisions stand.
    :param settled: what was settled; None before.
    """

    criterion: Criterion
    measure: Measure | None
    tally: Tally | None
    hand: HandScore | None
    computed: Decimal
    arithmetic: str
    adjustments: Sequence[Adjustment]
    now: Decimal
    settled: SettledScore | None

    @property
    def points(self) -> Decimal:
        """What counts: settled, it no longer moves."""
        return self.now if self.settled is None else self.settled.points

    @property
    def moved(self) -> Decimal:
        """By how much the records have come to say otherwise since it was settled."""
        return self.now - self.points

    @property
    def standing(self) -> list[Adjustment]:
        return [one for one in self.adjustments if one.withdrawn_at is None]

    @property
    def unrated(self) -> bool:
        """Whether a person still owes the points."""
        return self.criterion.scoring is Scoring.HAND and self.hand is None


@dataclass(frozen=True)
class Row:
    """A unit's year.

    :param total: what counts; :param now: what the records say now.
    """

    unit: Unit
    cells: Sequence[Cell]
    total: Decimal
    now: Decimal
    rank: int

    def cell(self, criterion_id: int) -> Cell:
        return next(one for one in self.cells if one.criterion.id == criterion_id)

    @property
    def moved(self) -> Decimal:
        return self.now - self.total

    @property
    def groups(self) -> dict[str, list[Cell]]:
        """The cells by group, in the order of the scheme."""
        found: dict[str, list[Cell]] = {}
        for cell in self.cells:
            found.setdefault(cell.criterion.group, []).append(cell)
        return found


@dataclass(frozen=True)
class Sheet:
    """The whole table: a row a unit, the best first."""

    scheme: AssessmentScheme
    rows: Sequence[Row]

    def row(self, unit_id: int) -> Row | None:
        return next((one for one in self.rows if one.unit.id == unit_id), None)

    @property
    def unrated(self) -> list[Cell]:
        """What people still owe."""
        return [cell for row in self.rows for cell in row.cells if cell.unrated]


def compute(session: Session, scheme: AssessmentScheme, zone: ZoneInfo) -> Sheet:
    """Every unit's points; the number of queries depends on the criteria alone."""
    tallies = {
        measure.code: measure.tallies(session, scheme.year, zone)
        for measure in known(one.measure for one in scheme.criteria)
    }
    ids = [one.id for one in scheme.criteria]
    hands = {
        (one.criterion_id, one.unit_id): one
        for one in session.scalars(select(HandScore).where(HandScore.criterion_id.in_(ids)))
    }
    settled = {
        (one.criterion_id, one.unit_id): one
        for one in session.scalars(select(SettledScore).where(SettledScore.criterion_id.in_(ids)))
    }
    changes = _adjustments(session, ids)
    units = bound_units(session, scheme)
    if scheme.state is SchemeState.SETTLED:  # a unit that is new since was not assessed
        units = [unit for unit in units if any((one, unit.id) in settled for one in ids)]
    made = {}
    for unit in units:
        cells = []
        for one in scheme.criteria:
            key = (one.id, unit.id)
            measure = MEASURES.get(one.measure)
            tally = measure.of(tallies[measure.code], unit.id) if measure else None
            cells.append(_cell(one, measure, tally, hands.get(key), changes[key], settled.get(key)))
        made[unit.id] = cells
    return _sheet(scheme, units, made)


def _adjustments(session: Session, criteria: Sequence[int]) -> dict[Key, list[Adjustment]]:
    found: dict[Key, list[Adjustment]] = defaultdict(list)
    query = select(Adjustment).where(Adjustment.criterion_id.in_(criteria))
    for one in session.scalars(query.order_by(Adjustment.id)):
        found[(one.criterion_id, one.unit_id)].append(one)
    return found


def _cell(
    one: Criterion,
    measure: Measure | None,
    tally: Tally | None,
    hand: HandScore | None,
    changes: Sequence[Adjustment],
    settled: SettledScore | None,
) -> Cell:
    rule = rule_of(one)
    count = tally.value if tally else None
    if one.scoring is Scoring.HAND:
        count = abs(hand.points) if hand else None
    outcome = rules.score(rule, count, measure.unit_word if measure else "")
    standing = [each.points for each in changes if each.withdrawn_at is None]
    now = rules.adjusted(rule, outcome.points, standing)
    return Cell(
        one, measure, tally, hand, outcome.points, outcome.arithmetic, changes, now, settled
    )


def _sheet(scheme: AssessmentScheme, units: Sequence[Unit], made: dict[int, list[Cell]]) -> Sheet:
    totals = {
        unit.id: rules.total((cell.points for cell in made[unit.id]), scheme.total)
        for unit in units
    }
    places = ranks(totals)
    rows = [
        Row(
            unit,
            made[unit.id],
            totals[unit.id],
            rules.total((cell.now for cell in made[unit.id]), scheme.total),
            places[unit.id],
        )
        for unit in units
    ]
    return Sheet(scheme, sorted(rows, key=lambda row: (row.rank, row.unit.code)))
