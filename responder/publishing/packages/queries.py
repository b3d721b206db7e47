"""Questions on packages: who sees which, what stands where, of what to remind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, false, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from responder.core.clocks import ClockRule, Deadline, deadline
from responder.core.errors import Forbidden, NotFound
from responder.core.permissions import Actor, Permission
from responder.core.times import local
from responder.core.versions import check_seen
from responder.core.work_calendar import load_calendar
from responder.publishing.packages import rules
from responder.publishing.packages.lifecycle import UNRELEASED
from responder.publishing.packages.models import (
    Duty,
    Material,
    PackageState,
    PlanLine,
    PolicyPackage,
    ReturnSlip,
)
from responder.publishing.packages.rules import Reminder

CLOCK = "policy_interpretation"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Which packages somebody may know of: the office all, a unit those that it drafts."""
    if actor.may(Permission.PACKAGE_READ):
        return true()
    if actor.may(Permission.PACKAGE_PROPOSE) and actor.unit_id is not None:
        return PolicyPackage.unit_id == actor.unit_id
    return false()


def find(session: Session, package_id: int, actor: Actor) -> PolicyPackage:
    """:raises NotFound: no such package, or none that this person may know of."""
    query = select(PolicyPackage).where(PolicyPackage.id == package_id, visible_to(actor))
    package = session.scalar(query)
    if package is None:
        raise NotFound("没有这个文件包，或它属于其他单位：请从政策文件列表重新进入")
    return package


def find_to_change(
    session: Session, package_id: int, actor: Actor, version: int | None
) -> PolicyPackage:
    """The same, held until the transaction ends, as somebody had it before them.

    :raises NotFound: as :func:`find`.
    :raises Stale: it has changed since.
    """
    find(session, package_id, actor)
    query = select(PolicyPackage).where(PolicyPackage.id == package_id)
    held = session.scalars(
        query.with_for_update(of=PolicyPackage).execution_options(populate_existing=True)
    ).one()
    check_seen(held, version)
    return held


def find_slip(session: Session, slip_id: int, actor: Actor) -> ReturnSlip:
    """:raises NotFound: no such slip, or of a package that this person may not know of."""
    query = select(ReturnSlip).join(ReturnSlip.package)
    slip = session.scalar(query.where(ReturnSlip.id == slip_id, visible_to(actor)))
    if slip is None:
        raise NotFound("没有这张退件单，或它属于其他单位：请从政策文件页面重新进入")
    return slip


@dataclass(frozen=True)
class Wanted:
    """What a list of packages is asked for; nothing means all.

    :param first_day: of the days that documents are planned to go out on, like ``last_day``.
    """

    state: PackageState | None = None
    unit_id: int | None = None
    text: str = ""
    first_day: date | None = None
    last_day: date | None = None


def listed(actor: Actor, wanted: Wanted = Wanted()) -> Select[PolicyPackage]:
    """What somebody sees, what is still to go out first, by its date."""
    done = PolicyPackage.state.in_((PackageState.RELEASED, PackageState.WITHDRAWN))
    query = select(PolicyPackage).where(visible_to(actor))
    if wanted.state is not None:
        query = query.where(PolicyPackage.state == wanted.state)
    if wanted.unit_id is not None:
        query = query.where(PolicyPackage.unit_id == wanted.unit_id)
    if wanted.text:
        query = query.where(
            PolicyPackage.title.contains(wanted.text, autoescape=True)
            | PolicyPackage.document_number.contains(wanted.text, autoescape=True)
        )
    if wanted.first_day is not None:
        query = query.where(PolicyPackage.planned_on >= wanted.first_day)
    if wanted.last_day is not None:
        query = query.where(PolicyPackage.planned_on <= wanted.last_day)
    return query.order_by(done, PolicyPackage.planned_on, PolicyPackage.id).options(
        joinedload(PolicyPackage.unit), *PARTS
    )


PARTS = (
    selectinload(PolicyPackage.gates),
    selectinload(PolicyPackage.files),
    selectinload(PolicyPackage.plan).joinedload(PlanLine.column),
    selectinload(PolicyPackage.materials).joinedload(Material.column),
)


def reminders(
    session: Session, actor: Actor, now: datetime, zone: ZoneInfo, days: int
) -> list[Reminder[PolicyPackage]]:
    """The packages of this person that go out soon and are not complete."""
    query = select(PolicyPackage).where(visible_to(actor), PolicyPackage.state.in_(UNRELEASED))
    packages = session.scalars(query.options(joinedload(PolicyPackage.unit), *PARTS)).unique()
    today = local(now, zone).date()
    return rules.reminders_due(packages, today, load_calendar(session), days)


def interpretation_due(
    session: Session, package: PolicyPackage, zone: ZoneInfo
) -> tuple[ClockRule, Deadline] | None:
    """Until when a document that went out alone must be interpreted; None where nothing is owed.

    Reckoned by the calendar and the rule as they are now.
    """
    document = package.document
    if package.duty is not Duty.LATER or document is None or document.standing:
        return None
    rule = session.scalar(select(ClockRule).where(ClockRule.code == CLOCK))
    if rule is None or document.withdrawal is not None:
        return None
    calendar = load_calendar(session)
    return rule, deadline(document.published_at, rule.length, rule.unit, calendar, zone)


def require_new(actor: Actor) -> None:
    """:raises Forbidden: a liaison who belongs to no unit can propose nothing."""
    if not actor.may(Permission.PACKAGE_EDIT) and actor.unit_id is None:
        raise Forbidden("您的账号没有所属单位：请系统管理员在“人员”里补上，再报送政策文件")
