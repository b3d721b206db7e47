"""Compare found topics with labelled ones: pair F1, B-cubed F1, hot-topic F1.

Definitions are those of the product's issue 3; B-cubed after Bagga and Baldwin 1998.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Message = TypeVar("Message", bound=Hashable)

HOT_FROM = 5
"""From how many messages on a labelled topic counts as hot."""


@dataclass(frozen=True)
class Scores:
    """How well found topics agree with labelled ones; F1 values from 0 to 1."""

    labelled: int
    pair_f1: float
    bcubed_f1: float
    hot_topic_f1: float


def evaluate(predicted: Mapping[Message, Hashable], labelled: Mapping[Message, Hashable]) -> Scores:
    """Score message → topic against message → labelled topic, over labelled messages only.

    Leave ignored messages out of `labelled`. Raises KeyError when a labelled message has no
    prediction: a message that was lost must not pass for a good score.
    """
    true = list(labelled.values())
    found = [predicted[message] for message in labelled]
    return Scores(
        labelled=len(true),
        pair_f1=pair_f1(true, found),
        bcubed_f1=bcubed_f1(true, found),
        hot_topic_f1=hot_topic_f1(true, found),
    )


def pair_f1(true: Sequence[Hashable], found: Sequence[Hashable]) -> float:
    """Return the F1 of pairs of messages put together; 0 where no pair is in both."""
    together = _pairs(Counter(zip(true, found, strict=True)))
    return _ratio(2 * together, _pairs(Counter(true)) + _pairs(Counter(found)))


def bcubed_f1(true: Sequence[Hashable], found: Sequence[Hashable]) -> float:
    """Return B-cubed F1 over the messages whose labelled topic has at least two.

    Messages that stand alone still count against the precision of a topic they fell into.
    """
    sizes, sizes_found = Counter(true), Counter(found)
    precision = recall = 0.0
    counted = 0
    for (label, topic), shared in Counter(zip(true, found, strict=True)).items():
        if sizes[label] >= 2:
            counted += shared
            precision += shared * shared / sizes_found[topic]
            recall += shared * shared / sizes[label]
    precision, recall = _ratio(precision, counted), _ratio(recall, counted)
    return _ratio(2 * precision * recall, precision + recall)


def hot_topic_f1(
    true: Sequence[Hashable], found: Sequence[Hashable], least: int = HOT_FROM
) -> float:
    """Return the mean, over labelled topics of >= `least` messages, of the best topic's F1."""
    sizes, sizes_found = Counter(true), Counter(found)
    best = {label: 0.0 for label, size in sizes.items() if size >= least}
    for (label, topic), shared in Counter(zip(true, found, strict=True)).items():
        if label in best:
            f1 = 2 * shared / (sizes[label] + sizes_found[topic])
            best[label] = max(best[label], f1)
    return _ratio(sum(best.values()), len(best))


def _pairs(counts: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(count * (count - 1) // 2 for count in counts.values())


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
