"""What the doctor says of one thing: how bad it is, in a sentence, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How bad it is; the worst is the exit code of ``responder doctor``."""

    OK = 0
    WARNING = 1
    WRONG = 2


SAID_OF_LEVELS = {Level.OK: "正常", Level.WARNING: "注意", Level.WRONG: "有问题"}


@dataclass(frozen=True)
class Finding:
    """:ivar remedy: what to do; empty when all is well."""

    level: Level
    sentence: str
    remedy: str = ""


def ok(sentence: str) -> Finding:
    return Finding(Level.OK, sentence)


def warning(sentence: str, remedy: str) -> Finding:
    return Finding(Level.WARNING, sentence, remedy)


def wrong(sentence: str, remedy: str) -> Finding:
    return Finding(Level.WRONG, sentence, remedy)
