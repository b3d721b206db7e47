"""Places that messages and topics have named: a list to choose from, by any part or initials."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from nlp import normalise
from nlp.pinyin import Typed, spelt
from responder.accounts.models import Unit
from responder.core import privacy
from responder.desk import rules
from responder.intake.models import Message
from responder.topics.models import Topic

OFFERED = 12
KEPT_OF_A_KIND = 5_000
FRESH_FOR = timedelta(minutes=5)
LONGEST_NAME = 20
SHORTEST_IN_TEXT = 3
DISTRICT_ENDINGS = ("区", "县", "市", "旗", "新区", "开发区")
OFFICE = ("人民政府", "政府", "管理委员会", "管委会")
# The last of what stands behind a name and is no part of it: 12号, 3栋2单元, 502.
_NUMBER = re.compile(r"(?:[#-]|[A-Za-z]?\d{1,5}(?:号楼?|[#栋幢座室房组队]|单元)?)$")


Noted = tuple[str, str]


class Level(StrEnum):
    """What kind of name (地名层级), from wide to narrow."""

    DISTRICT = "district"
    STREET = "street"
    PLACE = "place"


@dataclass(frozen=True)
class KnownPlace:
    """A name, the district it stood with most often, and how often it was used."""

    name: str
    level: Level
    district: str
    uses: int

    @cached_property
    def pinyin(self) -> tuple[str, str]:
        """Initials and syllables without blanks: blwxq, bailuwanxiaoqu."""
        return _pinyin(self.name)


@dataclass(frozen=True)
class PlaceBook:
    """All names, the most used first, as they were at ``read_at``.

    :param noted: how often each district and place, without doors, stood together in
        messages, up to the message of ``newest_id``.
    """

    places: tuple[KnownPlace, ...]
    read_at: datetime
    noted: Mapping[Noted, int]
    newest_id: int

    def find(self, text: str, level: Level | None, limit: int = OFFERED) -> list[KnownPlace]:
        """Names that begin with ``text``, then those that hold it; by initials or pinyin too."""
        wanted = normalise(text).replace(" ", "").lower()
        if not wanted:
            return list(self._of(level))[:limit]
        ranked = ((_rank(one, wanted), -one.uses, one.name, one) for one in self._of(level))
        by_rank = sorted((entry for entry in ranked if entry[0]), key=lambda entry: entry[:3])
        return [one for *_, one in by_rank[:limit]]

    def named_in(self, text: str) -> set[str]:
        """The names of streets and places that stand in a normalised text."""
        names = self._names
        return {
            text[start:end]
            for start in range(len(text))
            for end in range(start + SHORTEST_IN_TEXT, min(len(text), start + LONGEST_NAME) + 1)
            if text[start:end] in names
        }

    def district_of(self, text: str) -> str:
        """The first district that a text names; empty when it names none."""
        found = [(at, name) for name in self._districts if (at := text.find(name)) >= 0]
        return min(found)[1] if found else ""

    def _of(self, level: Level | None) -> Iterator[KnownPlace]:
        return (one for one in self.places if level is None or one.level is level)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.places if one.level is Level.PLACE)

    @cached_property
    def _districts(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.places if one.level is Level.DISTRICT)


def read_book(session: Session, now: datetime, before: PlaceBook | None = None) -> PlaceBook:
    """All names: those of messages and topics, and the districts among the units.

    :param before: what was read last; only the messages since are read then.
    """
    newest = session.scalar(select(func.max(Message.id))) or 0
    since = before.newest_id if before else 0
    noted = Counter(before.noted) if before else Counter[Noted]()
    for district, place, uses in session.execute(_noted(since, newest)):
        noted[without_door(district), without_door(place)] += uses
    counted: dict[Level, Counter[Noted]] = {level: Counter() for level in Level}
    for (district, place), uses in noted.items():
        street, rest = rules.split_place(place)
        for level, of_level in zip(Level, (district, street, rest), strict=True):
            counted[level][of_level, district] += uses
    whole = sorted(name for name, _ in counted[Level.PLACE])
    for place in session.scalars(select(Topic.place).where(Topic.place != "")):
        # 翠屏湾 of a topic is what its messages call 翠屏湾小区, with the district beside it.
        name = without_door(place)
        at = bisect_left(whole, name)
        if at == len(whole) or not whole[at].startswith(name):
            counted[Level.PLACE][name, ""] += 1
    for name in _unit_districts(session):
        counted[Level.DISTRICT][name, name] += 1
    found = [one for level, uses in counted.items() for one in _known(level, uses)]
    return PlaceBook(tuple(found), now, noted, newest)


def without_door(text: str) -> str:
    """A name as anybody may see it, normalised: up to what is somebody's own, or a number.

    梧桐里3栋502室 → 梧桐里; 滨江路12号 → 滨江路.
    """
    name = normalise(text)
    found = privacy.find(name)
    name = name[: found[0].start] if found else name
    while (shorter := _NUMBER.sub("", name)) != name:
        name = shorter
    return name.strip()


def _noted(since: int, until: int) -> Select[str, str, int]:
    return (
        select(Message.district, Message.place, func.count())
        .where(Message.id > since, Message.id <= until)
        .group_by(Message.district, Message.place)
    )


def _known(level: Level, counted: Counter[Noted]) -> list[KnownPlace]:
    """Each name once, with the district of most of its uses."""
    uses: Counter[str] = Counter()
    district: dict[str, str] = {}
    for (name, where), count in sorted(counted.items(), key=lambda item: item[1]):
        uses[name] += count
        district[name] = where or district.get(name, "")
    good = [name for name, _ in uses.most_common() if 1 < len(name) <= LONGEST_NAME]
    return [KnownPlace(name, level, district[name], uses[name]) for name in good[:KEPT_OF_A_KIND]]


def _unit_districts(session: Session) -> Iterable[str]:
    """澜中区人民政府 → 澜中区."""
    for name in session.scalars(select(Unit.name)):
        for office in OFFICE:
            if name.endswith(office) and name.removesuffix(office).endswith(DISTRICT_ENDINGS):
                yield name.removesuffix(office)
                break


def _rank(place: KnownPlace, wanted: str) -> int:
    """1 the best, 0 no match: begins with it, by initials, by syllables, holds it."""
    initials, syllables = place.pinyin if wanted.isascii() else ("", "")
    tests = (
        place.name.startswith(wanted),
        initials == wanted,
        initials.startswith(wanted),
        syllables.startswith(wanted),
        wanted in place.name.lower() or wanted in initials,
    )
    return next((rank for rank, holds in enumerate(tests, 1) if holds), 0)


@lru_cache(maxsize=1 << 15)
def _pinyin(name: str) -> Typed:
    return spelt(name)
