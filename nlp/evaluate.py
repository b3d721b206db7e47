"""Compare found topics with labelled ones: pair F1, ARI, AMI, B-cubed F1, hot-topic F1.

B-cubed after Bagga and Baldwin 1998, ARI after Hubert and Arabie 1985, AMI after Vinh, Epps
and Bailey 2010. The last two are also in scikit-learn, whose import would cost each command
a second; the tests compare.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy.special import gammaln

Message = TypeVar("Message", bound=Hashable)

HOT_FROM = 5
"""From how many messages on a labelled topic counts as hot."""


@dataclass(frozen=True)
class Scores:
    """How well found topics agree with labelled ones.

    F1 values from 0 to 1; ARI and AMI are 1 when all agree and 0 when no more does than by
    chance.
    """

    labelled: int
    pair_f1: float
    ari: float
    ami: float
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
        ari=adjusted_rand_index(true, found),
        ami=adjusted_mutual_information(true, found),
        bcubed_f1=bcubed_f1(true, found),
        hot_topic_f1=hot_topic_f1(true, found),
    )


def pair_f1(true: Sequence[Hashable], found: Sequence[Hashable]) -> float:
    """Return the F1 of pairs of messages put together; 0 where no pair is in both."""
    together = _pairs(Counter(zip(true, found, strict=True)))
    return _ratio(2 * together, _pairs(Counter(true)) + _pairs(Counter(found)))


def adjusted_rand_index(true: Sequence[Hashable], found: Sequence[Hashable]) -> float:
    """Return the share of pairs that agree, corrected for chance; 1 for two equal groupings."""
    together = _pairs(Counter(zip(true, found, strict=True)))
    pairs_true, pairs_found = _pairs(Counter(true)), _pairs(Counter(found))
    by_chance = _ratio(pairs_true * pairs_found, len(true) * (len(true) - 1) / 2)
    most = (pairs_true + pairs_found) / 2
    return (together - by_chance) / (most - by_chance) if most != by_chance else 1.0


def adjusted_mutual_information(true: Sequence[Hashable], found: Sequence[Hashable]) -> float:
    """Return the mutual information, corrected for chance, over the mean of both entropies.

    1 for two equal groupings, and where both have one topic only or lone messages only.
    """
    total, sizes, sizes_found = len(true), Counter(true), Counter(found)
    if len(sizes) == len(sizes_found) and len(sizes) in {0, 1, total}:
        return 1.0
    information = sum(
        shared / total * np.log(total * shared / (sizes[label] * sizes_found[topic]))
        for (label, topic), shared in Counter(zip(true, found, strict=True)).items()
    )
    by_chance = _expected_information(Counter(sizes.values()), Counter(sizes_found.values()), total)
    most = (_entropy(sizes, total) + _entropy(sizes_found, total)) / 2
    gap = most - by_chance
    # As scikit-learn does: keep the sign, so that rounding cannot divide by nothing.
    floor = float(np.finfo(float).eps)
    return float((information - by_chance) / (min(gap, -floor) if gap < 0 else max(gap, floor)))


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


def _entropy(sizes: Counter[Hashable], total: int) -> float:
    shares = np.array(list(sizes.values())) / total
    return float(-(shares * np.log(shares)).sum())


def _expected_information(sizes: Counter[int], others: Counter[int], total: int) -> float:
    """Return the mutual information that two random groupings of these sizes would have.

    `sizes` and `others` say how many topics there are of each size. The number of messages
    that a topic of size a and one of size b share is hypergeometric.
    """
    expected = 0.0
    for a, topics in sizes.items():
        for b, other_topics in others.items():
            shared = np.arange(max(1, a + b - total), min(a, b) + 1)
            chance = np.exp(
                gammaln(a + 1) + gammaln(b + 1) + gammaln(total - a + 1) + gammaln(total - b + 1)
                - gammaln(total + 1) - gammaln(shared + 1) - gammaln(a - shared + 1)
                - gammaln(b - shared + 1) - gammaln(total - a - b + shared + 1)
            )  # fmt: skip
            gains = shared / total * np.log(total * shared / (a * b))
            expected += topics * other_topics * float((gains * chance).sum())
    return expected


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
