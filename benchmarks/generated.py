"""A stream of made-up messages of any length: a seeded grammar, or real texts varied.

Topics are a place and a matter. About 40 % of the messages stand alone; the sizes of the
other topics fall off as a power (most have a handful of messages, the largest some thousandth
of all); each topic is lively at first and dies away over days. 20,000 messages come a day where
nothing else is asked for. Nothing is stored. Real texts, where they are varied, stay in memory.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from benchmarks import grammar
from nlp import Document

A_DAY = 20_000
ALONE = 0.4
LARGEST = 0.002
"""The largest topic's share of all messages."""
POWER = 2.1
LIFE_DAYS = 4.0
REPEATED = 0.2
SEED = 20_261_123

_ODD = random.Random(SEED).getrandbits(1024) | 1
_CLAUSE = re.compile(r"[^，。！？；,!?;\n]+[，。！？；,!?;\n]*")
_PLACE = re.compile(
    r"[\u4e00-\u9fff]{2,4}?(?:小区|花园|家园|公寓|社区|广场|新城|中学|小学|公园|医院)|[A-Z]\d*[市区县]"
)


@dataclass(frozen=True)
class Stream:
    """Messages in order of time, the seconds of each, and the topic that each was made from."""

    documents: list[Document]
    moments: NDArray[np.float64]
    topics: NDArray[np.int64]


def stream(
    count: int,
    repeats: bool = False,
    texts: Sequence[Document] = (),
    seed: int = SEED,
    a_day: int = A_DAY,
) -> Stream:
    """`count` messages, normalised as they are made; the same for the same arguments.

    :param repeats: a fifth repeat an earlier message of their topic word for word; otherwise
        no two messages are alike.
    :param texts: real (title, body) to vary instead of the grammar's.
    :param a_day: messages that come in a day.
    """
    topics, moments = _schedule(count, np.random.default_rng(seed), a_day)
    chance = random.Random(seed)
    write = _Varied(texts).write if texts else _Written(chance).write
    return Stream(list(_messages(topics, write, chance, repeats)), moments, topics)


def _schedule(
    count: int, rng: np.random.Generator, a_day: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Topic and second of each message, in order of time."""
    sizes = _sizes(count, rng)
    topics = np.repeat(np.arange(len(sizes)), sizes)[:count]
    days = count / a_day
    births = rng.uniform(0, days, len(sizes))
    ages = rng.exponential(np.minimum(LIFE_DAYS, days / 3), count)
    moments = (births[topics] + ages) % days * 86_400.0
    order = np.argsort(moments, kind="stable")
    return topics[order].astype(np.int64), moments[order]


def _sizes(count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Numbers of messages by topic, that sum to at least `count`, in no order."""
    alone = round(ALONE * count)
    most = max(2, round(LARGEST * count))
    # A Pareto tail from 2 on; its mean is far above 1, so a topic a message is enough.
    drawn = 2.0 * rng.random(count - alone) ** (-1.0 / (POWER - 1.0))
    shared = np.minimum(drawn, most).astype(np.int64)
    enough = int(np.searchsorted(np.cumsum(shared), count - alone)) + 1
    sizes = np.concatenate([np.ones(alone, dtype=np.int64), shared[:enough]])
    rng.shuffle(sizes)
    return sizes


def _messages(
    topics: NDArray[np.int64],
    write: Callable[[int, Dice], Document],
    chance: random.Random,
    repeats: bool,
) -> Iterator[Document]:
    said: dict[int, Document] = {}
    seen: set[int] = set()
    for topic in topics.tolist():
        if repeats and topic in said and chance.random() < REPEATED:
            yield said[topic]
            continue
        message = title, body = write(topic, Dice(chance))
        while not repeats and hash(message) in seen:
            message = title, f"{body[:280]}另，来信编号{chance.randrange(10**9)}。"
        if repeats:
            said[topic] = message
        else:
            seen.add(hash(message))
        yield message


class Dice:
    """One long random number, used up choice by choice: many times as fast as asking anew."""

    def __init__(self, chance: random.Random) -> None:
        self.left = chance.getrandbits(1024)

    @classmethod
    def of(cls, number: int) -> Dice:
        """The dice that always fall the same for this number."""
        dice = cls.__new__(cls)
        dice.left = (number + 1) * _ODD % (1 << 1024) >> 64
        return dice

    def roll(self, sides: int) -> int:
        """A number from 0 to `sides` - 1."""
        self.left, number = divmod(self.left, sides)
        return number

    def pick(self, options: Sequence[str]) -> str:
        """One of the options."""
        return options[self.roll(len(options))]

    def some(self, options: Sequence[str], count: int) -> Iterator[str]:
        """`count` different options in one of their orders."""
        start, step = self.roll(len(options)), 1 + self.roll(len(options) - 1)
        places = dict.fromkeys((start + step * k) % len(options) for k in range(count))
        return (options[place] for place in places)


def _places() -> list[str]:
    """Some 58,000 made-up names of estates, roads and schools."""
    names = ["".join(parts) for parts in product(grammar.HEADS, grammar.TAILS, grammar.ENDINGS)]
    random.Random(SEED).shuffle(names)
    return names


class _Written:
    """Messages by the grammar: a place, a matter, and a choice of clauses in any order."""

    def __init__(self, chance: random.Random) -> None:
        self.places = _places()
        self.details = [_details(chance) for _ in range(5_003)]

    def write(self, topic: int, dice: Dice) -> Document:
        """Another message on a topic: its place and matter, this time's words."""
        # Neighbouring numbers must not share a place: multiply by a prime first.
        place = self.places[topic * 7_919 % len(self.places)]
        matter = grammar.MATTERS[
            (topic * 104_729 + topic // len(self.places)) % len(grammar.MATTERS)
        ]
        own = Dice.of(topic)
        titles, facts = matter.titles, matter.facts
        if own.roll(5) < 3:
            thing, problem, other = own.pick(grammar.WHAT), *own.some(grammar.PROBLEMS, 2)
            titles = (
                f"{{place}}{thing}{problem}",
                f"{{place}}{thing}{other}",
                f"{{place}}的{thing}",
            )
            facts = tuple(f"{_name(own)}的{thing}{what}" for what in own.some(grammar.PROBLEMS, 5))
        told = [event for event in (_event(own), _event(own), _event(own)) if dice.roll(5) < 3]
        talk = [
            *dice.some(grammar.SMALL_TALK, dice.roll(2)),
            *(_event(dice) for _ in range(dice.roll(3))),
        ]
        opening = [*dice.some(facts, 1 + dice.roll(3)), *told[:1]]
        parts = [f"{dice.pick(grammar.LEADS)}，{'，'.join(opening)}。"]
        parts += [f"{story}。" for story in dice.some(grammar.STORIES, dice.roll(2))]
        parts += [f"{'，'.join([*told[1:], *talk])}。"] if told[1:] or talk else []
        parts += [f"{_event(dice)}，{dice.pick(grammar.ASKS)}。"]
        body = "".join(
            part.format(place=place, **self.details[dice.roll(len(self.details))]) for part in parts
        )
        return dice.pick(titles).format(place=place), body[:300]


def _name(dice: Dice) -> str:
    """Somebody or some firm: the rare words by which people tell their matter apart."""
    if dice.roll(2):
        return f"{dice.pick(grammar.FAMILY)}{dice.pick(grammar.GIVEN)}"
    return f"{dice.pick(grammar.TAILS)}{dice.pick(grammar.HEADS)}{dice.pick(grammar.FIRMS)}"


def _event(dice: Dice) -> str:
    who = dice.pick(grammar.WHO) if dice.roll(2) else _name(dice)
    when, did, what = map(dice.pick, (grammar.WHEN, grammar.DID, grammar.WHAT))
    return f"{when}{who}{did}{what}，{dice.pick(grammar.WHY)}"


def _details(chance: random.Random) -> dict[str, object]:
    pick = chance.choice
    return {
        "day": f"{chance.randint(1, 12)}月{chance.randint(1, 28)}日",
        "hour": chance.randint(1, 23),
        "n": chance.randint(2, 40),
        "m": chance.randint(3, 900),
        "block": chance.randint(1, 38),
        "road": f"{pick(grammar.HEADS)}{pick(grammar.TAILS)}路",
        "shop": f"{pick(grammar.TAILS)}{pick(grammar.HEADS)}{pick('店厂馆行社')}",
        "who": pick("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨") + pick(("女士", "师傅", "老师", "经理")),
    }


_TITLE = 16  # characters of a clause that stand behind the place in a title


class _Varied:
    """Clauses of real messages, thinned and shuffled, their places swapped for made-up ones.

    A topic has a place and the clauses of three messages of its own, so that a million messages
    are of as many topics as were asked for, and not of the few thousand that were collected.
    """

    def __init__(self, texts: Sequence[Document]) -> None:
        self.places = _places()
        clauses = (_CLAUSE.findall(body[:400]) for _, body in texts)
        self.texts = [some for some in clauses if some]

    def write(self, topic: int, dice: Dice) -> Document:
        """Another message on a topic: most of its clauses, in another order, at its place."""
        place, own = self.places[topic * 7_919 % len(self.places)], Dice.of(topic)
        matter = [clause for _ in range(3) for clause in self._clauses(own)]
        kept = dice.some(matter, 1 + len(matter) * 4 // 5) if len(matter) > 1 else matter
        body = _PLACE.sub(place, "".join(kept))[:300]
        return f"{place}{_PLACE.sub('', matter[0])[:_TITLE]}", body

    def _clauses(self, dice: Dice) -> Iterator[str]:
        """Some of one message's."""
        clauses = self.texts[dice.roll(len(self.texts))]
        return dice.some(clauses, 3) if len(clauses) > 3 else iter(clauses)
