"""What is in the database, against what was acknowledged; and each answer against its excuse."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import quantiles
from typing import Any

import sqlalchemy as sa

from tools.soak.breaking import AGAIN, SILENT, Absence
from tools.soak.ledger import NOBODY, Answer, Deed, Ledger
from tools.soak.people import WAY

# Deed → how often its mark is stored. Steps stand in the audit trail of their item.
MESSAGES = "SELECT body FROM message WHERE body LIKE '%编号sk%'"
ITEMS = "SELECT title FROM response_item WHERE title LIKE '%sk%'"
DRAFTS = "SELECT text FROM response_draft WHERE text LIKE '%编号sk%'"
STEPS = (
    "SELECT item.title, event.action FROM audit_event AS event"
    " JOIN response_item AS item ON item.id = event.object_id"
    " WHERE event.object_type = 'response_item' AND item.title LIKE '%sk%'"
)
ACTIONS = {
    "submit": "提交初审", "approve_first": "初审通过", "approve_second": "复审通过",
    "approve_third": "终审通过", "approve_secrecy": "保密审查通过", "sign": "签发",
    "publish": "立即发布",
}  # fmt: skip


def stored(connection: sa.Connection) -> Counter[tuple[str, str]]:
    """(kind, mark) → how often; calls and pushed messages are one kind."""
    found: Counter[tuple[str, str]] = Counter()
    for kind, query in (("message", MESSAGES), ("open", ITEMS), ("draft", DRAFTS)):
        for text in connection.scalars(sa.text(query)):
            found[kind, _mark(text)] += 1
    for title, action in connection.execute(sa.text(STEPS)):
        if action in ACTIONS:
            found[ACTIONS[action], _mark(title)] += 1
    return found


def _mark(text: str) -> str:
    start = text.index("sk", text.find("编号") if "编号" in text else 0)
    return text[start : text.index("e", text.index("n", start)) + 1]


def reckon(ledger: Ledger, found: Mapping[tuple[str, str], int], until: float) -> dict[str, Any]:
    """What was lost and what was doubled, of all that was acknowledged by a moment."""
    known = {_place(deed) for deed in ledger.sent}
    acknowledged = [deed for deed, at in ledger.acknowledged.items() if at <= until]
    return {
        "acknowledged": dict(Counter(deed.kind for deed in acknowledged)),
        "lost": [f"{one.kind} {one.mark}" for one in acknowledged if not found.get(_place(one))],
        "doubled": [" ".join(place) for place, times in found.items() if times > 1],
        "never_sent": [" ".join(place) for place in found if place not in known],
    }


def _place(deed: Deed) -> tuple[str, str]:
    return ("message" if deed.kind in {"call", "push"} else deed.kind, deed.mark)


def faults(answers: Iterable[Answer], absences: Sequence[Absence]) -> list[str]:
    """Every answer that nothing excuses."""
    return [
        f"{one.kind}: {one.status or 'nobody answered'}"
        + ("" if one.says_again or not one.status else ", and does not say 'try again'")
        for one in answers
        if (one.status == NOBODY or one.status >= 500) and not _excused(one, absences)
    ]


def _excused(answer: Answer, absences: Sequence[Absence]) -> bool:
    wanted = SILENT if answer.status == NOBODY else AGAIN
    if answer.status != NOBODY and not (answer.status == 503 and answer.says_again):
        return False
    return any(one.excuses == wanted and one.covers(answer.at, answer.until) for one in absences)


def latencies(answers: Iterable[Answer]) -> dict[str, dict[str, float]]:
    """Kind → how many were answered well, and how long that took in milliseconds."""
    spans: dict[str, list[float]] = defaultdict(list)
    for one in answers:
        if 0 < one.status < 500:
            spans[one.kind].append(one.seconds * 1000)
    return {kind: _spread(found) for kind, found in sorted(spans.items()) if len(found) > 1}


def _spread(found: Sequence[float]) -> dict[str, float]:
    cuts = quantiles(found, n=100)
    return {"n": len(found), "p50": round(cuts[49]), "p95": round(cuts[94]), "p99": round(cuts[98])}


def not_done(ledger: Ledger) -> list[str]:
    """The kinds of deeds of which none was acknowledged: then nothing is shown of them."""
    wanted = ["call", "push", "open", "draft", *(label for _who, label in WAY)]
    done = {deed.kind for deed in ledger.acknowledged}
    return [kind for kind in wanted if kind not in done]
