"""Pure decisions of a judgement: the level of a grade, and what the duty to answer rests on."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class Grade(StrEnum):
    """The response level of an emergency (突发事件等级), by the law on emergencies."""

    NONE = "none"
    GENERAL = "general"
    LARGER = "larger"
    MAJOR = "major"
    GRAVE = "grave"


GRADE_LABELS = {
    Grade.NONE: "不是突发事件",
    Grade.GENERAL: "一般突发事件",
    Grade.LARGER: "较大突发事件",
    Grade.MAJOR: "重大突发事件",
    Grade.GRAVE: "特别重大突发事件",
}


class Colour(StrEnum):
    """The colour of a warning in force (预警颜色): of what may come, not of what has happened."""

    NONE = "none"
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


COLOUR_LABELS = {
    Colour.NONE: "没有预警",
    Colour.BLUE: "蓝色预警",
    Colour.YELLOW: "黄色预警",
    Colour.ORANGE: "橙色预警",
    Colour.RED: "红色预警",
}

_EMERGENCIES = frozenset({Grade.MAJOR, Grade.GRAVE})


def is_major(grade: Grade) -> bool:
    """Whether the clocks of major emergencies run. A warning's colour starts none."""
    return grade in _EMERGENCIES


def contradiction(kinds: Sequence[str], must_answer: bool) -> str | None:
    """Why a judgement cannot stand: what is to be answered first of all cannot be left out.

    :param kinds: names of the priority kinds that it belongs to.
    """
    if kinds and not must_answer:
        return f"属于“{'、'.join(kinds)}”，应当回应：请改选“应当回应”，或取消所选的类别"
    return None
