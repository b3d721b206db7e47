"""What was sent, what was acknowledged, and how each answer came."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field

NOBODY = 0  # the status of a request that nobody answered


@dataclass(frozen=True)
class Answer:
    """One answer.

    :param kind: what was done, in a few words.
    :param at: when the request was sent; ``seconds`` how long the answer took.
    :param says_again: whether it says that one should try again later.
    """

    kind: str
    at: float
    seconds: float
    status: int
    says_again: bool = False

    @property
    def until(self) -> float:
        return self.at + self.seconds


@dataclass(frozen=True)
class Deed:
    """Something that somebody wrote: it is found again by its mark.

    :param kind: ``call``, ``push``, ``draft``, ``open`` or a step of an item.
    """

    kind: str
    mark: str


@dataclass
class Ledger:
    """Filled by all people at once; lists and dictionaries take single additions from threads.

    :ivar broken: what ended somebody's work before the time: a fault of the product or of the soak.
    """

    answers: list[Answer] = field(default_factory=list)
    sent: dict[Deed, float] = field(default_factory=dict)
    acknowledged: dict[Deed, float] = field(default_factory=dict)
    refused: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    broken: list[str] = field(default_factory=list)

    def send(self, deed: Deed) -> None:
        self.sent.setdefault(deed, time.time())

    def acknowledge(self, deed: Deed) -> None:
        self.acknowledged[deed] = time.time()
