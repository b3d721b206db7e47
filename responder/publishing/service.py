"""Verbs of publishing: the gate, the schedule, the entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from nlp import scripts
from responder.core.errors import GuardRefused, Invalid, NotFound
from responder.core.lifecycle import Attempt
from responder.core.office import public_lines
from responder.core.times import SHANGHAI, local, start_of_day
from responder.planning.briefing.answers import STANDINGS, Answer
from responder.publishing import rules
from responder.publishing.bundles.models import Bundle, BundleItem, BundleState
from responder.publishing.models import ChangeKind, ChangeState, Entry, EntryChange
from responder.publishing.webhooks.outbox import tell
from responder.responses import rules as response_rules
from responder.responses import service as responses
from responder.responses.lifecycle import FIELD_LABELS, outgoing
from responder.responses.models import ItemState, ResponseItem
from responder.responses.rules import PrivateData
from responder.settings import Settings
from responder.topics import service as topics


def gate(item: ResponseItem) -> list[PrivateData]:
    """All private data in what an item would publish; empty when it may go out."""
    return response_rules.private_data_in(outgoing(item), FIELD_LABELS, public_lines())


def schedule(session: Session, item: ResponseItem, publish_at: datetime, attempt: Attempt) -> None:
    """Set the hour at which a signed item goes out.

    :param publish_at: aware; not before the present minute, and at most two years ahead.
    :raises Invalid: the hour has passed, or is too far.
    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.advance`; the gate
        says in which field it found what.
    """
    if reason := rules.wrong_hour(publish_at, attempt.now):
        raise Invalid(reason, {"publish_at": reason})
    responses.mark_scheduled(session, item, publish_at, attempt)


def unschedule(session: Session, item: ResponseItem, attempt: Attempt) -> None:
    """Take the hour back; the item is signed again.

    :raises Forbidden, WrongState: as :meth:`Lifecycle.advance`.
    :raises GuardRefused: it waits for its hour with others.
    """
    _require_alone(session, item)
    responses.mark_unscheduled(session, item, attempt)


def publish(session: Session, item: ResponseItem, attempt: Attempt, settings: Settings) -> Entry:
    """Put a signed or scheduled item into the public column and stop the clocks that waited for it.

    Its texts are copied: what citizens have read does not change behind their backs.

    :raises Forbidden, WrongState, GuardRefused: as :func:`schedule`; or it waits for its
        hour with others.
    """
    _require_alone(session, item)
    return put_out(session, item, attempt, settings)


def put_out(session: Session, item: ResponseItem, attempt: Attempt, settings: Settings) -> Entry:
    """:func:`publish`, alone or with a bundle; whoever is to be told is noted."""
    responses.mark_published(session, item, attempt)
    entry = Entry(
        item=item,
        index_number=rules.index_number(item.id, attempt.now, settings.zone),
        title=item.title,
        concern=item.concern,
        concern_source=item.concern_source,
        unit_name=item.unit.name,
        answer=item.answer,
        answer_format=item.answer_format,
        publisher=settings.publisher_name,
        published_at=attempt.now,
    )
    session.add(entry)
    session.flush()
    tell(session, entry, attempt.now)
    return entry


def _require_alone(session: Session, item: ResponseItem) -> None:
    """What goes out together is moved together."""
    query = select(Bundle.name).where(*_waits_in_bundle(item.id))
    if name := session.scalar(query):
        raise GuardRefused(f"本事项随“{name}”成组发布：请在成组发布页面一起办理或取消")


def _waits_in_bundle(
    item_id: ColumnElement[int] | InstrumentedAttribute[int] | int,
) -> tuple[ColumnElement[bool], ...]:
    return (
        BundleItem.bundle_id == Bundle.id,
        BundleItem.item_id == item_id,
        Bundle.state == BundleState.SCHEDULED,
    )


def answers_published(session: Session, topic_ids: Sequence[int]) -> list[Answer]:
    """For the briefing pack: what has been published on these topics, newest first."""
    whose = topics.absorbed(session, topic_ids)
    query = (
        select(Entry, ResponseItem.topic_id)
        .join(Entry.item)
        .where(ResponseItem.topic_id.in_(whose))
        .order_by(Entry.published_at.desc(), Entry.id.desc())
        .options(selectinload(Entry.changes))
    )
    return [
        Answer(
            whose[topic_id],
            entry.texts.title,
            entry.texts.plain_answer,
            entry.unit_name,
            STANDINGS["published"],
            entry.published_at,
            entry.index_number,
            page=("publishing.show", {"entry_id": entry.id}),
        )
        for entry, topic_id in session.execute(query)
        if topic_id is not None and not entry.withdrawal
    ]


def due_ids(session: Session, now: datetime) -> list[int]:
    """The items whose hour has come, the one that waits longest first."""
    query = select(ResponseItem.id).where(*_is_due(now)).order_by(ResponseItem.publish_at)
    return list(session.scalars(query))


def publish_if_due(session: Session, item_id: int, attempt: Attempt, settings: Settings) -> bool:
    """Look again, now that the row is ours: another scheduler may have been faster.

    What the gate refuses goes back to be signed, with the reason in the trail.
    """
    query = select(ResponseItem).where(ResponseItem.id == item_id, *_is_due(attempt.now))
    item = session.scalar(query.with_for_update(skip_locked=True))
    if item is None:
        return False
    if reason := response_rules.gate_sentence(gate(item)):
        attempt = Attempt(attempt.actor, attempt.now, f"到点未发布：{reason}")
        responses.mark_unscheduled(session, item, attempt)
        return False
    publish(session, item, attempt, settings)
    return True


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        ResponseItem.state == ItemState.SCHEDULED,
        ResponseItem.publish_at <= now,
        ~exists().where(*_waits_in_bundle(ResponseItem.id)),
    )


def entries(q: str = "", year: int | None = None, zone: ZoneInfo = SHANGHAI) -> Select[Entry]:
    """The public column, newest first.

    :param q: words in either script (the first few: :func:`rules.sought`), searched in title,
        concern and answer, of each wording that stood; what was withdrawn is not found by words
        that nobody may read any more.
    :param year: of publication, by the clocks of ``zone``.
    """
    query = select(Entry).order_by(Entry.published_at.desc(), Entry.id.desc())
    query = query.options(selectinload(Entry.changes))
    words = rules.sought(q).words
    for word in words:
        query = query.where(_holds(Entry, word) | _told(ChangeKind.CORRECT, word))
    if words:
        query = query.where(~_told(ChangeKind.WITHDRAW))
    if year is not None:
        first, after = date(year, 1, 1), date(year + 1, 1, 1)
        query = query.where(
            Entry.published_at >= start_of_day(first, zone),
            Entry.published_at < start_of_day(after, zone),
        )
    return query


def _holds(record: type[Entry | EntryChange], word: str) -> ColumnElement[bool]:
    columns = (record.title, record.concern, record.answer)
    return or_(*(c.icontains(f, autoescape=True) for f in scripts(word) for c in columns))


def _told(kind: ChangeKind, word: str = "") -> ColumnElement[bool]:
    """Whether such a change of an entry is public; with a word, one that holds it."""
    conditions = [
        EntryChange.entry_id == Entry.id,
        EntryChange.kind == kind,
        EntryChange.state == ChangeState.RELEASED,
    ]
    if word:
        conditions.append(_holds(EntryChange, word))
    return exists().where(*conditions)


def latest(limit: int) -> Select[Entry]:
    """For feeds: what was published or changed last, first."""
    moved = func.coalesce(Entry.changed_at, Entry.published_at)
    query = select(Entry).order_by(moved.desc(), Entry.id.desc()).limit(limit)
    return query.options(
        selectinload(Entry.changes).joinedload(EntryChange.replacement),
        selectinload(Entry.replacing).joinedload(EntryChange.entry),
    )


def addresses(session: Session, limit: int) -> list[tuple[int, datetime]]:
    """Every entry's id and the moment of its last change, the newest entry first."""
    moved = func.coalesce(Entry.changed_at, Entry.published_at)
    query = select(Entry.id, moved).order_by(Entry.published_at.desc(), Entry.id.desc())
    return [(entry_id, moment) for entry_id, moment in session.execute(query.limit(limit))]


def years(session: Session, zone: ZoneInfo) -> list[int]:
    """The years of the column, newest first."""
    first = session.scalar(select(func.min(Entry.published_at)))
    last = session.scalar(select(func.max(Entry.published_at)))
    if first is None or last is None:
        return []
    return list(range(local(last, zone).year, local(first, zone).year - 1, -1))


def find_entry(session: Session, entry_id: int) -> Entry:
    """One entry of the column.

    :raises NotFound: no such entry.
    """
    entry = session.get(Entry, entry_id)
    if entry is None:
        raise NotFound("没有这条回应，或它已不再公开：请从公开栏目重新查找")
    return entry


def entry_of(session: Session, item_id: int) -> Entry | None:
    """The entry that an item became."""
    return session.scalar(select(Entry).where(Entry.item_id == item_id))
