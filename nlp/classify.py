"""Learn from labelled texts which class a text belongs to, and say by which words.

Three ridge regressions, one output a class, and the sum of their scores: on character bigrams
and words; on the single characters of the opening (both linear, so that each word has a weight
that can be shown); and on how strongly each list of cue words speaks (radial, because what
counts there is which lists speak together). Leaving one text out has a closed form in ridge
regression, so the level of each class and the sureness are chosen on texts that the score in
question has not seen, at no cost. No randomness anywhere.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nlp.cues import CueFinder, opening_weight
from nlp.segment import Segmenter, default_segmenter
from nlp.sparse import Floats, Matrix, csr_matrix
from nlp.words import is_content, stop_words

__all__ = ["Choice", "Reading", "TextClassifier", "Word"]

LONGEST = 2000  # characters read of a text
_WEIGHTS = tuple(opening_weight(place) for place in range(LONGEST))
MOST_FEATURES = 60_000  # of each kind
OPENING = 40  # characters that count each by itself, too
_CHARACTER, _BIGRAM, _WORD = range(3)
_KINDS = (_BIGRAM, _WORD, _CHARACTER)
RARITY_POWER = {_BIGRAM: 2.0, _WORD: 2.0, _CHARACTER: 1.0}  # above 1: rare ones outweigh many
_LENGTH = {_BIGRAM: sqrt(0.5), _WORD: sqrt(0.5), _CHARACTER: 1.0}  # of a text's terms of a kind
WORD_RIDGE, OPENING_RIDGE, CUE_RIDGE = 0.2, 0.5, 0.3
OPENING_SHARE, CUE_SHARE = 0.15, 0.2  # beside 1 for bigrams and words
BALANCE = 0.8  # 0: each text weighs the same, 1: each class does
FEW_TEXTS = 200  # below, a term seen once is kept
_STEPS = np.linspace(-0.3, 0.3, 13)
_STEP_COST = 0.005  # what a level must gain to be moved by 1
_ROUNDS = 3
_TRUST = 0.5  # how far to go where the levels point: on other texts the best lies nearer
_SHARPNESSES = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0)
_LETTERS = re.compile(r"[^\W\d_a-z]+")
_NUMBER = re.compile(r"\d|(?<![a-z])[a-z](?![a-z])")  # a lone Latin letter stands for one


@dataclass(frozen=True)
class Word:
    """A word of the text and how far it moved the decision towards the class."""

    text: str
    weight: float


@dataclass(frozen=True)
class Choice:
    """One class with its chance, 0 to 1; the chances of all classes are 1 together."""

    label: str
    chance: float


@dataclass(frozen=True)
class Reading:
    """A text as the classifier takes it in, whatever it has learned.

    :param terms: term → occurrences, those of the opening counted more; a bigram of characters
        as it is, a word after a space, a character of the opening alone (not counted more).
    :param heard: how strongly each list of cue words speaks; of length 1, or all 0.
    """

    terms: Mapping[str, float]
    heard: Floats


class TextClassifier:
    """Classes of texts, learned.

    :param cues: name of a list → its words; lists may share words. May be empty.

    Learned: `labels_` (sorted), `vocabulary_` (term → column; terms as in `Reading`),
    `rarity_` (columns,), `weights_` (columns, classes), `levels_` (classes,), `sharpness_`, and
    of the cue words `anchors_` (texts, lists) with `anchor_weights_` (texts, classes).
    """

    def __init__(
        self, cues: Mapping[str, Sequence[str]] | None = None, segmenter: Segmenter | None = None
    ) -> None:
        self.cues = {name: list(words) for name, words in (cues or {}).items()}
        self.segmenter: Segmenter = segmenter or default_segmenter()
        self._lists_of: dict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(self.cues.values()):
            for word in dict.fromkeys(word.lower() for word in words):
                self._lists_of[word].append(number)
        self._finder = CueFinder(self._lists_of)

    def read(self, text: str) -> Reading:
        """Take in a normalised text; what is read once can be learned from and judged often."""
        text = text.lower()[:LONGEST]
        return Reading(self._count(text), self._listen(text))

    def fit(self, readings: Sequence[Reading], labels: Sequence[str]) -> Self:
        """Learn from texts; returns itself.

        :raises ValueError: fewer than two classes, or not a label for each text.
        """
        self.labels_ = sorted({str(label) for label in labels})
        if len(self.labels_) < 2 or len(readings) != len(labels):
            raise ValueError("give two classes at least, and a label for each text")
        column = {label: number for number, label in enumerate(self.labels_)}
        truth = np.array([column[label] for label in labels])
        weights, targets = _balanced(truth, len(self.labels_))
        self._learn_terms(readings)
        matrix = self._weigh(readings)
        alone = _columns_of(self.vocabulary_, _CHARACTER)
        spoken = _linear(matrix[:, : alone.start], weights, targets, WORD_RIDGE)
        opened = _linear(matrix[:, alone], weights, targets, OPENING_RIDGE)
        self.anchors_ = self._heard(readings)
        similar = _radial(self.anchors_, self.anchors_)
        cued, dual = _ridge(similar, weights, targets, CUE_RIDGE)
        self.anchor_weights_ = (CUE_SHARE * dual).astype(np.float32)
        self.weights_ = np.vstack([spoken[1], OPENING_SHARE * opened[1]]).astype(np.float32)
        unseen = spoken[0] + OPENING_SHARE * opened[0] + CUE_SHARE * cued
        levels = _TRUST * _levels(unseen, truth)
        base = (1.0 + OPENING_SHARE + CUE_SHARE) * _base(weights, targets)
        self.levels_ = levels + base
        self.sharpness_ = _sharpness(unseen + levels, truth)
        return self

    def scores(self, readings: Sequence[Reading]) -> Floats:
        """Return the score of each class, shape (texts, classes); the highest wins."""
        spoken = self._weigh(readings) @ self.weights_
        cued = _radial(self._heard(readings), self.anchors_) @ self.anchor_weights_
        return np.asarray(spoken + cued + self.levels_, dtype=np.float64)

    def predict(self, readings: Sequence[Reading]) -> list[str]:
        """Return the class of each text."""
        return [self.labels_[number] for number in self.scores(readings).argmax(axis=1)]

    def choices(self, reading: Reading) -> list[Choice]:
        """Return every class with its chance, likeliest first."""
        chances = _chances(self.scores([reading]) * self.sharpness_)[0]
        order = sorted(range(len(self.labels_)), key=lambda n: (-chances[n], n))
        return [Choice(self.labels_[n], float(chances[n])) for n in order]

    def explain(self, text: str, label: str, most: int = 6) -> list[Word]:
        """Return the words of `text` that speak for a class, heaviest first.

        A word's weight is that of the word itself, of the bigrams within it and, in the
        opening, of its characters, compared with what they are worth to the classes on average.
        """
        text = text.lower()[:LONGEST]
        matrix = self._weigh([Reading(self._count(text), np.zeros(0))])
        which = self.labels_.index(label)
        rows = self.weights_[matrix.indices]
        leaning = (rows[:, which] - rows.mean(axis=1)) * matrix.data
        worth = dict(zip(matrix.indices.tolist(), leaning.tolist(), strict=True))
        found: dict[str, float] = {}
        place = 0
        for word in self.segmenter.cut(text):
            start, place = place, place + len(word)
            if len(word) > 1 and word not in found and is_content(word):
                terms = {f" {word}", *(word[i : i + 2] for i in range(len(word) - 1))}
                terms.update(word[: max(0, OPENING - start)])
                columns = (self.vocabulary_.get(term, -1) for term in terms)
                found[word] = fsum(worth.get(column, 0.0) for column in columns)
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return [Word(word, round(weight, 4)) for word, weight in ranked[:most] if weight > 0]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that was learned as plain arrays, to be stored without pickling."""
        words = {"cues": self.cues, "labels": self.labels_, "vocabulary": list(self.vocabulary_)}
        packed = np.frombuffer(json.dumps(words, ensure_ascii=False).encode(), dtype=np.uint8)
        return {
            "words": packed,
            "rarity": self.rarity_,
            "weights": self.weights_,
            "levels": self.levels_,
            "anchors": self.anchors_,
            "anchor_weights": self.anchor_weights_,
            "sharpness": np.array([self.sharpness_]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Return the classifier that gave these arrays.

        :raises ValueError: they do not fit each other.
        :raises KeyError: one is missing.
        """
        words = json.loads(arrays["words"].tobytes().decode())
        made = cls(words["cues"])
        made.labels_ = words["labels"]
        made.vocabulary_ = {term: column for column, term in enumerate(words["vocabulary"])}
        made.rarity_, made.weights_ = arrays["rarity"], arrays["weights"]
        made.levels_, made.anchors_ = arrays["levels"], arrays["anchors"]
        made.anchor_weights_ = arrays["anchor_weights"]
        (made.sharpness_,) = arrays["sharpness"].tolist()
        terms, classes, texts = len(made.vocabulary_), len(made.labels_), len(made.anchors_)
        expected = {
            "rarity": (terms,),
            "weights": (terms, classes),
            "levels": (classes,),
            "anchors": (texts, len(made.cues)),
            "anchor_weights": (texts, classes),
        }
        for name, shape in expected.items():
            if arrays[name].shape != shape or not np.isfinite(arrays[name]).all():
                raise ValueError(f"{name} is not of shape {shape} or holds no numbers")
        return made

    def _count(self, text: str) -> dict[str, float]:
        """Function words, punctuation and numbers say nothing about the matter: left out."""
        found: dict[str, float] = defaultdict(float)
        empty = stop_words()
        for run in _LETTERS.finditer(text):
            for place in range(run.start(), run.end()):
                if place < OPENING:
                    found[text[place]] += 1.0
                pair = text[place : place + 2]
                if place + 1 < run.end() and not (pair[0] in empty and pair[1] in empty):
                    found[pair] += _WEIGHTS[place]
        place = 0
        for word in self.segmenter.cut(text):
            if is_content(word) and not _NUMBER.search(word) and not word.isspace():
                found[f" {word}"] += _WEIGHTS[place]
            place += len(word)
        return found

    def _listen(self, text: str) -> Floats:
        heard = np.zeros(len(self.cues))
        for word, count in self._finder.find(text).items():
            lists = self._lists_of[word]
            heard[lists] += count * sqrt(len(word) / len(lists))
        heard = np.log1p(heard)
        return np.asarray(heard / (np.linalg.norm(heard) or 1.0))

    def _heard(self, readings: Sequence[Reading]) -> NDArray[np.float32]:
        heard = np.array([reading.heard for reading in readings], dtype=np.float32)
        return heard.reshape(len(readings), len(self.cues))

    def _learn_terms(self, readings: Sequence[Reading]) -> None:
        fewest = 1 if len(readings) < FEW_TEXTS else 2
        frequency: Counter[str] = Counter()
        for reading in readings:
            frequency.update(reading.terms.keys())
        kept: dict[int, list[str]] = {kind: [] for kind in _KINDS}
        for term, count in sorted(frequency.items(), key=lambda item: (-item[1], item[0])):
            kind = kept[_kind(term)]
            if count >= fewest and len(kind) < MOST_FEATURES:
                kind.append(term)
        terms = [term for kind in _KINDS for term in kept[kind]]
        self.vocabulary_ = {term: column for column, term in enumerate(terms)}
        counts = np.array([frequency[term] for term in terms])
        powers = np.array([RARITY_POWER[_kind(term)] for term in terms])
        rarity = np.log((1 + len(readings)) / (1 + counts)) + 1.0
        self.rarity_ = (rarity**powers).astype(np.float32)

    def _weigh(self, readings: Sequence[Reading]) -> Matrix:
        """Return CSR (texts, terms); a text's terms of each kind have the length of the kind."""
        starts, columns, values = [0], [], []
        known = self.vocabulary_
        for reading in readings:
            found = [(known[term], term) for term in reading.terms if term in known]
            which = np.array([column for column, _ in found], dtype=np.int32)
            counts = np.array([reading.terms[term] for _, term in found])
            kinds = np.array([_kind(term) for _, term in found], dtype=np.int8)
            weights = np.log1p(counts) * self.rarity_[which]
            for kind, length in _LENGTH.items():
                mine = kinds == kind
                weights[mine] *= length / (np.linalg.norm(weights[mine]) or 1.0)
            columns.append(which)
            values.append(weights)
            starts.append(starts[-1] + len(which))
        shape = (len(readings), len(known))
        if not readings:
            return csr_matrix(shape, dtype=np.float32)
        data = np.concatenate(values).astype(np.float32)
        return csr_matrix((data, np.concatenate(columns), starts), shape=shape)


def _kind(term: str) -> int:
    return _CHARACTER if len(term) == 1 else _WORD if term[0] == " " else _BIGRAM


def _columns_of(vocabulary: Mapping[str, int], kind: int) -> slice:
    columns = [column for term, column in vocabulary.items() if _kind(term) == kind]
    return slice(min(columns, default=len(vocabulary)), len(vocabulary))


def _balanced(truth: NDArray[Any], classes: int) -> tuple[Floats, Floats]:
    """Return the weight of each text, and its targets: 1 for its class, -1 for the others."""
    counts = np.bincount(truth, minlength=classes)
    weights = (len(truth) / counts[truth]) ** BALANCE
    targets = np.full((len(truth), classes), -1.0)
    targets[np.arange(len(truth)), truth] = 1.0
    return weights / weights.mean(), targets


def _base(weights: Floats, targets: Floats) -> Floats:
    return np.asarray((weights[:, None] * targets).sum(axis=0) / weights.sum())


def _ridge(
    similar: Floats, weights: Floats, targets: Floats, ridge: float
) -> tuple[Floats, Floats]:
    """Return each text's scores learned without it, and the dual weights, both (texts, classes).

    Changes the diagonal of `similar` (texts, texts), which may be large, in place.
    Leaving text i out changes its score by dual_i / inverse_ii (Rasmussen and Williams,
    Gaussian Processes for Machine Learning, 5.4.2).
    """
    np.fill_diagonal(similar, similar.diagonal() + ridge / weights)
    inverse = np.linalg.inv(similar)
    dual = inverse @ (targets - _base(weights, targets))
    return targets - dual / np.diag(inverse)[:, None], dual


def _linear(
    matrix: Matrix, weights: Floats, targets: Floats, ridge: float
) -> tuple[Floats, Floats]:
    """Return each text's scores learned without it, and the weights (columns, classes)."""
    similar = (matrix @ matrix.T).toarray().astype(np.float64)
    unseen, dual = _ridge(similar, weights, targets, ridge)
    return unseen, np.asarray(matrix.T @ dual)


def _radial(some: NDArray[Any], others: NDArray[Any]) -> Floats:
    """Return exp(-2 (1 - cosine)) of each pair of rows of length 1."""
    return np.asarray(np.exp(-2.0 * (1.0 - some @ others.T)), dtype=np.float64)


def _levels(scores: Floats, truth: NDArray[Any]) -> Floats:
    """Return what to add to each class, so that the rare ones are not forgotten."""
    levels = np.zeros(scores.shape[1])
    for _ in range(_ROUNDS):
        for number in range(len(levels)):
            moved = np.repeat(levels[None], len(_STEPS), axis=0)
            moved[:, number] += _STEPS
            gains = np.array([_macro_f1(truth, scores + row) for row in moved])
            levels = moved[int(np.argmax(gains - _STEP_COST * np.abs(_STEPS)))]
    return levels


def _macro_f1(truth: NDArray[Any], scores: Floats) -> float:
    classes = scores.shape[1]
    pairs = np.bincount(truth * classes + scores.argmax(axis=1), minlength=classes**2)
    table = pairs.reshape(classes, classes)
    return float((2 * np.diag(table) / np.maximum(table.sum(0) + table.sum(1), 1)).mean())


def _sharpness(scores: Floats, truth: NDArray[Any]) -> float:
    """Return the factor of the scores that makes their chances say how often they are right."""
    rows = np.arange(len(truth))

    def likelihood(factor: float) -> float:
        return float(np.log(_chances(scores * factor)[rows, truth]).sum())

    return max(_SHARPNESSES, key=likelihood)


def _chances(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
