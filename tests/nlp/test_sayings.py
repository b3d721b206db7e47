"""Which sentences say the same: by what not everybody says."""

from __future__ import annotations

import numpy as np
import pytest

from nlp import cosines


def test_words_that_all_have_count_less_than_a_rare_one():
    sayings = [{"翠屏湾", "施工", "批准"}, {"翠屏湾", "施工", "扰民"}, {"翠屏湾", "批准"}]
    [(number, row)] = cosines(sayings, [0])
    assert number == 0
    assert row[0] == pytest.approx(1.0)
    assert row[2] > row[1]


def test_rows_come_for_those_asked_for_over_any_number_of_blocks():
    sayings = [{f"词{n}", "共有"} for n in range(600)]
    found = dict(cosines(sayings, range(600)))
    assert list(found) == list(range(600))
    assert all(int(np.argmax(row)) == number for number, row in found.items())


def test_a_sentence_without_words_is_like_none():
    [(_, empty), (_, said)] = cosines([set(), {"停水"}], [0, 1])
    assert empty.tolist() == [0.0, 0.0]
    assert said.tolist() == [0.0, pytest.approx(1.0)]


def test_of_nothing_comes_nothing():
    assert list(cosines([], [])) == []
