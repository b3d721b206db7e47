"""The demo world of one day: ``generate(today)``, the same each time it is asked."""

from __future__ import annotations

import datetime as dt
import random

from responder.demo import calendar, sources
from responder.demo.drafts import Draft, Writer
from responder.demo.moments import OPENING, SHANGHAI, moment
from responder.demo.people import People
from responder.demo.sources import Table
from responder.demo.world import DemoMessage, DemoPlace, DemoWorld

SEED = 20_260_301

_PREFIX = {"hotline": "RX", "mailbox": "XX", "weibo": "WB", "wechat": "WX", "forum": "LT"}
_URL = {
    "weibo": "https://weibo.example/jianglan/{}",
    "wechat": "https://wechat.example/p/{}",
    "forum": "https://forum.jianglan.example/thread/{}",
}
# How likely a message carries its place as a field, besides in its words.
_LOCATED = {"hotline": 1.0, "mailbox": 0.9, "weibo": 0.15, "wechat": 0.3, "forum": 0.45}
# Median likes, comments and shares.
_ECHO = {"weibo": (14, 5, 4), "wechat": (9, 4, 2), "forum": (6, 8, 1)}


def world_day(now: dt.datetime) -> dt.date:
    """The last day whose 08:00 has come in the made-up city: nothing of its world is yet to be."""
    return (now.astimezone(SHANGHAI) - dt.timedelta(minutes=OPENING)).date()


def generate(today: dt.date) -> DemoWorld:
    """Build the world of 江澜市 as seen at 08:00 of ``today``; pure and deterministic."""
    rng = random.Random(SEED)  # noqa: S311 - a fixed story, not a secret  # nosec B311
    rows = sources.read_folder("storylines", "storyline")
    flood = sources.read("flood.toml")["flood"]
    places = sources.places()
    events = calendar.events(today, sources.read("events.toml")["event"])
    return DemoWorld(
        today=today,
        city=sources.read("places.toml")["city"],
        units=sources.units(),
        places=places,
        storylines=tuple(sources.storyline(row) for row in rows),
        flood=sources.storyline(flood),
        messages=_messages(today, rng, rows, flood, places),
        plan=calendar.plan(today, sources.read("plan.toml")["entry"], events),
        events=events,
        items=calendar.items(today, sources.read_folder("items", "item")),
    )


def _messages(
    today: dt.date,
    rng: random.Random,
    rows: list[Table],
    flood: Table,
    places: tuple[DemoPlace, ...],
) -> tuple[DemoMessage, ...]:
    voices = sources.read("voices.toml")
    writer = Writer(rng, People(rng, voices["people"]), voices["voices"])
    for row in rows:
        writer.storyline(row)
    writer.copies()
    writer.storyline(flood, author=flood["author"])
    for row in sources.read("traditional.toml")["message"]:
        writer.traditional(row, {line["key"]: line for line in rows})
    for row in sources.read_folder("singles", "single"):
        writer.single(row)
    for row in sources.read("matters.toml")["matter"]:
        writer.matter(row, list(places))
    return _numbered(today, rng, writer.drafts)


def _numbered(today: dt.date, rng: random.Random, drafts: list[Draft]) -> tuple[DemoMessage, ...]:
    """Drafts in order of time, with an id that counts up in each channel."""
    counts = dict.fromkeys(_PREFIX, 0)
    ids: dict[int, str] = {}
    messages = []
    for draft in sorted(drafts, key=lambda draft: draft.at):
        counts[draft.channel] += 1
        number = f"{_PREFIX[draft.channel]}-{counts[draft.channel]:05d}"
        ids[id(draft)] = number
        copy_of = ids[id(draft.original)] if draft.original else None
        messages.append(_message(today, rng, draft, number, copy_of))
    return tuple(messages)


def _message(
    today: dt.date, rng: random.Random, draft: Draft, number: str, copy_of: str | None
) -> DemoMessage:
    located = rng.random() < _LOCATED[draft.channel]
    url = _URL.get(draft.channel)
    likes, comments, shares = _echo(rng, draft)
    return DemoMessage(
        external_id=number,
        channel=draft.channel,
        title=draft.title,
        body=draft.body,
        author=draft.author,
        phone=draft.phone if draft.channel == "hotline" else None,
        district=draft.district if located else None,
        place=draft.place if located else None,
        category=draft.category,
        nature=draft.nature,
        occurred_at=moment(today, draft.at),
        likes=likes,
        comments=comments,
        shares=shares,
        source_url=url.format(number.lower()) if url else None,
        storyline=draft.storyline,
        copy_of=copy_of,
    )


def _echo(rng: random.Random, draft: Draft) -> tuple[int, int, int]:
    """Likes, comments and shares: many small, few large; larger within a storyline."""
    if draft.channel not in _ECHO:
        return 0, 0, 0
    push = rng.lognormvariate(0, 1.0) * (1.0 if draft.storyline else 0.3)
    likes, comments, shares = (int(push * n * rng.uniform(0.5, 1.5)) for n in _ECHO[draft.channel])
    return likes, comments, shares
