"""The register of trainings and meetings: entered, changed, deleted with a reason, counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from responder.accounts.models import Unit
from responder.core import audit
from responder.core.errors import Forbidden, GuardRefused, Invalid, NotFound
from responder.core.lifecycle import Attempt
from responder.core.office import office_zone
from responder.core.permissions import Actor, Permission
from responder.core.texts import clean
from responder.core.times import local
from responder.core.versions import check_seen
from responder.intake.imports.uploads import safe_name
from responder.openness.access import own_rows
from responder.openness.trainings.models import Occasion, OccasionFile, OccasionKind
from responder.openness.years import check_year
from responder.planning.events.files import Kept

MOST_FILES = 20
LINES = ("title", "place", "lecturers", "minutes_number", "remark")


@dataclass(frozen=True)
class OccasionFacts:
    """What the office enters. ``organiser`` None: the office itself."""

    kind: OccasionKind
    held_on: date
    title: str
    place: str = ""
    organiser: Unit | None = None
    lecturers: str = ""
    attendance: int | None = None
    units: int | None = None
    contents: str = ""
    minutes_number: str = ""
    remark: str = ""


@dataclass(frozen=True)
class YearCounts:
    """What was held in a year, of one kind or in all.

    :param people: of those occasions whose attendance was counted; ``uncounted``: of how many it
        was not.
    """

    held: int
    people: int
    uncounted: int


def create_occasion(session: Session, facts: OccasionFacts, attempt: Attempt) -> Occasion:
    """Enter what was held.

    :raises Forbidden: somebody who does not keep the register.
    :raises Invalid: a fact is missing, or the day has not come.
    """
    require_office(attempt)
    occasion = Occasion(created_at=attempt.now, edits=0)
    _put(occasion, facts, attempt)
    session.add(occasion)
    session.flush()
    return occasion


def edit_occasion(
    session: Session, occasion: Occasion, facts: OccasionFacts, attempt: Attempt
) -> None:
    """:raises Forbidden, Invalid: as :func:`create_occasion`."""
    require_office(attempt)
    _put(occasion, facts, attempt)
    session.flush()


def remove_occasion(session: Session, occasion: Occasion, attempt: Attempt) -> None:
    """Take an entry out; the trail keeps what it said, and why it went.

    :raises Forbidden: somebody who does not keep the register.
    :raises GuardRefused: no reason is given.
    """
    require_office(attempt)
    if not attempt.note.strip():
        raise GuardRefused("请写明删除的理由", {"note": "必填"})
    audit.record(session, "remove", occasion, {}, attempt.note.strip(), attempt.actor)
    session.delete(occasion)
    session.flush()


def add_file(
    session: Session, occasion: Occasion, kept: Kept, name: str, media_type: str, attempt: Attempt
) -> OccasionFile:
    """Enter a content that has been put away among the files of an occasion.

    :raises Forbidden: somebody who does not keep the register.
    :raises GuardRefused: there are many already.
    """
    require_office(attempt)
    if len(occasion.files) >= MOST_FILES:
        raise GuardRefused(f"一次培训或会议最多 {MOST_FILES} 个附件：请先删除不需要的")
    file = OccasionFile(
        name=safe_name(name), media_type=media_type, size=kept.size, digest=kept.digest,
        added_at=attempt.now, added_by_name=attempt.actor.name,
    )  # fmt: skip
    occasion.files.append(file)
    occasion.edits += 1
    session.flush()
    return file


def remove_file(session: Session, file: OccasionFile, attempt: Attempt) -> None:
    """:raises Forbidden: somebody who does not keep the register."""
    require_office(attempt)
    file.occasion.edits += 1
    file.occasion.files.remove(file)
    session.flush()


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Which occasions somebody may know of: the office all, a unit what it has held."""
    return own_rows(actor, Occasion.organiser_id == (actor.unit_id or 0))


def of_year(year: int) -> ColumnElement[bool]:
    return Occasion.held_on.between(date(year, 1, 1), date(year, 12, 31))


def find(session: Session, occasion_id: int, actor: Actor) -> Occasion:
    """:raises NotFound: no such occasion, or none that this person may know of."""
    query = select(Occasion).where(Occasion.id == occasion_id, visible_to(actor))
    found = session.scalar(query.options(selectinload(Occasion.files)))
    if found is None:
        raise NotFound("没有这次培训或会议，或它由其他单位举办：请从列表重新进入")
    return found


def find_to_change(
    session: Session, occasion_id: int, actor: Actor, version: int | None
) -> Occasion:
    """The same, held until the transaction ends, as somebody had it before them.

    :raises NotFound: as :func:`find`.
    :raises Stale: it has changed since.
    """
    find(session, occasion_id, actor)
    query = select(Occasion).where(Occasion.id == occasion_id)
    held = session.scalars(
        query.with_for_update(of=Occasion).execution_options(populate_existing=True)
    ).one()
    check_seen(held, version)
    return held


def find_file(session: Session, file_id: int) -> OccasionFile:
    """:raises NotFound: no such file."""
    found = session.get(OccasionFile, file_id)
    if found is None:
        raise NotFound("没有这个附件，或已被删除：请刷新页面")
    return found


def listed(actor: Actor, year: int, kind: OccasionKind | None = None) -> Select[Occasion]:
    """What was held in a year, the last first."""
    query = select(Occasion).where(of_year(year), visible_to(actor))
    if kind is not None:
        query = query.where(Occasion.kind == kind)
    options = joinedload(Occasion.organiser), selectinload(Occasion.files)
    return query.order_by(Occasion.held_on.desc(), Occasion.id.desc()).options(*options)


def counts(session: Session, actor: Actor, year: int) -> dict[OccasionKind, YearCounts]:
    """How many of each kind were held in a year, of those that somebody sees."""
    query = (
        select(
            Occasion.kind,
            func.count().label("held"),
            func.coalesce(func.sum(Occasion.attendance), 0).label("people"),
            (func.count() - func.count(Occasion.attendance)).label("uncounted"),
        )
        .where(of_year(year), visible_to(actor))
        .group_by(Occasion.kind)
    )
    found = {
        row.kind: YearCounts(row.held, int(row.people), row.uncounted)
        for row in session.execute(query)
    }
    return {kind: found.get(kind, YearCounts(0, 0, 0)) for kind in OccasionKind}


def years(session: Session, actor: Actor) -> list[int]:
    """The years in which something was held of which somebody may know."""
    days = session.scalars(select(Occasion.held_on).where(visible_to(actor)).distinct())
    return sorted({day.year for day in days})


def require_office(attempt: Attempt) -> None:
    """:raises Forbidden: somebody who does not keep the register."""
    if not attempt.actor.may(Permission.OPENNESS_EDIT):
        raise Forbidden("培训和会议由政务公开办登记：请联系政务公开办办理")


def _put(occasion: Occasion, facts: OccasionFacts, attempt: Attempt) -> None:
    texts = {name: " ".join(clean(getattr(facts, name)).split()) for name in LINES}
    if not texts["title"]:
        raise Invalid("请填写名称，例如“全市政务公开业务培训”", {"title": "必填"})
    check_day(facts.held_on, local(attempt.now, office_zone()).date())
    for name, text in texts.items():
        setattr(occasion, name, text)
    occasion.kind, occasion.held_on = facts.kind, facts.held_on
    occasion.organiser = facts.organiser
    occasion.organiser_id = facts.organiser.id if facts.organiser else None
    occasion.attendance, occasion.units = facts.attendance, facts.units
    occasion.contents = clean(facts.contents).strip()


def check_day(held_on: date, today: date) -> None:
    """:raises Invalid: nothing can have been held on this day."""
    check_year(held_on.year)
    if held_on > today:
        raise Invalid(
            f"{held_on} 还没有到：这里登记已经举办的，请举办后再登记", {"held_on": "日期未到"}
        )
