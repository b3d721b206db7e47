"""What was already answered on a topic. Higher rooms say it; this room cannot ask them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

# What is out; of what is not, its state says how far it is.
STANDINGS = {"published": "已公开", "said": "会上已回应"}


@dataclass(frozen=True)
class Answer:
    """One answer, or one that is being written.

    :param topic_id: of those that were asked for.
    :param standing: in words: 已公开, 待复审.
    :param at: when it was published or said; None where it has not been.
    :param number: by which it is found: its index number.
    :param wording: the agreed wording (口径) of one that is not out: what may be said meanwhile.
    :param page: endpoint and arguments of its page.
    """

    topic_id: int
    title: str
    text: str
    unit: str
    standing: str
    at: datetime | None = None
    number: str = ""
    wording: str = ""
    page: tuple[str, Mapping[str, int]] | None = field(default=None, compare=False)

    @property
    def is_out(self) -> bool:
        return self.at is not None


# Session, ids of topics → the answers on these and on what went into them.
Answering = Callable[[Session, Sequence[int]], Iterable[Answer]]

_answering: dict[str, Answering] = {}


def answered_by(name: str, function: Answering) -> None:
    """Let a higher room say what it has answered.

    :param name: of the room's kind of answer; given again, it replaces the former.
    """
    _answering[name] = function


def answers(session: Session, topic_ids: Sequence[int]) -> dict[int, list[Answer]]:
    """Topic id → its answers: what is out first, the newest of it first."""
    found: dict[int, list[Answer]] = {topic_id: [] for topic_id in topic_ids}
    for answering in _answering.values():
        for answer in answering(session, topic_ids):
            found[answer.topic_id].append(answer)
    for listed in found.values():
        listed.sort(key=lambda one: (one.at is None, -one.at.timestamp() if one.at else 0.0))
    return found
