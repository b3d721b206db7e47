"""Rows that were reckoned are counted, cut and sorted as those of a query are."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from responder.topics import service as topics
from responder.topics.models import Topic
from responder.web.listing import Column, Empty, Listing
from responder.web.listing.rules import Asked, Sort
from responder.web.listing.sources import ReckonedSource, counts_by
from tests.planning import factories as make


class Row(NamedTuple):
    name: str
    due: int | None


ROWS = [Row("甲", 3), Row("乙", None), Row("丙", 1), Row("丁", 3)]
LISTING = Listing(
    code="rows",
    title="各项",
    counted="共 %(count)s 项",
    filters=lambda _asker: [],
    empty=lambda _asker, _values: Empty(""),
    cells="",
    columns=(
        Column("due", "到期", lambda one, _x: one.due, sort=(lambda one: one.due,)),
        Column("late", "迟", lambda one, _x: one.due, sort=(lambda one: one.due,), one_way=True),
    ),
)


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        (None, "甲乙丙丁"),
        (Sort("due", False), "丙甲丁乙"),
        (Sort("due", True), "甲丁丙乙"),
        (Sort("late", True), "丙甲丁乙"),
    ],
)
def test_reckoned_rows_stand_in_the_asked_order_the_empty_last(sort, names) -> None:
    source = ReckonedSource(LISTING, Asked({}, {}, sort), ROWS)
    assert "".join(one.name for one in source.part(0, 9)) == names
    assert [[one.name for one in part] for part in source.portions(3)] == [
        [*names[:3]],
        [*names[3:]],
    ]


def test_only_a_page_of_reckoned_rows_is_completed() -> None:
    asked: list[int] = []

    def complete(rows):
        asked.append(len(rows))
        return [one.name for one in rows]

    source = ReckonedSource(LISTING, Asked({}, {}), ROWS, complete)
    assert (source.count(), source.whole(), source.part(2, 2)) == (4, 4, ["丙", "丁"])
    assert asked == [2]


def test_rows_are_counted_by_a_column_and_in_all(session) -> None:
    for heat in (90.0, 90.0, 70.0):
        make.topic(heat=heat)
    query = topics.topics_by_heat(min_heat=0.0)
    assert counts_by(session, query, Topic.heat) == {None: 3, 90.0: 2, 70.0: 1}
