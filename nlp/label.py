"""Name a topic with words of its own messages: a headline of place and matter, and keywords."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from nlp.candidates import Topic, candidates, without_codes
from nlp.headline import is_paired, words_that
from nlp.phrases import Pair, cohesive_pairs, joined, whole_name
from nlp.places import PlaceFinder, is_district
from nlp.reading import Clause, Reader, Reading, find_by_endings
from nlp.segment import Segmenter, default_segmenter
from nlp.words import is_content

MAX_LENGTH = 24
MESSAGES_READ = 200  # a headline gains nothing from reading the thousandth message
_TITLE_SHARE, _BODY_SHARE = 0.7, 0.3
_TITLE_WORDS = 4
_SAYS_ALL = 5  # words of a clause with a place: it says place and matter
_NO_PAIRS: frozenset[Pair] = frozenset()
_LATER_CLAUSE = 0.93  # of a title that alone names a topic, what each next clause is worth


class TopicName(NamedTuple):
    """A headline; the place that half of the messages name, or ""; (word, weight) pairs."""

    label: str
    place: str
    keywords: list[tuple[str, float]]


def name_topic(
    titles: Sequence[str],
    bodies: Sequence[str] = (),
    *,
    places: Sequence[str] = (),
    finder: PlaceFinder | None = None,
    idf: Mapping[str, float] | None = None,
    segmenter: Segmenter | None = None,
    max_length: int = MAX_LENGTH,
    limit: int = 8,
) -> TopicName:
    """Return what a topic is called, cutting each text once.

    `titles`, `bodies`, `places`: normalised texts of its messages and the places noted
    beside them, "" where one has none; the order of messages does not matter. `idf`
    (word → rarity) helps to pass over words that every message uses; a `finder` that has
    read many messages knows names of places that their endings do not give away.

    The label is a clause of a message of at most `max_length` characters, without the
    wrapping of a letter and the codes before a place, as whole as can be: the one that
    holds most of what the messages have in common, with the place that half of them name.
    Where the best clause does not name that place, it is put in front. A message without a
    title is read by its 【headline】, its #tags#, or its opening. "" only when there is no
    text at all. The keywords are at most `limit`, heaviest first, summing to 1: see `keywords`.
    """
    cut = (segmenter or default_segmenter()).cut
    reader = Reader(cut, finder.find if finder else find_by_endings)
    sample = _sample(titles, bodies, places)
    if len(sample) == 1:
        readings = [_read_alone(*sample[0], reader)]
    else:
        readings = [reader.read(title, body, place) for title, body, place in sample]
    topic = _shared(readings, idf)
    headline = _headline(readings, topic, max_length) or _any_text(titles, bodies, max_length)
    return TopicName(headline, topic.place, _keywords(readings, idf, limit))


def label(
    titles: Sequence[str],
    bodies: Sequence[str] = (),
    *,
    idf: Mapping[str, float] | None = None,
    segmenter: Segmenter | None = None,
    max_length: int = MAX_LENGTH,
) -> str:
    """Return the headline alone; see `name_topic`."""
    return name_topic(titles, bodies, idf=idf, segmenter=segmenter, max_length=max_length).label


def keywords(
    titles: Sequence[str],
    bodies: Sequence[str] = (),
    *,
    idf: Mapping[str, float] | None = None,
    segmenter: Segmenter | None = None,
    limit: int = 8,
) -> list[tuple[str, float]]:
    """Return the words that mark a topic with weights, heaviest first, summing to 1.

    A word weighs the share of messages that use it (titles .7, bodies .3), times its rarity
    in `idf` if given. Words that hardly occur apart are one (丽发新城); no word is part of a
    heavier one; Latin letters are in lower case. Texts are normalised ones.
    """
    return name_topic(titles, bodies, idf=idf, segmenter=segmenter, limit=limit).keywords


def _sample(
    titles: Sequence[str], bodies: Sequence[str], places: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Return (title, body, place) rows; of many some, spread evenly over the alphabet."""
    rows = list(zip_longest(titles, bodies, places, fillvalue=""))
    if len(rows) <= MESSAGES_READ:
        return rows
    rows.sort()
    return [rows[index * len(rows) // MESSAGES_READ] for index in range(MESSAGES_READ)]


def _read_alone(title: str, body: str, place: str, reader: Reader) -> Reading:
    """Return a message that is its own topic; a title that says enough spares the body."""
    reading = reader.read(title, "", place)
    words = sum(map(_is_keyword, reading.head))
    return reading if words >= _TITLE_WORDS else reader.read(title, body, place)


def _shared(readings: Sequence[Reading], idf: Mapping[str, float] | None) -> Topic:
    """Return what the messages have in common."""
    shares, in_heads = _place_shares(readings, only_heads=True), True
    place = _dominant(shares)
    if not place:
        shares, in_heads = _place_shares(readings, only_heads=False), False
        place = _dominant(shares)
    if len(readings) < 2:
        return Topic({}, 0.0, place, in_heads, shares)
    least = max(0.1, min(0.2, 0.9 / len(readings)))
    place = whole_name(place, [clause.tokens for one in readings for clause in one.clauses])
    return Topic(_support(readings, idf), least, place, in_heads, shares | _mark_shares(readings))


def _dominant(shares: Mapping[str, float]) -> str:
    """Return the place that half of the messages name: an estate rather than its town."""
    towns = tuple(words_that("towns"))
    often = [
        (not place.endswith(towns), share, len(place), place)
        for place, share in shares.items()
        if share >= 0.5
    ]
    return max(often)[-1] if often else ""


def _place_shares(readings: Sequence[Reading], *, only_heads: bool) -> dict[str, float]:
    """Return for each place the share of messages that name it, be it in a longer one."""
    chosen = [
        [clause for clause in one.clauses if clause.is_head or not only_heads] for one in readings
    ]
    named = {place for found in chosen for clause in found for place in clause.places}
    if len(readings) < 2:
        return dict.fromkeys(named, 1.0)
    texts = ["\n".join("".join(clause.tokens) for clause in found) for found in chosen]
    return {place: sum(place in text for text in texts) / len(texts) for place in named}


def _mark_shares(readings: Sequence[Reading]) -> dict[str, float]:
    """Return for each district and number the share of messages whose clauses have it."""
    marks = Counter(
        token
        for one in readings
        for token in {token for clause in one.clauses for token in clause.tokens}
        if is_district(token) or token[0].isdecimal()
    )
    return {token: count / len(readings) for token, count in marks.items()}


def _support(readings: Sequence[Reading], idf: Mapping[str, float] | None) -> dict[str, float]:
    """Return for each content word the share of messages with it, by rarity if known."""
    support: dict[str, float] = defaultdict(float)
    for reading in readings:
        for share, tokens in ((_TITLE_SHARE, reading.head), (_BODY_SHARE, reading.body)):
            for word in filter(is_content, set(tokens)):
                support[word] += share / len(readings)
    return _by_rarity(support, idf)


def _by_rarity(weights: Mapping[str, float], idf: Mapping[str, float] | None) -> dict[str, float]:
    if idf is None:
        return dict(weights)
    rarest = max(idf.values(), default=1.0)
    return {word: weight * idf.get(word, rarest) / rarest for word, weight in weights.items()}


def _headline(readings: Sequence[Reading], topic: Topic, max_length: int) -> str:
    """Return the candidate worth most; the shorter of equals."""
    if len(readings) == 1 and (whole := _plain_title(readings[0], max_length)):
        return whole
    distinct: dict[str, Clause] = {}
    for reading in readings:
        for place, clause in enumerate(reading.clauses):
            if len(readings) == 1:
                clause = clause._replace(rank=clause.rank * _LATER_CLAUSE**place)
            known = distinct.setdefault("".join(clause.tokens), clause)
            if clause.rank > known.rank:
                distinct["".join(clause.tokens)] = clause
    found = [one for clause in distinct.values() for one in candidates(clause, topic, max_length)]
    return min(found, key=lambda one: (-one.worth, len(one.text), one.text)).text if found else ""


def _plain_title(reading: Reading, max_length: int) -> str:
    """Return the first clause if it can only be the headline: all there is, or place and matter."""
    if not reading.clauses:
        return ""
    first = reading.clauses[0]
    says_all = len(first.tokens) >= _SAYS_ALL and bool(first.places)
    whole = "".join(without_codes(first)) if says_all or len(reading.clauses) == 1 else ""
    return whole if len(whole) <= max_length else ""


def _keywords(
    readings: Sequence[Reading], idf: Mapping[str, float] | None, limit: int
) -> list[tuple[str, float]]:
    names = {pair for one in readings for pair in one.names}
    if len(readings) == 1 and not readings[0].body and not idf:
        head = dict.fromkeys(filter(_is_keyword, joined(readings[0].head, _NO_PAIRS, names)))
        return [(word, 1.0 / min(limit, len(head))) for word in list(head)[:limit]]
    pairs = cohesive_pairs([*one.head, "\n", *one.body] for one in readings)
    weights: dict[str, float] = defaultdict(float)
    for reading in readings:
        for share, tokens in ((_TITLE_SHARE, reading.head), (_BODY_SHARE, reading.body)):
            for word in filter(_is_keyword, set(joined(tokens, pairs, names))):
                weights[word] += share
    return _heaviest(_by_rarity(weights, idf), limit)


def _heaviest(weights: Mapping[str, float], limit: int) -> list[tuple[str, float]]:
    """Return the heaviest words, none within another; a longer word outdoes its equal."""
    ordered = sorted(weights, key=lambda word: (-weights[word] * min(len(word), 5) ** 0.5, word))
    chosen: list[str] = []
    for word in ordered:
        if len(chosen) == limit:
            break
        if not any(word in other for other in chosen):
            chosen.append(word)
    total = sum(weights[word] for word in chosen)
    chosen.sort(key=lambda word: (-weights[word], word))
    return [(word, weights[word] / total) for word in chosen]


@lru_cache(maxsize=1 << 16)
def _is_keyword(word: str) -> bool:
    return (
        len(word) > 1
        and is_content(word)
        and not is_district(word)
        and word not in words_that("platform")
    )


def _any_text(titles: Sequence[str], bodies: Sequence[str], max_length: int) -> str:
    """Return the beginning of the first text, when none has a clause that says something."""
    text = next((text.strip() for text in (*titles, *bodies) if text.strip()), "")
    ends = range(min(len(text), max_length), 0, -1)
    paired = next((text[:end] for end in ends if is_paired(text[:end])), "")
    return paired or text[1:max_length]
