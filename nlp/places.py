"""Find the places that a text names: estates, roads, schools, organisations, districts.

A name like 深业睿城 stands in no dictionary. Two things give it away: what it ends with
(小区, 路, 学院), and where it stands (after a district, before such an ending). The first is
a list, `data/place_suffixes.txt`; the second is learned from the stream: a word that mostly
stands where names stand is taken for part of a name elsewhere too.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, Self

from nlp.words import is_content, read_list

_DISTRICT = re.compile(
    r"[A-Za-z]\d*[省市区县镇]"
    r"|[\u4e00-\u9fff]{1,7}(?<![小社园城地校辖市景库片特新街])区|[\u4e00-\u9fff]{1,7}[省市县州旗]"
)
_NUMBER = re.compile(r"\d+|[一二三四五六七八九十]+")
# What makes a lamp, a surface or a crossing of the road before it: 槐荫巷 | 路 | 灯不亮.
_OF_A_ROAD = ("灯", "面", "口", "段", "边", "况")
_REACH = 3  # a name has seldom more words than this beside its ending
_NAME_SHARE = 0.5  # from which share of its uses in a name on a word is a name's word
_PRIOR_USES, _PRIOR_SHARE = 4.0, 0.15  # of a word never seen; the mean share of all words


class Place(NamedTuple):
    """A place as the text writes it, and the tokens [start, end) that make it."""

    text: str
    start: int
    end: int
    is_district: bool


@lru_cache(maxsize=1)
def place_suffixes() -> frozenset[str]:
    """Return the words that end a name of a place (`data/place_suffixes.txt`)."""
    return frozenset(read_list("place_suffixes.txt"))


@lru_cache(maxsize=1 << 16)
def is_district(token: str) -> bool:
    """Tell whether a token names a province, city, district or county (A7县, 雨花区)."""
    return bool(_DISTRICT.fullmatch(token)) and token not in place_suffixes()


@lru_cache(maxsize=1 << 16)
def ending(token: str) -> str:
    """Return the suffix of a token that is a whole name (青山新村 → 新村), else ""."""
    for length in (4, 3, 2, 1):
        if len(token) > length + 1 and token[-length:] in place_suffixes():
            return token[-length:]
    return ""


class PlaceFinder:
    """Find places in cut texts; knows more names the more texts it has seen.

    Without `partial_fit` it goes by endings alone. Learned: how often each word was used,
    and how often within `_REACH` words after a district or before an ending.
    """

    def __init__(self) -> None:
        self._uses: Counter[str] = Counter()
        self._in_names: Counter[str] = Counter()

    def partial_fit(self, texts: Iterable[Sequence[str]]) -> Self:
        """Learn from cut texts which words stand where names stand; returns itself."""
        for tokens in texts:
            named = _name_positions(tokens)
            for position, token in enumerate(tokens):
                if is_content(token):
                    self._uses[token] += 1
                    self._in_names[token] += position in named
        return self

    def name_share(self, token: str) -> float:
        """Return how far a word is a name's word, from 0 to 1."""
        if is_district(token):
            return 0.0
        in_names = self._in_names[token] + _PRIOR_USES * _PRIOR_SHARE
        return in_names / (self._uses[token] + _PRIOR_USES)

    def find(self, tokens: Sequence[str]) -> list[Place]:
        """Return the places of a cut text in order; they do not overlap."""
        found: list[Place] = []
        position = 0
        while position < len(tokens):
            place = self._place_from(tokens, position)
            if place is not None:
                found.append(place)
            position = place.end if place is not None else position + 1
        return found

    def _place_from(self, tokens: Sequence[str], start: int) -> Place | None:
        """Return the place that begins at `start`, or None."""
        if is_district(tokens[start]):
            return Place(tokens[start], start, start + 1, True)
        end = self._end_of_name(tokens, start)
        return Place("".join(tokens[start:end]), start, end, False) if end else None

    def _end_of_name(self, tokens: Sequence[str], start: int) -> int:
        """Return where a name that begins at `start` ends, 0 when none does."""
        suffixes = place_suffixes()
        after_district = start > 0 and is_district(tokens[start - 1])
        end = 0
        for position in range(start, min(len(tokens), start + _REACH + 1)):
            token = tokens[position]
            if not is_content(token) or is_district(token) or _is_torn(tokens, position):
                break
            if token in suffixes and position > start:
                return self._past_suffixes(tokens, position)
            if ending(token):
                end = self._past_suffixes(tokens, position)
                continue
            if self.name_share(token) < _NAME_SHARE and not (after_district and position == start):
                break
            if self.name_share(token) >= _NAME_SHARE and (after_district or position > start):
                end = position + 1
        return end

    @staticmethod
    def _past_suffixes(tokens: Sequence[str], position: int) -> int:
        """Return the position after an ending and those that follow it (三期 too)."""
        end = position + 1
        suffixes = place_suffixes()
        while end < len(tokens) and tokens[end] in suffixes and not _is_torn(tokens, end):
            end += 1
        if end + 1 < len(tokens) and _NUMBER.fullmatch(tokens[end]) and tokens[end + 1] == "期":
            end += 2
        return end


def _name_positions(tokens: Sequence[str]) -> set[int]:
    """Return the positions of words that stand after a district or before an ending."""
    suffixes = place_suffixes()
    named: set[int] = set()
    for position, token in enumerate(tokens):
        if is_district(token):
            named.update(_run(tokens, range(position + 1, min(len(tokens), position + 3))))
        elif token in suffixes and not _is_torn(tokens, position):
            named.update(_run(tokens, range(position - 1, max(-1, position - 3), -1)))
    return named


def _is_torn(tokens: Sequence[str], position: int) -> bool:
    """Tell whether a 路 is the first half of 路灯, 路面, 路口 …, and ends no name."""
    following = tokens[position + 1] if position + 1 < len(tokens) else ""
    return tokens[position] == "路" and following.startswith(_OF_A_ROAD)


def _run(tokens: Sequence[str], positions: Iterable[int]) -> Iterable[int]:
    for position in positions:
        if not is_content(tokens[position]) or is_district(tokens[position]):
            return
        yield position


def find_places(tokens: Sequence[str]) -> list[Place]:
    """Return the places of one cut text that are known by their endings alone."""
    return PlaceFinder().find(tokens)
