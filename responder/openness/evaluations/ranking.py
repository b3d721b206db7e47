"""The ranking of a round, group by group, beside the round before."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from responder.openness.evaluations import rules
from responder.openness.evaluations.models import EvaluationRound, Participant
from responder.openness.points import mean


@dataclass(frozen=True)
class Line:
    """A unit in the ranking.

    :param rank: within its group; None without a total.
    :param change: since the round before; None where there is no round before.
    :param asked: whether it must explain itself; before the circular, whether it would.
    """

    participant: Participant
    total: Decimal | None
    rank: int | None
    change: rules.Change | None
    asked: bool

    @property
    def corrected(self) -> bool:
        """Whether something was put right since the circular."""
        return bool(self.participant.corrections)


@dataclass(frozen=True)
class Group:
    """A group of units that are ranked among themselves; ``name`` empty where all are."""

    name: str
    lines: list[Line]

    @property
    def average(self) -> Decimal | None:
        return mean([line.total for line in self.lines if line.total is not None])


def total_of(found: Participant) -> Decimal | None:
    """A unit's total out of 100 as the scores stand; None while scores are missing."""
    indicators = found.round.indicators
    if not indicators:
        return found.given
    marks = found.marks
    if any(indicator.id not in marks for indicator in indicators):
        return None
    return rules.weighted_total(
        rules.Scored(one.weight, one.full, marks[one.id].score) for one in indicators
    )


def places(one: EvaluationRound) -> dict[int, tuple[str, int | None, Decimal | None]]:
    """Unit id → (group, rank, total) as the scores stand."""
    totals = {each.unit_id: total_of(each) for each in one.participants}
    found: dict[int, tuple[str, int | None, Decimal | None]] = {}
    for name, members in _members(one).items():
        ranks = rules.ranks({each.unit_id: totals[each.unit_id] for each in members})
        for each in members:
            found[each.unit_id] = (name, ranks.get(each.unit_id), totals[each.unit_id])
    return found


def ranking(one: EvaluationRound, before: EvaluationRound | None) -> list[Group]:
    """Every group, the best first; units without a total last.

    :param before: the round before, see ``queries.previous``.
    """
    now = places(one)
    then = places(before) if before else {}
    groups = []
    for name, members in _members(one).items():
        last = rules.last_ones({each.unit_id: now[each.unit_id][2] for each in members}, one.bottom)
        lines = [_line(each, now, then if before else None, last) for each in members]
        groups.append(Group(name, sorted(lines, key=_order)))
    return groups


def asked_units(one: EvaluationRound) -> list[Participant]:
    """Whoever must explain themselves by the scores as they stand."""
    return [line.participant for group in ranking(one, None) for line in group.lines if line.asked]


def _line(
    each: Participant,
    now: dict[int, tuple[str, int | None, Decimal | None]],
    then: dict[int, tuple[str, int | None, Decimal | None]] | None,
    last: set[int],
) -> Line:
    group, rank, total = now[each.unit_id]
    change = None
    if then is not None:
        old = then.get(each.unit_id)
        same = old is not None and old[0] == group
        change = rules.change(rank, total, old[1:] if old else None, same)
    circulated = each.round.circulated_at is not None
    asked = each.asked_at is not None if circulated else each.unit_id in last
    return Line(each, total, rank, change, asked)


def _members(one: EvaluationRound) -> dict[str, list[Participant]]:
    """The groups in the order of their names' first appearance; units without one last."""
    found: dict[str, list[Participant]] = {}
    for each in sorted(one.participants, key=lambda each: (not each.group, each.id)):
        found.setdefault(each.group, []).append(each)
    return found


def _order(line: Line) -> tuple[bool, int, str]:
    return (line.rank is None, line.rank or 0, line.participant.unit.code)
