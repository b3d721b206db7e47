"""The office's weights and thresholds: read, tried out, saved, applied to what is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, bindparam, select, update
from sqlalchemy.orm import Session

from responder.core.errors import Invalid, Stale
from responder.topics.heat_models import HeatSetting
from responder.topics.models import Topic
from responder.topics.rules import (
    PART_LABELS,
    SHIPPED,
    HeatPart,
    Scale,
    Share,
    heat,
    level_of,
    problems,
    weighed,
)
from responder.topics.service import is_shown

ROW_ID = 1
LEVELS = ("level_1", "level_2", "level_3")
PREVIEW_ROWS = 20


@dataclass(frozen=True)
class Weighed:
    """A topic's heat by a scale. ``parts`` as the topic stores them."""

    heat: float
    level: int
    parts: list[dict[str, Any]]


@dataclass(frozen=True)
class Preview:
    """One row of what a scale would show. ``rank_before`` counts from 1."""

    rank: int
    rank_before: int
    topic_id: int
    label: str
    heat: float
    heat_before: float
    level: int
    level_before: int


def current(session: Session) -> Scale:
    """The office's scale, or the shipped one."""
    row = find(session)
    if row is None:
        return SHIPPED
    low, middle, high = (getattr(row, name) for name in LEVELS)
    return Scale({name: getattr(row, name) for name in PART_LABELS}, (low, middle, high))


def find(session: Session) -> HeatSetting | None:
    """The office's row; None as long as nobody has saved one."""
    return session.get(HeatSetting, ROW_ID)


def version(session: Session) -> int:
    """Which version of the office's scale is in force; 0 for the shipped one."""
    row = find(session)
    return row.version_id if row else 0


def save(session: Session, scale: Scale, seen_version: int) -> int:
    """Keep a scale and weigh all topics by it; returns how many were weighed.

    The caller holds ``corrections.lock_topics``: a refresh that read the scale before must
    see that it changed.

    :param seen_version: that of the row which the person saw; 0 when there was none.
    :raises Invalid: the weights are not 100 together, or the thresholds do not rise.
    :raises Stale: somebody else saved meanwhile.
    """
    if wrong := problems(scale):
        raise Invalid("；".join(wrong.values()), wrong)
    if version(session) != seen_version:
        raise Stale("热度设置刚被别人修改过：请刷新页面，看过最新的设置后再保存")
    row = find(session)
    values = {**scale.weights, **dict(zip(LEVELS, scale.levels, strict=True))}
    if row is None:
        session.add(HeatSetting(id=ROW_ID, **values))
    else:
        for name, value in values.items():
            setattr(row, name, value)
    session.flush()
    return _apply(session, scale)


def weigh(shares: Iterable[Share], scale: Scale) -> Weighed:
    """A topic's heat, level and parts by a scale."""
    parts = weighed(shares, scale.weights)
    value = heat(parts)
    return Weighed(value, level_of(value, scale.levels), [dict(vars(part)) for part in parts])


def stored_shares(heat_parts: Iterable[dict[str, Any]]) -> list[Share]:
    """What a topic's stored parts hold that no weight changes."""
    return [Share(part["name"], share_of(part), part["evidence"]) for part in heat_parts]


def share_of(part: dict[str, Any]) -> float:
    """A stored part's share; of one stored before shares were, what its points say."""
    share = part.get("share")
    return float(part["points"] / part["of"] if share is None else share)


def stored_parts(heat_parts: Iterable[dict[str, Any]]) -> list[HeatPart]:
    """A topic's stored parts as ``heat.aged`` takes them."""
    return [HeatPart(**{**part, "share": share_of(part)}) for part in heat_parts]


def preview(session: Session, scale: Scale, limit: int = PREVIEW_ROWS) -> list[Preview]:
    """The hottest topics by a scale, each with its present rank and heat; nothing is stored.

    Only what the list of topics shows takes part: two messages at least, not dismissed.
    """
    query = _weighable(Topic.label, Topic.heat, Topic.level)
    rows = [row for row in session.execute(query) if row.heat_parts]
    before = {row.id: n for n, row in enumerate(sorted(rows, key=_hottest_first), 1)}
    found = [(row, weigh(stored_shares(row.heat_parts), scale)) for row in rows]
    found.sort(key=lambda pair: (-pair[1].heat, pair[0].id))
    return [
        Preview(rank, before[row.id], row.id, row.label, new.heat, row.heat, new.level, row.level)
        for rank, (row, new) in enumerate(found[:limit], 1)
    ]


def hot_from(session: Session) -> float:
    """From which heat a topic is hot: the middle threshold (较热)."""
    return float(current(session).levels[1])


def _hottest_first(row: Row[Any]) -> tuple[float, int]:
    return (-row.heat, row.id)


def _weighable(*columns: Any) -> Select[Any]:
    """The topics that the list shows, each with the parts of its heat."""
    return select(Topic.id, Topic.heat_parts, *columns).where(Topic.message_count > 1, is_shown())


def _apply(session: Session, scale: Scale) -> int:
    """Weigh every topic that has heat, in one statement.

    Past the session: what machines work out is in no trail, and nobody who edits a topic
    meanwhile must be told that it changed.
    """
    rows = []
    for topic_id, parts in session.execute(select(Topic.id, Topic.heat_parts)):
        if not parts:
            continue  # cooled down
        new = weigh(stored_shares(parts), scale)
        rows.append({"which": topic_id, "heat": new.heat, "level": new.level, "parts": new.parts})
    if rows:
        statement = update(Topic).where(Topic.id == bindparam("which"))
        values: dict[str, Any] = {name: bindparam(name) for name in ("heat", "level")}
        values["heat_parts"] = bindparam("parts")
        session.connection().execute(statement.values(values), rows)
    return len(rows)
