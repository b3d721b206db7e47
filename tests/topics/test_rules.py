"""Weighing: shares become points, points a level; what may be saved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responder.topics.rules import (
    HIGHEST_LEVEL,
    LEVEL_LABELS,
    PART_LABELS,
    SHIPPED,
    Scale,
    Share,
    heat,
    level_of,
    problems,
    weighed,
)

NAMES = list(PART_LABELS)
scales = st.lists(st.integers(0, 30), min_size=len(NAMES), max_size=len(NAMES))


@given(scales, st.lists(st.floats(0, 1), min_size=len(NAMES), max_size=len(NAMES)))
def test_points_stay_within_their_weights_and_add_up(weights: list[int], found) -> None:
    shares = [Share(name, value, "") for name, value in zip(NAMES, found, strict=True)]
    parts = weighed(shares, dict(zip(NAMES, weights, strict=True)))
    assert all(0 <= part.points <= part.of for part in parts)
    assert heat(parts) == round(sum(part.points for part in parts), 1)


def test_the_shipped_scale_may_be_saved() -> None:
    assert problems(SHIPPED) == {}
    assert set(SHIPPED.weights) == set(PART_LABELS)


@pytest.mark.parametrize(
    ("weights", "levels", "sentence"),
    [
        ({"volume": 44}, (25, 40, 60), "合计为 99，应为 100：请再加 1"),
        ({"volume": 50}, (25, 40, 60), "合计为 105，应为 100：请减去 5"),
        ({"volume": 46, "speed": -1, "burst": 20}, (25, 40, 60), "增速的权重应在 0 到 100 之间"),
        ({}, (40, 40, 60), "三个门槛须由低到高"),
        ({}, (0, 40, 60), "三个门槛须由低到高"),
        ({}, (25, 40, 101), "三个门槛须由低到高"),
    ],
)
def test_what_may_not_be_saved_says_why(weights, levels, sentence: str) -> None:
    wrong = problems(Scale({**SHIPPED.weights, **weights}, levels))
    assert sentence in "".join(wrong.values())


@pytest.mark.parametrize(
    ("value", "level"), [(0, 0), (24.9, 0), (25, 1), (40, 2), (59.9, 2), (60, 3), (100, 3)]
)
def test_a_threshold_belongs_to_the_level_above_it(value: float, level: int) -> None:
    assert level_of(value, SHIPPED.levels) == level
    assert level in LEVEL_LABELS
    assert level <= HIGHEST_LEVEL
