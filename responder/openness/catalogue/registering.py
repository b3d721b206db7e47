"""Publications (公开信息) come into their columns: each once, none after a column's last day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import Session, joinedload

from responder.core.errors import Forbidden, Invalid, NotFound
from responder.core.lifecycle import Attempt
from responder.core.office import office_zone
from responder.core.permissions import Actor, Permission
from responder.core.texts import clean
from responder.core.times import local
from responder.core.versions import check_seen
from responder.openness.access import demand_sight, is_of
from responder.openness.catalogue.models import (
    CatalogueColumn,
    Publication,
    PublicationBatch,
    Way,
)
from responder.openness.links import checked_link
from responder.openness.years import EARLIEST

TITLE_CHARACTERS = 300
INDEX_CHARACTERS = 64
LOCK = 0x0B_11_CA  # of publications; only one batch is stored at a time
KNOWN = "这条信息已登记过"


@dataclass(frozen=True)
class Item:
    """Something published, as it comes in. Empty address and index number are None."""

    column_id: int
    title: str
    published_on: date
    url: str | None = None
    index_number: str | None = None
    own_key: str | None = None


class Known:
    """By what a register knows its items: index number, address, or title and day.

    The last two within a column: the same notice may stand in several.
    """

    def __init__(self) -> None:
        self._ids: dict[tuple[object, ...], int] = {}

    def has(self, item: Item) -> bool:
        return self.id_of(item) is not None

    def id_of(self, item: Item) -> int | None:
        """Which publication it is; 0 of one that is about to be stored."""
        return next((self._ids[key] for key in _keys(item) if key in self._ids), None)

    def add(self, item: Item, publication_id: int = 0) -> None:
        for key in _keys(item):
            self._ids.setdefault(key, publication_id)


def _keys(item: Item) -> Iterator[tuple[object, ...]]:
    if item.index_number is not None:
        yield ("index", item.index_number)
    if item.url is not None:
        yield ("url", item.column_id, item.url)
    yield ("title", item.column_id, item.published_on, item.title)


def known_among(
    session: Session, items: Sequence[Item], which: ColumnElement[bool] | None = None
) -> Known:
    """What the register has of some items; three queries, for at most some thousands of them.

    :param which: the publications that are asked; None: all.
    """
    known = Known()
    if not items:
        return known
    found = select(
        Publication.id, Publication.column_id, Publication.title, Publication.published_on,
        Publication.url, Publication.index_number,
    ).order_by(Publication.id)  # fmt: skip
    if which is not None:
        found = found.where(which)
    days = [one.published_on for one in items]
    conditions = (
        Publication.index_number.in_([one.index_number for one in items if one.index_number]),
        Publication.url.in_([one.url for one in items if one.url]),
        Publication.published_on.between(min(days), max(days))
        & Publication.column_id.in_({one.column_id for one in items}),
    )
    for condition in conditions:
        for row in session.execute(found.where(condition)):
            known.add(Item(*row[1:]), row.id)
    return known


def hold(session: Session) -> None:
    """Let nobody else store a batch until this transaction ends: two would know the same items
    as new. SQLite has only one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def store(session: Session, items: Iterable[Item], way: Way, now: datetime) -> list[Item]:
    """Store what is new of some items, in one statement; what was stored."""
    hold(session)
    wanted = list(items)
    known, new = known_among(session, wanted), []
    for item in wanted:
        if not known.has(item):
            known.add(item)
            new.append(item)
    if new:
        session.execute(
            insert(Publication),
            [
                {
                    "column_id": one.column_id, "title": one.title, "url": one.url,
                    "published_on": one.published_on, "index_number": one.index_number,
                    "own_key": one.own_key, "way": way, "registered_at": now,
                }
                for one in new
            ],
        )  # fmt: skip
    return new


def note_batch(
    session: Session, way: Way, name: str, counts: dict[str, int], attempt: Attempt
) -> PublicationBatch:
    """Say that many came in at once."""
    batch = PublicationBatch(
        way=way, name=name[:255], at=attempt.now, by_name=attempt.actor.name,
        rows=counts["rows"], created=counts["created"], duplicates=counts["duplicates"],
        errors=counts["errors"],
    )  # fmt: skip
    session.add(batch)
    session.flush()
    return batch


def may_register(actor: Actor, column: CatalogueColumn) -> bool:
    """The office registers everywhere, a unit in its own columns."""
    if actor.may(Permission.OPENNESS_EDIT):
        return True
    return actor.may(Permission.OPENNESS_REPORT) and is_of(actor, column.unit_id)


def demand_register(actor: Actor, column: CatalogueColumn) -> None:
    """:raises Forbidden: the column is another unit's."""
    if not may_register(actor, column):
        raise Forbidden(f"“{column.name}”由{column.unit.name}维护：请由该单位或政务公开办登记")


@dataclass(frozen=True)
class PublicationFacts:
    """A publication as somebody enters it."""

    column: CatalogueColumn
    title: str
    published_on: date
    url: str = ""
    index_number: str = ""


def register(session: Session, facts: PublicationFacts, attempt: Attempt) -> Publication:
    """Register one by hand.

    :raises Forbidden: the column is another unit's.
    :raises Invalid: a fact is missing or impossible, the column takes nothing of that day, or
        the item is known.
    """
    demand_register(attempt.actor, facts.column)
    hold(session)
    item = _checked(facts, attempt)
    if known_among(session, [item]).has(item):
        raise Invalid(f"{KNOWN}（索引号、网址或标题和日期相同）：请核对", {"title": "已登记"})
    publication = Publication(way=Way.MANUAL, registered_at=attempt.now)
    _put(publication, item)
    session.add(publication)
    session.flush()
    return publication


def change(
    session: Session, publication: Publication, facts: PublicationFacts, attempt: Attempt
) -> None:
    """Correct one, or move it to another column.

    :raises Forbidden, Invalid: as :func:`register`.
    """
    demand_register(attempt.actor, publication.column)
    demand_register(attempt.actor, facts.column)
    hold(session)
    item = _checked(facts, attempt)
    if known_among(session, [item], Publication.id != publication.id).has(item):
        raise Invalid(f"{KNOWN}（索引号、网址或标题和日期相同）：请核对", {"title": "已登记"})
    _put(publication, item)
    session.flush()


def remove(session: Session, publication: Publication, attempt: Attempt) -> None:
    """Take one out that was registered in error; the trail keeps what it was.

    :raises Forbidden: the person does not keep the catalogue.
    """
    if not attempt.actor.may(Permission.OPENNESS_EDIT):
        raise Forbidden("登记有误的信息由政务公开办删除：请联系他们")
    session.delete(publication)
    session.flush()


def find(session: Session, publication_id: int, actor: Actor) -> Publication:
    """:raises NotFound: no such publication.
    :raises Forbidden: it stands in a column of another unit.
    """
    query = select(Publication).where(Publication.id == publication_id)
    found = session.scalar(
        query.options(joinedload(Publication.column).joinedload(CatalogueColumn.unit))
    )
    if found is None:
        raise NotFound("没有这条信息，或已被删除：请从栏目页面重新进入")
    demand_sight(actor, found.column.unit_id)
    return found


def find_to_change(
    session: Session, publication_id: int, actor: Actor, version: int | None
) -> Publication:
    """The same, held until the transaction ends, as somebody had it before them.

    :raises NotFound, Forbidden: as :func:`find`.
    :raises Stale: it has changed since.
    """
    find(session, publication_id, actor)
    query = select(Publication).where(Publication.id == publication_id)
    held = session.scalars(
        query.with_for_update(of=Publication).execution_options(populate_existing=True)
    ).one()
    check_seen(held, version)
    return held


def day_refusal(column: CatalogueColumn, day: date, today: date) -> str | None:
    """Why a column takes nothing of a day, and what to do; None where it does."""
    if day > today:
        return f"发布日期 {day} 晚于今天：请改正"
    if day.year < EARLIEST:
        return f"发布日期 {day} 早于 {EARLIEST} 年：请核对年份"
    if not column.takes(day):
        return f"栏目“{column.name}”已于 {column.valid_to} 停用，不收此后发布的信息：请改用别的栏目"
    return None


def _checked(facts: PublicationFacts, attempt: Attempt) -> Item:
    title = " ".join(clean(facts.title).split())
    index_number = " ".join(clean(facts.index_number).split())
    if not title:
        raise Invalid("请填写标题", {"title": "必填"})
    if len(title) > TITLE_CHARACTERS:
        raise Invalid(f"标题最多 {TITLE_CHARACTERS} 字：请缩短", {"title": "太长"})
    if len(index_number) > INDEX_CHARACTERS:
        raise Invalid(f"索引号最多 {INDEX_CHARACTERS} 字：请核对", {"index_number": "太长"})
    today = local(attempt.now, office_zone()).date()
    if reason := day_refusal(facts.column, facts.published_on, today):
        raise Invalid(reason, {"published_on": "不能收"})
    url = checked_link(facts.url, "url")
    return Item(facts.column.id, title, facts.published_on, url or None, index_number or None)


def _put(publication: Publication, item: Item) -> None:
    publication.column_id = item.column_id
    publication.title, publication.published_on = item.title, item.published_on
    publication.url, publication.index_number = item.url, item.index_number
