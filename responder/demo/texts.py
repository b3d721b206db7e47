"""Small texts that vary: ``{a|b}`` one of, ``{slot}`` by name, ``[...]`` may be left out."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_CHOICE = re.compile(r"\{([^{}]*)\}")
_OPTIONAL_STAYS = 0.6

# (longest run in days, how long it has lasted, since when)
_RUNS: tuple[tuple[int, str, str], ...] = (
    (3, "两三天", "这两天"),
    (6, "好几天", "这几天"),
    (9, "一个多星期", "这一个多星期"),
    (13, "十来天", "这十来天"),
    (20, "半个多月", "近半个多月来"),
    (29, "二十多天", "这二十多天"),
    (45, "一个多月", "这一个多月"),
    (60, "快两个月", "近两个月来"),
    (999, "两个多月", "这两个多月"),
)


def run_slots(days: int) -> dict[str, Sequence[str]]:
    """Slots ``since`` (how long) and ``lately`` (since when) for a matter ``days`` old."""
    since, lately = next((run, late) for limit, run, late in _RUNS if days <= limit)
    return {"since": (since,), "lately": (lately,)}


def expand(text: str, slots: Mapping[str, Sequence[str]], rng: random.Random) -> str:
    """Fill a template; a name that is no slot raises KeyError."""

    def keep(match: re.Match[str]) -> str:
        kept: str = match.group(1)
        return kept if rng.random() < _OPTIONAL_STAYS else ""

    def choose(match: re.Match[str]) -> str:
        inner: str = match.group(1)
        options: Sequence[str] = inner.split("|") if "|" in inner else slots[inner]
        return rng.choice(options)

    return _CHOICE.sub(choose, _OPTIONAL.sub(keep, text)).strip()


def sentence(text: str) -> str:
    """Close a clause with a full stop unless it is closed already."""
    return text if text.endswith(("。", "？", "！", "…", "#")) else text + "。"


def ask(prefix: str, clause: str) -> str:
    """A request as a whole sentence; one that begins with 能不能 is a question."""
    return f"{prefix}{clause}{'？' if prefix.startswith('能不能') else '。'}"
