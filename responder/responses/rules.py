"""Pure decisions on response items: rounds, versions, private data, the first summary."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Protocol
from zoneinfo import ZoneInfo

from responder.core import privacy, texts
from responder.core.times import SHANGHAI, chinese_date, local

# What the ``stopped_by`` of a clock's rule may name.
PUBLISHED = "published"
EVENT_HELD = "event_held"

# The state in which a text is written; the rules know no states but this one.
DRAFT = "draft"

# Under this, an answer is a placeholder and not an answer.
MIN_ANSWER_LENGTH = 10

# Pieces by pieces; beyond, those that stand there more than so many times count as frequent.
MOST_MATCHED = 40_000
OFTEN = 10

_CLAUSE = re.compile(r"[^，。！？；：、\n]*[，。！？；：、\n]|[^，。！？；：、\n]+")


class Reviewed(Protocol):
    """What a review must tell for its round to be counted."""

    @property
    def step(self) -> str: ...
    @property
    def approved(self) -> bool: ...
    @property
    def returned_to(self) -> str | None: ...
    @property
    def reviewer_id(self) -> int | None: ...
    @property
    def on_behalf_of_id(self) -> int | None: ...


class Written(Protocol):
    """What a draft must tell to be compared with the one before."""

    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class PrivateData:
    """A finding, and the field of the outgoing text that holds it."""

    field: str
    field_label: str
    finding: privacy.Finding


@dataclass(frozen=True)
class Segment:
    """A stretch of text. ``label`` names the kind of private data, or is empty."""

    text: str
    label: str = ""


@dataclass(frozen=True)
class Change:
    """A stretch of two versions: ``same``, ``removed`` or ``added``."""

    kind: str
    text: str


def clean(text: str) -> str:
    """Text as it is kept: one kind of line end, no character that XML or a database refuses."""
    return texts.clean(text).strip()


def current_round(reviews: Iterable[Reviewed]) -> int:
    """How many times the text has been, or is about to be, submitted.

    A return to the draft ends a round; one to an earlier review does not.
    """
    return 1 + sum(review.returned_to == DRAFT for review in reviews)


def standing(reviews: Iterable[Reviewed], order: Sequence[str]) -> dict[str, Reviewed]:
    """The approvals that still count: step → the review that passed it.

    A return to the draft voids them all, since the text may have changed; a return to an
    earlier step voids that step and whatever comes after it.

    :param reviews: in the order in which they were made; ``order``: of the steps.
    """
    valid: dict[str, Reviewed] = {}
    for review in reviews:
        if review.approved:
            valid[review.step] = review
        elif review.returned_to in order:
            kept = order[: order.index(review.returned_to)]
            valid = {step: one for step, one in valid.items() if step in kept}
        else:
            valid = {}
    return valid


def approvers(reviews: Iterable[Reviewed], order: Sequence[str]) -> frozenset[int | None]:
    """Whoever stands behind an approval that counts: whoever gave it, and for whom."""
    valid = standing(reviews, order).values()
    absent = {one.on_behalf_of_id for one in valid if one.on_behalf_of_id is not None}
    return frozenset({one.reviewer_id for one in valid} | absent)


def private_data_in(
    fields: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
    public: frozenset[str] = privacy.NOBODY,
) -> list[PrivateData]:
    """All private data in the texts that would go out.

    :param fields: field name → text.
    :param labels: field name → its Chinese name.
    :param public: the office's own lines, which may go out.
    """
    return [
        PrivateData(name, (labels or {}).get(name, name), finding)
        for name, text in fields.items()
        for finding in privacy.find(text, public)
    ]


def gate_sentence(found: Iterable[PrivateData]) -> str | None:
    """Why a text may not go out, and where; nothing when it may. Values appear masked."""
    parts = [f"{data.field_label}中的{_shown(data.finding)}" for data in found]
    if not parts:
        return None
    return f"含有个人信息：{'、'.join(parts)}。请退回修改，删去或改用概括说法后再继续"


def _shown(finding: privacy.Finding) -> str:
    # Some kinds are hidden entirely; a row of asterisks helps nobody to find the place.
    hidden = not finding.masked.strip("*")
    return finding.label if hidden else f"{finding.label} {finding.masked}"


def segments(text: str, public: frozenset[str] = privacy.NOBODY) -> list[Segment]:
    """``text`` cut where private data begins and ends."""
    cut: list[Segment] = []
    position = 0
    for finding in privacy.find(text, public):
        cut.append(Segment(text[position : finding.start]))
        cut.append(Segment(finding.text, finding.label))
        position = finding.end
    return [segment for segment in (*cut, Segment(text[position:])) if segment.text]


def difference(old: str, new: str) -> list[Change]:
    """What became of ``old``, clause by clause: finer is unreadable in Chinese, coarser hides."""
    before, after = _CLAUSE.findall(old), _CLAUSE.findall(new)
    changes: list[Change] = []
    for tag, i1, i2, j1, j2 in matcher(before, after).get_opcodes():
        if tag == "equal":
            changes.append(Change("same", "".join(before[i1:i2])))
            continue
        changes.append(Change("removed", "".join(before[i1:i2])))
        changes.append(Change("added", "".join(after[j1:j2])))
    return [change for change in changes if change.text]


def matcher(before: Sequence[str], after: Sequence[str]) -> SequenceMatcher[str]:
    """What two lists of pieces share. In long ones what stands there often is left out of the
    matching, and only goes with its neighbours: exact matching of repetitions takes minutes.
    """
    if len(before) * len(after) <= MOST_MATCHED:
        return SequenceMatcher(a=before, b=after, autojunk=False)
    often = {piece for piece, count in Counter(after).items() if count > OFTEN}
    return SequenceMatcher(often.__contains__, before, after, autojunk=False)


def versions(drafts: Sequence[Written], count: int) -> list[tuple[Written, list[Change]]]:
    """The newest ``count`` drafts, newest first, each with what it changed.

    :param drafts: in the order of writing; one more than ``count``, to compare the oldest with.
    """
    shown = [
        (draft, difference(drafts[n - 1].text, draft.text) if n else [Change("same", draft.text)])
        for n, draft in enumerate(drafts)
    ]
    return shown[::-1][:count]


def held_at(started_at: datetime, starts_at: datetime, took_place: bool) -> datetime | None:
    """When a press event stops a clock that waits for one; None when it does not.

    What was held before the matter was known has not answered it.

    :param started_at: of the clock; ``starts_at``: of the event. Both aware.
    """
    return starts_at if took_place and starts_at >= started_at else None


def concern_summary(
    label: str,
    messages: int,
    people: int,
    first_seen: datetime,
    last_seen: datetime,
    zone: ZoneInfo = SHANGHAI,
) -> str:
    """A first wording of the concern, from a topic's figures; a person rewrites it."""
    first, last = local(first_seen, zone).date(), local(last_seen, zone).date()
    span = chinese_date(first)
    if last != first:
        span = f"{span}至{chinese_date(last)}"
    return f"{span}，共有 {people} 人通过 {messages} 条留言反映“{label}”。"


def source_summary(channels: Mapping[str, int]) -> str:
    """``{"市长热线": 3, "微博": 1}`` as one line, most frequent first."""
    ordered = sorted(channels.items(), key=lambda pair: -pair[1])
    return "、".join(f"{label} {count} 条" for label, count in ordered)
