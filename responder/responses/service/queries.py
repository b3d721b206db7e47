"""Questions about response items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from nlp import scripts
from responder.core.errors import NotFound, Stale
from responder.core.lifecycle import Attempt
from responder.core.permissions import Actor
from responder.planning.briefing.answers import Answer
from responder.responses import rules
from responder.responses.consulting.service import wordings_now
from responder.responses.lifecycle import NEXT_STEPS, PERSONAL_GUARDS, RESPONSE_ITEM
from responder.responses.models import (
    FILED,
    SETTLED,
    Draft,
    ItemClock,
    ItemPause,
    ItemState,
    ResponseItem,
)
from responder.responses.service.opening import Prefill
from responder.responses.sourcing.service import items_of_message, with_reports
from responder.topics.service import absorbed

# Who wrote which version, without the texts, of which there may be many and long ones.
_AUTHORS = selectinload(ResponseItem.drafts).load_only(Draft.number, Draft.author_id)


# Clocks that run, of items that somebody works on; to be joined with the item.
_RUNS = (
    ItemClock.stopped_at.is_(None),
    ~exists().where(ItemPause.clock_id == ItemClock.id, ItemPause.until.is_(None)),
    ResponseItem.state.not_in(FILED),
)

# The guards that look at persons read no clock.
_NO_MOMENT = datetime.min.replace(tzinfo=UTC)


def find_item(session: Session, item_id: int) -> ResponseItem:
    """One item.

    :raises NotFound: no such item.
    """
    return _found(session.get(ResponseItem, item_id))


def find_item_with_authors(session: Session, item_id: int) -> ResponseItem:
    """One item to be shown, its versions without their texts.

    :raises NotFound: no such item.
    """
    return _found(session.get(ResponseItem, item_id, options=[_AUTHORS]))


def find_item_as_seen(session: Session, item_id: int, version: int | None) -> ResponseItem:
    """One item on which somebody decides, as they had it before them.

    :param version: ``version_id`` on their page; None when the page told none.
    :raises NotFound: no such item.
    :raises Stale: it has changed since, or nobody knows what was seen.
    """
    item = _found(session.get(ResponseItem, item_id, options=[_AUTHORS]))
    if version != item.version_id:
        raise Stale("您打开页面之后，本事项已有变化：请刷新页面，看过最新内容再办理")
    return item


def _found(item: ResponseItem | None) -> ResponseItem:
    if item is None:
        raise NotFound("没有这个回应事项：请从回应事项列表重新进入")
    return item


def board(
    state: ItemState | None = None, unit_id: int | None = None, q: str = ""
) -> Select[ResponseItem]:
    """Items by what runs out first; those without a running clock follow, newest first.

    :param q: words in either script, searched in title, concern and answer.
    """
    ends = _earliest_ends()
    query = (
        select(ResponseItem)
        .outerjoin(ends, ends.c.item_id == ResponseItem.id)
        .where(*_conditions(unit_id, q))
        .order_by(ends.c.due_at.is_(None), ends.c.due_at, ResponseItem.opened_at.desc())
        .order_by(ResponseItem.id.desc())
        .options(joinedload(ResponseItem.unit), selectinload(ResponseItem.clocks))
    )
    return query if state is None else query.where(ResponseItem.state == state)


def ends_at() -> ScalarSelect[datetime]:
    """When an item's next clock runs out."""
    ends = select(func.min(ItemClock.due_at)).where(ItemClock.item_id == ResponseItem.id, *_RUNS)
    return ends.correlate(ResponseItem).scalar_subquery()


def first_of_each_state(
    session: Session, count: int, unit_id: int | None = None, state: ItemState | None = None
) -> list[ResponseItem]:
    """The most urgent items of each state, in the order of the board, ready for a look at who
    may take their next step.

    :param count: how many of each; ``state``: of this one alone.
    """
    ends = _earliest_ends()
    conditions = _conditions(unit_id, "")
    if state is not None:
        conditions.append(ResponseItem.state == state)
    order = (ends.c.due_at.is_(None), ends.c.due_at, ResponseItem.opened_at.desc())
    place = func.row_number().over(
        partition_by=ResponseItem.state, order_by=(*order, ResponseItem.id.desc())
    )
    placed = (
        select(ResponseItem.id, place.label("place"))
        .outerjoin(ends, ends.c.item_id == ResponseItem.id)
        .where(*conditions)
        .subquery("placed")
    )
    query = (
        board()
        .join(placed, placed.c.id == ResponseItem.id)
        .where(placed.c.place <= count)
        .options(_AUTHORS, selectinload(ResponseItem.reviews))
    )
    return list(session.scalars(query))


def find_several(session: Session, item_ids: Sequence[int]) -> list[ResponseItem]:
    """Some items, ready for a look at what may be done with them, in the order of the board."""
    query = (
        board()
        .where(ResponseItem.id.in_(item_ids))
        .options(
            _AUTHORS,
            selectinload(ResponseItem.reviews),
            selectinload(ResponseItem.comments),
            selectinload(ResponseItem.judgements),
        )
    )
    return list(session.scalars(query))


def counts_by_state(
    session: Session, unit_id: int | None = None, q: str = ""
) -> dict[ItemState, int]:
    """How many items stand where; every state is named."""
    query = (
        select(ResponseItem.state, func.count())
        .where(*_conditions(unit_id, q))
        .group_by(ResponseItem.state)
    )
    found = dict(session.execute(query).all())
    return {state: found.get(state, 0) for state in ItemState}


def waiting_for(session: Session, actor: Actor, absent: Sequence[Actor] = ()) -> list[ResponseItem]:
    """The items whose next step this person may take, most urgent first.

    :param absent: those for whom this person stands in.
    """
    names = (None, *absent)
    steps = {
        state
        for transition in RESPONSE_ITEM.transitions
        for state in transition.sources
        if transition.action in NEXT_STEPS
        and any(_in_the_name_of(actor, name).may(transition.permission) for name in names)
    }
    if not steps:
        return []
    query = (
        board()
        .where(ResponseItem.state.in_(steps))
        .options(_AUTHORS, selectinload(ResponseItem.reviews))
    )
    attempts = [_in_the_name_of(actor, name) for name in names]
    return [item for item in session.scalars(query) if waits_for(item, attempts)]


def waits_for(item: ResponseItem, attempts: Sequence[Attempt]) -> bool:
    """Whether somebody may take the next step of an item, in one name or another.

    A step counts when no guard refuses the *person*. An unfinished text waits too: for
    its editor to finish it, for its reviewer to return it.
    """
    return any(
        attempt.may(step.permission)
        and not any(guard(item, attempt) for guard in step.guards if guard in PERSONAL_GUARDS)
        for step in RESPONSE_ITEM.transitions
        if step.action in NEXT_STEPS and item.state in step.sources
        for attempt in attempts
    )


def _in_the_name_of(actor: Actor, absent: Actor | None) -> Attempt:
    return Attempt(actor, _NO_MOMENT, on_behalf_of=absent)


def due(session: Session, limit: int | None = None) -> list[ItemClock]:
    """The clocks that run, earliest end first.

    Not those that are suspended; and nobody works on what is filed away.
    """
    query = (
        select(ItemClock)
        .join(ItemClock.item)
        .where(*_RUNS)
        .order_by(ItemClock.due_at, ItemClock.id)
        .options(
            contains_eager(ItemClock.item).joinedload(ResponseItem.unit),
            joinedload(ItemClock.rule),
        )
        .limit(limit)
    )
    return list(session.scalars(query))


def running_ends(session: Session) -> list[datetime]:
    """When the clocks of :func:`due` end, for a page that only counts them."""
    query = select(ItemClock.due_at).join(ItemClock.item).where(*_RUNS)
    return list(session.scalars(query))


def next_clock(item: ResponseItem) -> ItemClock | None:
    """The running clock that ends first, or None when none runs or the item is filed away."""
    if item.state in FILED:
        return None
    running = [clock for clock in item.clocks if clock.runs]
    return min(running, key=lambda clock: clock.due_at, default=None)


def is_suspended(item: ResponseItem) -> bool:
    """Whether somebody works on it and its clocks wait, every one that has not stopped."""
    open_ = [clock for clock in item.clocks if clock.stopped_at is None]
    return bool(open_) and item.state not in FILED and next_clock(item) is None


def items_of_topic(session: Session, topic_id: int) -> list[ResponseItem]:
    """The items opened from one topic or from what was merged into it, newest first."""
    query = board().where(ResponseItem.topic_id.in_(absorbed(session, [topic_id])))
    return list(session.scalars(query.order_by(None).order_by(ResponseItem.id.desc())))


def items_like(session: Session, known: Prefill) -> list[ResponseItem]:
    """What there is already of what a new item would be opened from, newest first."""
    found = items_of_topic(session, known.topic.id) if known.topic else []
    if known.message is not None:
        found += items_of_message(session, known.message.id)
    return sorted(set(found), key=lambda item: -item.id)


def items_of_event(session: Session, event_id: int) -> list[ResponseItem]:
    """The items that are answered at one press event, newest first."""
    query = board().where(ResponseItem.event_id == event_id)
    return list(session.scalars(query.order_by(None).order_by(ResponseItem.id.desc())))


def answered_topics(session: Session) -> dict[int, datetime]:
    """Ids of the topics from which an item was opened → when the last one was."""
    query = (
        select(ResponseItem.topic_id, func.max(ResponseItem.opened_at))
        .where(ResponseItem.topic_id.is_not(None))
        .group_by(ResponseItem.topic_id)
    )
    return {topic_id: opened for topic_id, opened in session.execute(query) if topic_id}


def answered_query() -> Select[int | None]:
    """Selects the ids of the topics that an item answers, or will, for queries of other rooms.

    What was closed without a public answer answers none: its topic comes back when it is hotter.
    """
    return select(ResponseItem.topic_id).where(
        ResponseItem.topic_id.is_not(None), ResponseItem.state != ItemState.CLOSED
    )


def answers_in_hand(session: Session, topic_ids: Sequence[int]) -> list[Answer]:
    """For the briefing pack: the items of these topics that are not out yet, newest first.

    What is out is told by publishing, in the words that citizens read. Of what answers a report
    neither title nor wording is told: a pack goes to the unit, which may be the one reported on.
    """
    whose = absorbed(session, topic_ids)
    query = (
        select(ResponseItem)
        .where(ResponseItem.topic_id.in_(whose), ResponseItem.state.not_in(SETTLED))
        .order_by(ResponseItem.id.desc())
        .options(joinedload(ResponseItem.unit))
    )
    items = session.scalars(query).all()
    reported = with_reports(session, items)
    wordings = wordings_now(session, [item.id for item in items if item.id not in reported])
    return [
        Answer(
            whose[item.topic_id],
            f"第 {item.id} 号事项" if item.id in reported else item.title,
            "",  # nothing of it may be said yet
            item.unit.name,
            RESPONSE_ITEM.states[item.state],
            wording=wordings.get(item.id, ""),
            page=("responses.show", {"item_id": item.id}),
        )
        for item in items
        if item.topic_id is not None
    ]


def _earliest_ends() -> Subquery:
    return (
        select(ItemClock.item_id, func.min(ItemClock.due_at).label("due_at"))
        .join(ItemClock.item)
        .where(*_RUNS)
        .group_by(ItemClock.item_id)
        .subquery("earliest_end")
    )


def _conditions(unit_id: int | None, q: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if unit_id is not None:
        conditions.append(ResponseItem.unit_id == unit_id)
    columns = (ResponseItem.title, ResponseItem.concern, ResponseItem.answer)
    for word in rules.clean(q).split():
        found = (c.icontains(form, autoescape=True) for form in scripts(word) for c in columns)
        conditions.append(or_(*found))
    return conditions
