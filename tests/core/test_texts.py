"""Text as people paste it."""

from __future__ import annotations

from enum import StrEnum

import pytest

from responder.core.texts import clean, tidy


class Kind(StrEnum):
    SOME = "some"


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("老旧\x0b小区", "老旧小区"),
        ("一\x00二\x1f三\x7f四\ufffe", "一二三四"),
        ("第一行\r\n第二行\r第三行\t完", "第一行\n第二行\n第三行\t完"),
        (" 两边的空白 ", " 两边的空白 "),
        ("\u202e反的\u202c和\u2066隔\u2069开\u200e\u200f的", "反的和隔开的"),
        ("\ufeff看\u200b不\u2060见\u061c的", "看不见的"),
        ("一家\U0001f468\u200d\U0001f469", "一家\U0001f468\u200d\U0001f469"),
    ],
)
def test_what_no_file_takes_goes_and_lines_stay(pasted: str, kept: str) -> None:
    assert clean(pasted) == kept


def test_of_a_forms_values_texts_alone_are_touched() -> None:
    assert [tidy(one) for one in (" 甲\x0b ", Kind.SOME, 3, None)] == ["甲", Kind.SOME, 3, None]
    assert isinstance(tidy(Kind.SOME), Kind)
