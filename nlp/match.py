"""Say how far two sets of words speak of the same thing, and which words made it so."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

Terms = Mapping[str, float] | Iterable[str]
"""Words with weights, or just words (each then counts 1)."""


class Match(NamedTuple):
    """A score from 0 to 1 and the words behind it, heaviest first, their shares summing to 1."""

    score: float
    words: tuple[tuple[str, float], ...]


def match(a_terms: Terms, b_terms: Terms, idf: Mapping[str, float] | None = None) -> Match:
    """Return the cosine of two weighted word sets, and each shared word's share of it.

    `idf` (word → rarity, from `WordWeights.idf`) multiplies the weights; a word it lacks
    counts as the rarest it knows. Give plain words with `idf`, or the ready weights of
    `WordWeights.terms` without. Without a shared word the score is 0 and `words` is empty.
    """
    one, other = _weighed(a_terms, idf), _weighed(b_terms, idf)
    products = {word: weight * other[word] for word, weight in one.items() if word in other}
    dot = sum(products.values())
    if dot <= 0:
        return Match(0.0, ())
    score = dot / (_length(one) * _length(other))
    ordered = sorted(products.items(), key=lambda item: (-item[1], item[0]))
    return Match(min(1.0, score), tuple((word, product / dot) for word, product in ordered))


def _weighed(terms: Terms, idf: Mapping[str, float] | None) -> dict[str, float]:
    weights = dict(terms) if isinstance(terms, Mapping) else dict.fromkeys(terms, 1.0)
    if idf is None:
        return weights
    rarest = max(idf.values(), default=1.0)
    return {word: weight * idf.get(word, rarest) for word, weight in weights.items()}


def _length(weights: Mapping[str, float]) -> float:
    return float(sum(weight**2 for weight in weights.values()) ** 0.5)
