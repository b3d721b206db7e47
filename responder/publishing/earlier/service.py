"""Published answers that are like an item, by the words that both have."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from nlp import content_words, default_segmenter, match, normalise
from responder.core import audit
from responder.core.errors import WrongState
from responder.core.lifecycle import Attempt
from responder.publishing.models import Entry
from responder.responses import service as responses
from responder.responses.models import Draft, ResponseItem

# Of the newest so many entries; older answers are rarely still right.
READ_MOST = 2_000
SHOWN = 5
# Cosine under which two concerns have only everybody's words in common.
LEAST = 0.12
WORDS_SHOWN = 6


@dataclass(frozen=True)
class Earlier:
    """A published answer, how like (0 to 1) its concern is, and the words that made it so."""

    entry: Entry
    score: float
    words: tuple[str, ...]


def earlier_answers(session: Session, item: ResponseItem, limit: int = SHOWN) -> list[Earlier]:
    """What was answered to the like of an item, the likest first; withdrawn answers are none."""
    query = select(Entry).where(Entry.item_id != item.id).options(selectinload(Entry.changes))
    newest = query.order_by(Entry.published_at.desc(), Entry.id.desc()).limit(READ_MOST)
    entries = [one for one in session.scalars(newest) if not one.withdrawal]
    asked = _words(item.title, item.concern)
    answered = [_words(one.texts.title, one.texts.concern) for one in entries]
    rarity = _rarity([asked, *answered])
    found = []
    for entry, words in zip(entries, answered, strict=True):
        score, shared = match(asked, words, rarity)
        if score >= LEAST:
            found.append(Earlier(entry, score, tuple(word for word, _ in shared[:WORDS_SHOWN])))
    return sorted(found, key=lambda one: -one.score)[:limit]


def take_up(
    session: Session, item: ResponseItem, entry: Entry, attempt: Attempt, version: int
) -> Draft | None:
    """Make an earlier answer the newest version of the draft, and tell the trail where it is from.

    :raises WrongState: the earlier answer was withdrawn.
    :raises Forbidden, WrongState, Stale: as :func:`responses.save_draft`.
    """
    if entry.withdrawal:
        raise WrongState("这条答复已撤回，不能作底稿：请选择其他答复")
    draft = responses.save_draft(
        session, item, entry.texts.answer, attempt.actor, attempt.now, version,
        written=entry.texts.answer_format,
    )  # fmt: skip
    if draft is not None:
        told = {"index_number": entry.index_number}
        audit.record(session, "take_up", item, told, "", attempt.actor)
    return draft


@lru_cache(maxsize=READ_MOST * 2)
def _words(title: str, concern: str) -> frozenset[str]:
    return frozenset(content_words(default_segmenter().cut(normalise(f"{title}。{concern}"))))


def _rarity(texts: Sequence[frozenset[str]]) -> dict[str, float]:
    counts = Counter(word for words in texts for word in words)
    return {word: math.log((1 + len(texts)) / count) for word, count in counts.items()}
