"""The ranking and the scores of a round as a workbook, as far as a person may read them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from responder.core.papers import PaperColumn, PaperTable, papers_workbook
from responder.core.permissions import Actor
from responder.core.times import chinese_date
from responder.openness.access import is_of, reads_all
from responder.openness.evaluations.circular import change_words
from responder.openness.evaluations.models import EvaluationRound, Participant
from responder.openness.evaluations.ranking import Line, ranking
from responder.openness.evaluations.scoring import NOT_APPLICABLE
from responder.openness.points import heading_width, plain

_C = PaperColumn
_RANKING = (
    _C("序号", 6, 12, centred=True),
    _C("分组", 14, 24),
    _C("名次", 8, 14, centred=True, number=True),
    _C("单位", 30, 50),
    _C("得分", 10, 18, centred=True, number=True),
    _C("名次变化", 12, 22, centred=True),
    _C("得分变化", 12, 22, centred=True, number=True),
    _C("备注", 30, 40),
)


def scores_workbook(
    one: EvaluationRound, before: EvaluationRound | None, reader: Actor, now: datetime
) -> bytes:
    """名次 on the first sheet; 得分 by indicator on the second: all for the office, else the own.

    Totals and places are those that stand now; a note says what the circular said instead.
    """
    lines = [(group.name, line) for group in ranking(one, before) for line in group.lines]
    below = f"{chinese_date(one.evaluated_on)}  {one.evaluator}".strip()
    rows = [
        (
            str(number), name, str(line.rank or "—"), line.participant.unit.name,
            plain(line.total), *change_words(line.change), _remark(line),
        )
        for number, (name, line) in enumerate(lines, 1)
    ]  # fmt: skip
    sheets = {"名次": PaperTable(f"{one.name}名次", below, _RANKING, rows)}
    seen = [
        line.participant
        for _name, line in lines
        if reads_all(reader) or is_of(reader, line.participant.unit_id)
    ]
    if one.indicators and seen:
        sheets["得分"] = _score_table(one, seen, below)
    return papers_workbook(one.name, now, sheets)


def _score_table(one: EvaluationRound, seen: list[Participant], below: str) -> PaperTable:
    columns = [
        _C("序号", 6, 12, centred=True),
        _C("单位", 30, 50),
        *(
            _C(heading, heading_width(heading), 20, centred=True)
            for heading in (f"{each.name}（{plain(each.full)}）" for each in one.indicators)
        ),
    ]
    rows = []
    for number, each in enumerate(seen, 1):
        marks = each.marks
        words = [
            "" if key.id not in marks else _told(marks[key.id].score) for key in one.indicators
        ]
        rows.append((str(number), each.unit.name, *words))
    return PaperTable(f"{one.name}得分", below, columns, rows)


def _told(score: Decimal | None) -> str:
    return NOT_APPLICABLE if score is None else plain(score)


def _remark(line: Line) -> str:
    found = line.participant
    said = []
    if line.corrected:
        rank = found.circulated_rank or "—"
        said.append(f"通报后有更正（通报得分 {plain(found.circulated_total)}，名次 {rank}）")
    if line.asked:
        said.append("表态发言已报送" if found.received_at else "须表态发言")
    return "；".join(said)
