"""Suggesting a category, and what people confirm or overrule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from responder.accounts.models import Unit
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import Actor
from responder.intake.models import Message
from responder.routing import model_store, snapshot, suggesting
from responder.routing.models import Category, CategoryConfirmation
from responder.routing.rules import Evidence, Guess, same_branch
from responder.routing.snapshot import Entry, Snapshot
from responder.routing.taxonomy import get_category, seed_taxonomy, unit_of

__all__ = [
    "Choice",
    "RunnerUp",
    "Suggestion",
    "choices",
    "confirm",
    "confirmed_count",
    "get_category",
    "history_of",
    "of_message",
    "seed_taxonomy",
    "suggest",
    "suggest_many",
    "unit_of",
]

MOST_REASON_CHARACTERS = 200


@dataclass(frozen=True)
class RunnerUp:
    """What came second."""

    category_id: int
    path: str
    score: float


@dataclass(frozen=True)
class Suggestion:
    """A category for a text, how sure (0 to 1), and because of which words, heaviest first.

    ``source`` is "model" or "rules".
    """

    category_id: int
    code: str
    name: str
    path: str
    unit_id: int | None
    unit_name: str
    score: float
    source: str
    evidence: tuple[Evidence, ...]
    runner_up: RunnerUp | None


@dataclass(frozen=True)
class Choice:
    """A category for a menu; ``words`` are its cue words, to be searched by."""

    id: int
    path: str
    code: str
    unit_id: int | None
    unit_name: str
    words: str


def suggest(session: Session, title: str, body: str, place: str = "") -> Suggestion | None:
    """The likeliest category of a text; None when no word speaks for any."""
    return suggest_many(session, [(title, body, place)])[0]


def suggest_many(
    session: Session, texts: Sequence[tuple[str, str, str]]
) -> list[Suggestion | None]:
    """The same for several (title, body, place)."""
    taxonomy, model = snapshot.current(session), model_in_use()
    classifier = model.classifier if model else None
    found: list[Suggestion | None] = []
    for title, body, place in texts:
        text = suggesting.as_text(title, body, place)
        guesses = suggesting.guess(text, taxonomy, classifier)
        if not guesses:
            found.append(None)
            continue
        words = suggesting.evidence(text, guesses[0], taxonomy, classifier)
        source = "rules" if words == guesses[0].evidence else "model"
        found.append(_suggestion(session, taxonomy, guesses, words, source))
    return found


def model_in_use() -> model_store.Model | None:
    """The learned model of this office."""
    return model_store.find(current_app.extensions["settings"].state_dir)


def _suggestion(
    session: Session,
    taxonomy: Snapshot,
    guesses: Sequence[Guess],
    words: tuple[Evidence, ...],
    source: str,
) -> Suggestion:
    best = taxonomy.entries[guesses[0].code]
    second = next((one for one in guesses[1:] if one.code != guesses[0].code), None)
    runner_up = None
    if second is not None and second.score:
        other = taxonomy.entries[second.code]
        runner_up = RunnerUp(other.id, other.path, second.score)
    return Suggestion(
        category_id=best.id,
        code=best.code,
        name=best.name,
        path=best.path,
        unit_id=best.unit_id,
        unit_name=_unit_name(session, best),
        score=guesses[0].score,
        source=source,
        evidence=words,
        runner_up=runner_up,
    )


def _unit_name(session: Session, entry: Entry) -> str:
    unit = session.get(Unit, entry.unit_id) if entry.unit_id else None
    return unit.name if unit else ""


def choices(session: Session) -> list[Choice]:
    """The valid categories in the order of the taxonomy, for a menu that can be searched."""
    names = {one.id: one.name for one in session.scalars(select(Unit))}
    return [
        Choice(
            one.id,
            one.path,
            one.code,
            one.unit_id,
            names.get(one.unit_id, "") if one.unit_id else "",
            "、".join(one.words),
        )
        for one in snapshot.current(session).entries.values()
        if one.valid
    ]


def confirm(
    session: Session,
    message_id: int,
    category_id: int,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> CategoryConfirmation:
    """Say what a message is about; the newest word holds, earlier ones stay in the record.

    :param reason: needed when it overrules the suggestion, or what was confirmed before.
    :raises NotFound: no such message.
    :raises Invalid: the category is unknown or retired, or the reason is missing or too long.
    """
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound("没有这条留言：请从留言列表重新进入")
    category = session.get(Category, category_id)
    if category is None or not category.valid:
        raise Invalid("这个分类不能用：请从列表中选择在用的分类", {"category_id": "请重新选择"})
    before = of_message(session, [message_id]).get(message_id)
    if before is not None and before.category_id == category.id:
        return before
    suggested = suggest(session, message.title, message.body, message.place)
    reason = _reason(session, reason, category, before, suggested)
    made = CategoryConfirmation(
        message_id=message.id,
        category=category,
        suggested_id=suggested.category_id if suggested else None,
        suggested_score=suggested.score if suggested else None,
        reason=reason,
        actor_id=actor.id,
        actor_name=actor.name,
        confirmed_at=now,
        taxonomy_version=snapshot.current(session).version or None,
    )
    session.add(made)
    session.flush()
    return made


def _reason(
    session: Session,
    reason: str,
    category: Category,
    before: CategoryConfirmation | None,
    suggested: Suggestion | None,
) -> str:
    reason = reason.strip()
    if len(reason) > MOST_REASON_CHARACTERS:
        raise Invalid(f"理由请不超过 {MOST_REASON_CHARACTERS} 字", {"reason": "太长"})
    parents = snapshot.current(session).parents
    stands = before.category.code if before else suggested.code if suggested else ""
    if stands and not reason and not same_branch(category.code, stands, parents):
        what = "此前确认的分类" if before else "建议的分类"
        raise Invalid(f"与{what}不同：请写明理由，便于系统学习", {"reason": "请写明理由"})
    return reason


def of_message(session: Session, ids: Iterable[int]) -> dict[int, CategoryConfirmation]:
    """Message id → what holds of it, with category and lead unit; only confirmed ones."""
    newest = (
        select(func.max(CategoryConfirmation.id))
        .where(CategoryConfirmation.message_id.in_(list(ids)))
        .group_by(CategoryConfirmation.message_id)
    )
    query = (
        select(CategoryConfirmation)
        .where(CategoryConfirmation.id.in_(newest))
        .options(
            joinedload(CategoryConfirmation.category).options(
                joinedload(Category.unit), joinedload(Category.parent).joinedload(Category.unit)
            )
        )
    )
    return {one.message_id: one for one in session.scalars(query)}


def confirmed_count(session: Session) -> int:
    """How many messages people have put into a category."""
    messages = func.count(CategoryConfirmation.message_id.distinct())
    return session.scalar(select(messages)) or 0


def history_of(session: Session, message_id: int) -> list[CategoryConfirmation]:
    """All that was ever said of a message, newest first."""
    query = (
        select(CategoryConfirmation)
        .where(CategoryConfirmation.message_id == message_id)
        .options(
            joinedload(CategoryConfirmation.category), joinedload(CategoryConfirmation.suggested)
        )
        .order_by(CategoryConfirmation.id.desc())
    )
    return list(session.scalars(query))
