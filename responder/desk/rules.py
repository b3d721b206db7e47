"""Which message is most like the call being typed: wording, place and time, each told apart."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LIMIT = 5
OF_ONE_TOPIC = 3  # of a topic while others wait: somebody chooses between matters, not copies

# What each counts of 1; a place that differs halves what the words say, for it is no repeat.
WORDING, PLACE, TIME = 0.55, 0.30, 0.15
DISTRICT_SHARE = 0.3
ELSEWHERE = 0.5
HALF_LIFE = timedelta(days=14)
# Below either, a message is not worth the glance of somebody who is listening.
LEAST_WORDING, LEAST_SCORE = 0.15, 0.2
# The same words by the same operator within this time are most likely the same call.
SAME_WORDS_WITHIN = timedelta(minutes=30)

_LOOSE_ENDING = re.compile(r"(?:小区|社区|片区|第?[一二三四五六七八九十\d]{1,2}[期区])+$")
_STREET = re.compile(r"(.{2,8}?(?:街道|镇|乡))(?=.{2})")
_PARTED = re.compile(r"[、，,;；/或]")
_WRITTEN_APART = re.compile(r"[ \t().（）_－—–-]")
_TELEPHONE = re.compile(
    r"(?:(?:\+|00)?86|0)?1[3-9]\d{9}"  # mobile
    r"|(?:(?:\+|00)86)?0?(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}(?:转\d{1,6})?"  # with an area code
    r"|[2-8]\d{6,7}(?:转\d{1,6})?"
    r"|[48]00\d{7}(?:转\d{1,6})?"
    r"|1[12]\d|1[02]\d{3}|9[56]\d{3,4}"  # 110, 12345, 95588
    r"|(?:\+|00)[1-9]\d{6,14}"  # abroad
)
_SPACE = re.compile(r"\s+")
_LONG_ENOUGH = 3  # characters of a name that may begin another: 锦堤苑, 锦堤苑北门


@dataclass(frozen=True)
class Told:
    """What somebody said, as far as it is compared.

    :param words: that carry content, each once, in their order.
    :param places: names of estates, roads, schools; districts are not among them.
    :param at: aware.
    """

    words: tuple[str, ...]
    places: frozenset[str]
    district: str
    at: datetime


@dataclass(frozen=True)
class Likeness:
    """How like a message is, from 0 to 1, and why.

    :param words: shared by both, in the order of the call.
    :param place: named by both; empty when none is.
    :param same_district: the district of both; empty when it is not one.
    :param elsewhere: both name places, and none is the same.
    """

    score: float
    words: tuple[str, ...]
    place: str
    same_district: str
    elsewhere: bool
    age: timedelta

    @property
    def is_other(self) -> bool:
        """It speaks of another place, or shares next to no words."""
        return self.elsewhere or self.score == 0.0


def likeness(asked: Told, found: Told, rarity: float) -> Likeness:
    """Compare what is being said with what was said before it.

    :param rarity: the share of the call's words that the other holds too, 0 to 1, each word
        counted by how rare it is. Half of the wording; the other half counts each word alike,
        for where little is stored yet no word is rare.
    """
    shared = tuple(word for word in asked.words if word in found.words)
    wording = (rarity + len(shared) / max(len(asked.words), 1)) / 2
    place = same_place(asked.places, found.places)
    elsewhere = bool(asked.places and found.places and not place)
    same_district = asked.district if asked.district == found.district else ""
    near = 1.0 if place else DISTRICT_SHARE if same_district and not elsewhere else 0.0
    age = max(asked.at - found.at, timedelta(0))
    recent = 0.5 ** (age / HALF_LIFE)
    score = WORDING * wording + PLACE * near + TIME * recent
    if elsewhere:
        score *= ELSEWHERE
    if wording < LEAST_WORDING:
        score = 0.0
    return Likeness(score, shared, place, same_district, elsewhere, age)


def best(
    asked: Told,
    candidates: Mapping[int, Told],
    rarity: Mapping[int, float],
    topics: Mapping[int, int],
    limit: int = LIMIT,
) -> dict[int, Likeness]:
    """The most similar of the candidates by id, the most similar first; at most ``limit``.

    :param rarity: id → see :func:`likeness`; of what is left out nothing rare is shared.
    :param topics: id → topic, of those that are in one.
    """
    found = {key: likeness(asked, one, rarity.get(key, 0.0)) for key, one in candidates.items()}
    good = [(key, one) for key, one in found.items() if one.score >= LEAST_SCORE]
    good.sort(key=lambda pair: (-pair[1].score, pair[1].age, pair[0]))
    return dict(_mixed(good, topics)[:limit])


def _mixed(
    ordered: Sequence[tuple[int, Likeness]], topics: Mapping[int, int]
) -> list[tuple[int, Likeness]]:
    """The same, those behind which are too many of one topic."""
    seen: Counter[int] = Counter()
    first: list[tuple[int, Likeness]] = []
    later: list[tuple[int, Likeness]] = []
    for key, one in ordered:
        topic = topics.get(key, -key)
        seen[topic] += 1
        (first if seen[topic] <= OF_ONE_TOPIC else later).append((key, one))
    return [*first, *later]


def bare(name: str) -> str:
    """A place's name without the endings that people leave away: 白鹭湾小区二期 → 白鹭湾."""
    squeezed = _SPACE.sub("", name)
    shorter = _LOOSE_ENDING.sub("", squeezed)
    return shorter if len(shorter) > 1 else squeezed


def same_place(asked: Iterable[str], found: Collection[str]) -> str:
    """The name, as it was asked, of a place that both name; empty when there is none."""
    names = [bare(name) for name in found]
    for name in sorted(asked, key=lambda one: (-len(one), one)):
        mine = bare(name)
        if any(mine == other or _begins(mine, other) for other in names):
            return name
    return ""


def _begins(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= _LONG_ENOUGH and long.startswith(short)


def may_be_telephone(text: str) -> bool:
    """Whether each number that was typed could be called: nobody dials 139123 or abc."""
    numbers = _PARTED.split(unicodedata.normalize("NFKC", text).strip())
    return all(_TELEPHONE.fullmatch(_WRITTEN_APART.sub("", one)) for one in numbers)


def joined_place(street: str, place: str) -> str:
    """Street and place as the one field of a message holds them."""
    street, place = street.strip(), place.strip()
    return place if not street or place.startswith(street) else f"{street}{place}"


def split_place(text: str) -> tuple[str, str]:
    """(street, place) of what :func:`joined_place` made, or of what a source wrote so."""
    match = _STREET.match(text)
    return (match[1], text[match.end() :]) if match else ("", text)


def marked(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """``text`` in parts, each with whether it is one of the words."""
    wanted = sorted({word for word in words if word}, key=len, reverse=True)
    if not wanted:
        return [(text, False)] if text else []
    parts = re.split(f"({'|'.join(map(re.escape, wanted))})", text, flags=re.IGNORECASE)
    return [(part, index % 2 == 1) for index, part in enumerate(parts) if part]


def excerpt(text: str, words: Collection[str], length: int = 80) -> str:
    """The stretch of ``text`` that holds the first of the words, with … where it was cut."""
    squeezed = _SPACE.sub(" ", text).strip()
    if len(squeezed) <= length:
        return squeezed
    lower = squeezed.lower()
    places = [place for word in words if (place := lower.find(word.lower())) >= 0]
    start = max(0, min(min(places, default=0) - length // 4, len(squeezed) - length))
    cut = squeezed[start : start + length]
    return f"{'…' if start else ''}{cut}{'…' if start + length < len(squeezed) else ''}"


def digest(body: str) -> str:
    """64 hex digits of the words, white space aside."""
    return hashlib.sha256(_SPACE.sub("", body).encode("utf-8", "surrogatepass")).hexdigest()
