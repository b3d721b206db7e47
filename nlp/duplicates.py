"""Find texts that say the same again: copies with small changes, not the same matter elsewhere."""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from heapq import nlargest
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.kernels import shingles
from nlp.places import place_suffixes
from nlp.sparse import Integers

Keys = NDArray[np.int64]

BANDS, ROWS = 4, 3
"""Of two texts that share 80 % of their shingles, 94 in a hundred share a key; of 90 %, 99."""

SHINGLE = 4  # characters
SAYS_ENOUGH = 8
"""Characters. What is shorter (路灯坏了) two people say without one repeating the other."""

NEWEST_OF_A_KEY = 20
"""A form letter shares its keys with thousands: so many under each key are known."""

_BODY_ALONE = 20  # characters of a body that need no title to be compared by
_CLOSEST = 8  # texts that one is compared with in full
_OPENING = 80  # characters: what a text is about stands there
_REMEMBERED = 1 << 12  # texts that were just compared, and so are likely to be again

_LETTERS = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# Dates, clock times, phone numbers and counts of days change from copy to copy.
_PASSING_NUMBER = re.compile(
    r"\d{4}[年/.-]\d{1,2}(?:[月/.-]\d{1,2}日?)?|\d{1,2}月\d{1,2}日?|\d{1,2}[:点]\d{0,2}分?"
    r"|\d{5,}|\d+(?:多?个?[年月日天次遍])"
)
# How platforms and people mark what they send on.
_SENT_ON = re.compile(r"^(?:[【\[(]?(?:转发微博|转发|转帖|转|RT)[】\])]?\s*[:：,，]?\s*)+")
_EARLIER_VOICE = re.compile(r"//\s*@[^:：\s]{1,30}[:：]")


class Saying(NamedTuple):
    """A normalised text with what was noted beside it; "" where nothing was."""

    title: str
    body: str
    place: str = ""
    author: str = ""
    district: str = ""


class NearDuplicates:
    """Give each text the index of the first text that it repeats.

    A text repeats an earlier one when the Jaccard similarity of their character shingles
    (runs of four, punctuation dropped) is >= `threshold`, or >= `same_author` where one
    person wrote both, and what tells two matters apart agrees: the places noted, those named
    in the titles and those named in the texts; and the numbers in the titles and the first
    80 characters (building 3 is not building 5), apart from dates, times, durations and long
    numbers, which differ from one copy to the next. Places agree when all that the one names
    are also in the other, whole or in part: a copy may leave the street or the city out, but
    not name another estate. Marks of sending on (转发, //@…:) do not count.

    `sketch` gives keys, by an index of which `closest` finds candidates among millions;
    `repeats` decides on two texts; `fit_predict` does it all in memory.
    """

    def __init__(self, threshold: float = 0.8, same_author: float = 0.6) -> None:
        self.threshold = threshold
        self.same_author = same_author

    def fit_predict(self, sayings: Sequence[Saying]) -> Integers:
        """Return int64 (n,): the index of each text's representative, its own if it is none.

        A representative is always its own representative.
        """
        posted = no_keys()
        result = np.arange(len(sayings), dtype=np.int64)
        for index, keys in enumerate(self.sketch(sayings).tolist()):
            alike = {other: sayings[other] for other in closest(keys, posted)}
            first = self.first_of(sayings[index], alike)
            if first is not None:
                result[index] = first
                continue
            for key in distinct(keys):
                posted[key].append(index)
        return result

    def sketch(self, sayings: Sequence[Saying]) -> Keys:
        """Return int64 (n, 4) > 0: texts that share a key may be repeats; 0 for no text.

        The numbers that must agree are part of each key: the letters of building 3 and of
        building 5 share none, however alike they are.
        """
        texts = [compared(one) for one in sayings]
        ends = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum([len(text) for text in texts], out=ends[1:])
        keys = np.zeros((len(texts), BANDS), dtype=np.int64)
        shingles.sketch(_codes("".join(texts)), ends, SHINGLE, ROWS, keys)
        marks = np.array([_mark(_numbers(one)) for one in sayings], dtype=np.int64)
        return np.where(keys == 0, 0, np.maximum(keys ^ marks[:, None], 1))

    def first_of(self, one: Saying, earlier: Mapping[int, Saying]) -> int | None:
        """Return the smallest number whose text `one` repeats; or None."""
        return next(
            (number for number in sorted(earlier) if self.repeats(one, earlier[number])), None
        )

    def repeats(self, one: Saying, other: Saying) -> bool:
        """Tell whether `one` says again what `other` said."""
        text, other_text = compared(one), compared(other)
        by_one_person = one.author == other.author != ""
        if not by_one_person and min(len(text), len(other_text)) < SAYS_ENOUGH:
            return False
        least = self.same_author if by_one_person else self.threshold
        if _jaccard(text, other_text) < least or not _agree(one, other):
            return False
        return by_one_person or bool(_named(one)) == bool(_named(other))


def no_keys() -> defaultdict[int, deque[int]]:
    """Return a place for the newest numbers under each key, in ascending order."""
    return defaultdict(lambda: deque(maxlen=NEWEST_OF_A_KEY))


def distinct(keys: Iterable[int]) -> Iterable[int]:
    """Return the keys of one text, each once, without those that stand for no text."""
    return filter(None, dict.fromkeys(keys))


def closest(keys: Iterable[int], posted: Mapping[int, Iterable[int]]) -> list[int]:
    """Return the numbers that share most of the keys, the newest of equals; at most eight.

    The more keys two texts share, the more of their shingles they are likely to.
    """
    shared = Counter(chain.from_iterable(posted[key] for key in distinct(keys) if key in posted))
    if len(shared) <= _CLOSEST:
        return list(shared)
    return nlargest(_CLOSEST, shared, key=lambda number: (shared[number], number))


def compared(one: Saying) -> str:
    """Return what of a message is compared: letters and digits, without marks of sending on."""
    return _compared(one.title, one.body)


@lru_cache(maxsize=_REMEMBERED)
def _compared(title: str, body: str) -> str:
    body = _bare(_original(body))
    if len(body) >= _BODY_ALONE:
        return body
    title = _bare(_original(title))
    return body if title in body else title + body


def _original(text: str) -> str:
    """Return what is sent on: the longest of the voices in a text."""
    return max((_SENT_ON.sub("", voice) for voice in _EARLIER_VOICE.split(text)), key=len)


def _bare(text: str) -> str:
    return "".join(_LETTERS.findall(text)).lower()


def _jaccard(one: str, other: str) -> float:
    if one == other:
        return 1.0
    return float(shingles.jaccard(_shingles(one), _shingles(other)))


@lru_cache(maxsize=_REMEMBERED)
def _shingles(bare: str) -> NDArray[np.uint64]:
    """Return the hashes of a text's shingles: 64 bits, so that no two are ever taken for one."""
    hashes: NDArray[np.uint64] = shingles.distinct(_codes(bare), SHINGLE)
    return hashes


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _agree(one: Saying, other: Saying) -> bool:
    """Tell whether nothing says that these are two matters."""
    if _numbers(one) != _numbers(other):
        return False
    if one.district and other.district and one.district != other.district:
        return False
    if one.place and other.place and not (one.place in other.place or other.place in one.place):
        return False
    return _covered(_named(one), _named(other))


@lru_cache(maxsize=_REMEMBERED)
def _named(one: Saying) -> frozenset[str]:
    """Return every place that a message names, or that was noted beside it."""
    noted = frozenset((one.place,)) if one.place else frozenset()
    return noted | _places(one.title) | _places(one.body)


@lru_cache(maxsize=_REMEMBERED)
def _numbers(one: Saying) -> frozenset[str]:
    opening = f"{one.title[:_OPENING]} {one.body[:_OPENING]}"
    return frozenset(_NUMBER.findall(_PASSING_NUMBER.sub(" ", opening)))


def _mark(numbers: frozenset[str]) -> int:
    """Return 63 bits that stand for some numbers, 0 for none."""
    said = " ".join(sorted(numbers)).encode()
    return int.from_bytes(blake2b(said, digest_size=8).digest()) >> 1 if numbers else 0


@lru_cache(maxsize=1)
def _place() -> re.Pattern[str]:
    """Return what a name of a place looks like: a masked district, or what ends like one."""
    endings = "|".join(sorted(place_suffixes(), key=lambda ending: (-len(ending), ending)))
    return re.compile(rf"[A-Za-z]\d*[市区县镇]|[\u4e00-\u9fff]{{2,6}}?(?:{endings}|[城府湾园区县])")


def _places(text: str) -> frozenset[str]:
    return frozenset(_place().findall(text))


def _covered(places: frozenset[str], others: frozenset[str]) -> bool:
    """Tell whether each place of the text that names fewer is, in part, one of the other's."""
    fewer, more = sorted((places, others), key=len)
    return all(any(one in other or other in one for other in more) for one in fewer)
