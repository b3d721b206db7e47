"""What goes into an item's archive: its texts as files, all that happened to it as tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from responder.core import audit, privacy
from responder.core.audit import AuditEvent
from responder.core.clocks import as_json
from responder.core.office import public_lines
from responder.intake.models import Message
from responder.planning.reported import is_report
from responder.publishing.after.models import Evaluation
from responder.publishing.channels.service import posts_of
from responder.publishing.models import Entry
from responder.publishing.ratings.service import totals
from responder.publishing.service import entry_of
from responder.responses.consulting.service import beside
from responder.responses.judging.queries import judgements_of
from responder.responses.models import ResponseItem
from responder.responses.sourcing.service import message_ids, sources_until
from responder.responses.units.service import parts_of

README = """这是一个回应事项的完整归档，由回应台导出。

manifest.json  清单：每个文件的大小和 SHA-256
texts/         关切内容、回应内容，公开的每一版
drafts/        每一版稿件
*.json         研判、会商和口径、承办单位、来源留言、时限及其算法、
               审签、批注及其答复、公开条目及其更改、效果评估、经过；其中的个人信息已隐去

核验：responder responses verify 文件名
不用回应台也可核验：解压后对每个文件算 SHA-256，与 manifest.json 比较。
"""


def facts(session: Session, item: ResponseItem) -> dict[str, Any]:
    """What the archive is of. ``as_of``: when anything was last done to it, so that what has
    not changed is the same archive."""
    entry = entry_of(session, item.id)
    return {
        "as_of": _last_deed(session, item, entry),
        "item": {
            "id": item.id,
            "title": item.title,
            "state": item.state,
            "unit": item.unit.name,
            "index_number": entry.index_number if entry else None,
        },
    }


def contents(session: Session, item: ResponseItem) -> dict[str, Any]:
    """Path → text, or what becomes JSON."""
    entry = entry_of(session, item.id)
    found: dict[str, Any] = {
        "README.txt": README,
        "texts/concern.txt": item.concern,
        "texts/answer.txt": item.answer,
        **{f"drafts/{one.number:04}.txt": one.text for one in item.drafts},
        **{f"{name}.json": part(session, item) for name, part in PARTS.items()},
    }
    if entry is not None:
        for number, version in enumerate(entry.versions, 1):
            found[f"texts/published-{number:02}.txt"] = version.texts.answer
    return found


def _last_deed(session: Session, item: ResponseItem, entry: Entry | None) -> datetime:
    mine = (AuditEvent.object_type == "response_item") & (AuditEvent.object_id == item.id)
    of_entry = [
        (AuditEvent.object_type == name) & (AuditEvent.object_id.in_(ids))
        for name, ids in (
            ("entry", [entry.id] if entry else []),
            ("entry_change", [one.id for one in entry.changes] if entry else []),
        )
        if ids
    ]
    last = session.scalar(select(func.max(AuditEvent.at)).where(or_(mine, *of_entry)))
    return last or item.opened_at


def _item(session: Session, item: ResponseItem) -> Any:
    return {
        **_row(item, "id", "title", "concern", "concern_source", "answer_format", "level", "state"),
        **_row(item, "found_at", "opened_at", "publish_at"),
        "unit": item.unit.name,
        "topic": {"id": item.topic.id, "label": privacy.mask(item.topic.label)}
        if item.topic
        else None,
        "event": {"id": item.event.id, "theme": item.event.theme} if item.event else None,
    }


def _sources(session: Session, item: ResponseItem) -> Any:
    """Number and masked words of each message; of a report (举报) the number alone."""
    entry = entry_of(session, item.id)
    query = sources_until(session, item, entry.published_at if entry else None)
    reports = set(session.scalars(query.with_only_columns(Message.id).where(is_report())))
    own, lines = set(message_ids(session, item.id)), public_lines()
    found = []
    for one in session.scalars(query):
        told = _row(one, "id", "channel", "occurred_at")
        told["opened_from"] = one.id in own
        told["withheld"] = one.id in reports
        if not told["withheld"]:
            names = privacy.recorded_names([one.author])
            told["title"] = privacy.mask(one.title, lines, names)
            told["body"] = privacy.mask(one.body, lines, names)
        found.append(told)
    return found


def _judgements(session: Session, item: ResponseItem) -> Any:
    names = ("grade", "colour", "level", "kinds", "must_answer", "reason", "clocks")
    listed = reversed(judgements_of(session, item.id))
    return [_row(one, *names, "judged_by_name", "judged_at") for one in listed]


def _units(session: Session, item: ResponseItem) -> Any:
    sent = ("number", "text", "author_name", "sent_at")
    return [
        {
            "unit": part.unit.name,
            "leads": part.leads,
            **_row(part, "task", "due_at", "assigned_at", "assigned_by_name"),
            "materials": [_row(one, *sent) for one in part.materials],
        }
        for part in parts_of(session, item)
    ]


def _settled(session: Session, item: ResponseItem) -> Any:
    kept = beside(session, item.id)
    by = ("recorded_by_name", "recorded_at")
    asked = ("title", "number", "issued_on", "url", "passage", "added_by_name", "added_at")
    met = ("held_at", "units", "people", "conclusion", *by)
    return {
        "consultations": [_row(one, *met) for one in reversed(kept.consultations)],
        "wordings": [_row(one, "number", "text", "agreed_by", *by) for one in kept.wordings[::-1]],
        "references": [_row(one, *asked) for one in kept.references],
    }


def _drafts(_session: Session, item: ResponseItem) -> Any:
    return [_row(one, "number", "format", "author_name", "saved_at") for one in item.drafts]


def _reviews(_session: Session, item: ResponseItem) -> Any:
    names = ("round", "step", "approved", "returned_to", "reviewer_name", "on_behalf_of_name")
    return [_row(one, *names, "comment", "secrecy", "proof", "at") for one in item.reviews]


def _comments(_session: Session, item: ResponseItem) -> Any:
    names = ("draft_number", "quote", "body", "author_name", "made_at")
    settled = ("settled_at", "settled_by_name", "reply")
    return [_row(one, *names, *settled) for one in item.comments]


def _clocks(_session: Session, item: ResponseItem) -> Any:
    paused = ("since", "until", "reason", "paused_by_name")
    extended = ("length", "reason", "asked_at", "asked_by_name", "granted", "decided_at")
    return [
        {
            **as_json(clock),
            **_row(clock, "start_set_by", "start_reason"),
            "pauses": [_row(one, *paused) for one in clock.pauses],
            "extensions": [
                _row(one, *extended, "decided_by_name", "decision") for one in clock.extensions
            ],
        }
        for clock in sorted(item.clocks, key=lambda clock: clock.id)
    ]


def _published(session: Session, item: ResponseItem) -> Any:
    entry = entry_of(session, item.id)
    if entry is None:
        return None
    texts = ("title", "concern", "concern_source", "answer", "answer_format")
    proposed = ("kind", "state", "note", *texts, "proposed_at", "proposed_by_name")
    decided = ("decided_at", "decided_by_name", "on_behalf_of_name", "proof", "decision_note")
    return {
        **_row(entry, "id", "index_number", *texts, "unit_name", "publisher", "published_at"),
        "changes": [_row(one, *proposed, *decided) for one in entry.changes],
        "posts": [
            _row(one, "channel", "url", "posted_at", "recorded_by_name")
            for one in posts_of(session, entry.id)
        ],
        "ratings": {verdict.value: n for verdict, n in totals(session, entry.id).items()},
    }


def _evaluations(session: Session, item: ResponseItem) -> Any:
    query = select(Evaluation).where(Evaluation.item_id == item.id).order_by(Evaluation.number)
    names = ("number", "effect", "asked_again", "findings", "lessons", "figures")
    by = ("evaluated_by_name", "evaluated_at")
    return [_row(one, *names, *by) for one in session.scalars(query)]


def _trail(session: Session, item: ResponseItem) -> Any:
    names = ("at", "actor_name", "action", "changes", "note")
    return [_row(line, *names) for line in audit.history(session, item)]


Part = Callable[[Session, ResponseItem], Any]

PARTS: dict[str, Part] = {
    "item": _item,
    "sources": _sources,
    "judgements": _judgements,
    "units": _units,
    "consulting": _settled,
    "drafts": _drafts,
    "reviews": _reviews,
    "comments": _comments,
    "clocks": _clocks,
    "published": _published,
    "evaluations": _evaluations,
    "trail": _trail,
}


# What people wrote down beside the texts: as on the pages, without personal data.
NOTES = frozenset(
    (
        "people", "conclusion", "text", "task", "comment", "reason", "start_reason", "note",
        "decision", "decision_note", "findings", "lessons", "changes", "quote", "body", "reply",
    )
)  # fmt: skip


def _row(record: Any, *names: str) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in names}
    lines = public_lines()
    return {
        name: _masked(value, lines) if name in NOTES else value for name, value in values.items()
    }


def _masked(value: Any, lines: frozenset[str]) -> Any:
    if isinstance(value, str):
        return privacy.mask(value, lines)
    if isinstance(value, dict):
        return {name: _masked(one, lines) for name, one in value.items()}
    if isinstance(value, list):
        return [_masked(one, lines) for one in value]
    return value
