"""Making warnings: each step of each running clock once, whatever restarts and however many run."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from responder.core.clocks import ClockRule, Unit
from responder.core.times import local
from responder.core.work_calendar import load_calendar
from responder.openness.applications.models import Application
from responder.orders.models import WorkOrder
from responder.responses.models import Draft, ResponseItem
from responder.warnings import rules, settings
from responder.warnings.audience import Directory, Matter, Told
from responder.warnings.models import (
    ClockWarning,
    DeliveryState,
    MailAddress,
    Subject,
    WarningChannel,
    WarningDelivery,
    WarningStep,
)
from responder.warnings.rules import Come, Office
from responder.warnings.running import Key, RunningClock, running

_S = DeliveryState
# Of a warning that has ended nothing more is sent; what was read stays read.
_UNSENT = (_S.PENDING, _S.FAILED)


def raise_warnings(session: Session, now: datetime, zone: ZoneInfo) -> int:
    """Warn of every step that has come, and end what no longer holds; how many are new."""
    clocks = running(session)
    end_those_over(session, clocks, now)
    steps = _Steps.of(session)
    office = Office(load_calendar(session), settings.current(session).quiet, zone)
    last = _last_said(session, clocks.values())
    news = []
    for clock in clocks.values():
        said, holds = last.get((*clock.key, clock.due_at), (None, False))
        come = rules.latest(steps.moments(clock, office), clock.started_at, said, now)
        if come is not None:
            news.append((clock, come))
        elif said is not None and not holds:
            hold_again(session, clock, said, office, now)
    return _store(session, news, office, now) if news else 0


def end_those_over(session: Session, clocks: dict[Key, RunningClock], now: datetime) -> None:
    """What was answered, suspended or moved is no longer said, nor sent."""
    query = select(
        ClockWarning.id, ClockWarning.subject, ClockWarning.clock_id, ClockWarning.due_at
    )
    over = [
        one
        for one, subject, clock_id, due_at in session.execute(
            query.where(ClockWarning.ended_at.is_(None))
        )
        if (clock := clocks.get((subject, clock_id))) is None or clock.due_at != due_at
    ]
    end(session, over, now)


def end(session: Session, warning_ids: Collection[int], now: datetime) -> None:
    """Nobody need look at these any more, and nobody is sent them from now on."""
    if not warning_ids:
        return
    # Deliveries first, as whoever sends locks them: two at once do not wait for each other.
    session.execute(
        update(WarningDelivery)
        .where(WarningDelivery.warning_id.in_(warning_ids), WarningDelivery.state.in_(_UNSENT))
        .values(state=_S.WITHDRAWN)
    )
    session.execute(
        update(ClockWarning)
        .where(ClockWarning.id.in_(warning_ids), ClockWarning.ended_at.is_(None))
        .values(ended_at=now)
    )


def hold_again(
    session: Session, clock: RunningClock, said: datetime, office: Office, now: datetime
) -> None:
    """A clock runs on to the end it had: what was said of it last holds again.

    As after a pause within one day, or an answer that was sent back. What went out is not sent
    anew; what was taken back before it did waits again, and over quiet hours as if new.
    """
    latest = (
        select(ClockWarning.id, WarningStep.may_wait)
        .join(ClockWarning.step)
        .where(
            ClockWarning.subject == clock.subject,
            ClockWarning.clock_id == clock.clock_id,
            ClockWarning.due_at == clock.due_at,
            ClockWarning.planned_at == said,
        )
    )
    for one, may_wait in session.execute(latest).all():
        send_from = _send_from(clock, may_wait, office, now)
        session.execute(
            update(WarningDelivery)
            .where(WarningDelivery.warning_id == one, WarningDelivery.state == _S.WITHDRAWN)
            .values(state=_S.PENDING, send_from=send_from)
        )
        session.execute(update(ClockWarning).where(ClockWarning.id == one).values(ended_at=None))


def _send_from(clock: RunningClock, may_wait: bool, office: Office, now: datetime) -> datetime:
    waits = rules.may_wait(may_wait, clock.unit, clock.rule_length)
    return rules.send_from(now, clock.due_at, waits, office)


@dataclass
class _Steps:
    """The office's steps: those of a rule, or else those of its unit."""

    of_rule: dict[int, list[WarningStep]]
    of_unit: dict[Unit, list[WarningStep]]
    placed: dict[tuple[int, Unit, int, datetime], list[Come]]

    @classmethod
    def of(cls, session: Session) -> _Steps:
        found = cls(defaultdict(list), defaultdict(list), {})
        for step in session.scalars(select(WarningStep).where(WarningStep.active)):
            if step.rule_id is None:
                found.of_unit[step.unit].append(step)
            else:
                found.of_rule[step.rule_id].append(step)
        return found

    def moments(self, clock: RunningClock, office: Office) -> Iterable[Come]:
        for step in self.of_rule.get(clock.rule_id) or self.of_unit.get(clock.unit, []):
            # Thousands of clocks end on the same few days.
            place = (step.id, clock.unit, clock.length, clock.due_at)
            if place not in self.placed:
                self.placed[place] = [
                    Come(step.id, number, at, step.severity)
                    for number, at in rules.planned(
                        step, clock.unit, clock.length, clock.due_at, office
                    )
                ]
            yield from self.placed[place]


def _last_said(
    session: Session, clocks: Iterable[RunningClock]
) -> dict[tuple[Subject, int, datetime], tuple[datetime, bool]]:
    """(whose, clock, end) → the moment of the latest step said of it, and whether one holds."""
    ends = {clock.due_at for clock in clocks}
    if not ends:
        return {}
    query = (
        select(
            ClockWarning.subject,
            ClockWarning.clock_id,
            ClockWarning.due_at,
            func.max(ClockWarning.planned_at),
            func.count() > func.count(ClockWarning.ended_at),
        )
        .where(ClockWarning.due_at >= min(ends))
        .group_by(ClockWarning.subject, ClockWarning.clock_id, ClockWarning.due_at)
    )
    return {
        (subject, clock, due): (at, bool(holds))
        for subject, clock, due, at, holds in session.execute(query)
    }


def _store(
    session: Session, news: Sequence[tuple[RunningClock, Come]], office: Office, now: datetime
) -> int:
    directory = Directory.read(session, now, local(now, office.zone).date())
    posts = _Posts.of(session)
    matters = _matters(session, [clock for clock, _come in news])
    steps = {step.id: step for step in session.scalars(select(WarningStep))}
    count = 0
    for clock, come in news:
        matter, step = matters[clock.subject, clock.subject_id], steps[come.step_id]
        warning = ClockWarning(
            subject=clock.subject,
            subject_id=clock.subject_id,
            clock_id=clock.clock_id,
            rule_id=clock.rule_id,
            step_id=step.id,
            due_at=clock.due_at,
            number=come.number,
            planned_at=come.at,
            severity=step.severity,
            raised_at=now,
        )
        told = directory.audience(clock, matter, step.escalates)
        send_from = _send_from(clock, step.may_wait, office, now)
        warning.deliveries = posts.deliveries(told, _unit_of(matter), now, send_from)
        count += _keep(session, warning, now)
    return count


def _keep(session: Session, warning: ClockWarning, now: datetime) -> bool:
    """Store a warning, in place of what was said before, unless somebody else just has."""
    try:
        with session.begin_nested():
            session.add(warning)
    except IntegrityError:
        return False
    earlier = select(ClockWarning.id).where(
        ClockWarning.subject == warning.subject,
        ClockWarning.clock_id == warning.clock_id,
        ClockWarning.ended_at.is_(None),
        ClockWarning.id != warning.id,
    )
    end(session, session.scalars(earlier).all(), now)
    return True


@dataclass(frozen=True)
class _Posts:
    """Where warnings can go: people's mail and the office's robots."""

    channels: Sequence[WarningChannel]
    with_address: frozenset[int]

    @classmethod
    def of(cls, session: Session) -> _Posts:
        channels = session.scalars(select(WarningChannel).where(WarningChannel.active)).all()
        return cls(channels, frozenset(session.scalars(select(MailAddress.user_id))))

    def deliveries(
        self, told: Sequence[Told], unit_id: int | None, now: datetime, send_from: datetime
    ) -> list[WarningDelivery]:
        """A line for each person and robot. On their own page people look when they like.

        A robot of all hears of it even when there is nobody to tell.
        """
        found = [_on_page(one, now) for one in told]
        for channel in self.channels:
            theirs = [one for one in told if _serves(channel, one)]
            if channel.by_mail:
                reached = [one for one in theirs if one.user.id in self.with_address]
                found += [_to_send(send_from, channel, one) for one in reached]
            elif (theirs or not channel.roles) and channel.unit_id in (None, unit_id):
                found.append(_to_send(send_from, channel))
        once: dict[str, WarningDelivery] = {}
        for delivery in found:  # two servers for mail are no reason to say it twice
            once.setdefault(delivery.receiver, delivery)
        return list(once.values())


def _serves(channel: WarningChannel, told: Told) -> bool:
    if channel.by_mail and channel.unit_id not in (None, told.user.unit_id):
        return False
    return not channel.roles or bool(set(channel.posts) & set(told.user.roles))


def _on_page(told: Told, now: datetime) -> WarningDelivery:
    return WarningDelivery(
        receiver=f"page:{told.user.id}",
        user_id=told.user.id,
        stands_in_for=told.stands_in_for,
        state=_S.SENT,
        send_from=now,
        sent_at=now,
    )


def _to_send(
    send_from: datetime, channel: WarningChannel, told: Told | None = None
) -> WarningDelivery:
    return WarningDelivery(
        receiver=f"mail:{told.user.id}" if told else f"robot:{channel.id}",
        user_id=told.user.id if told else None,
        stands_in_for=told.stands_in_for if told else "",
        channel_id=channel.id,
        state=_S.PENDING,
        send_from=send_from,
    )


def _matters(session: Session, clocks: Iterable[RunningClock]) -> dict[tuple[Subject, int], Matter]:
    wanted: dict[Subject, set[int]] = defaultdict(set)
    for clock in clocks:
        wanted[clock.subject].add(clock.subject_id)
    items = (
        select(ResponseItem)
        .where(ResponseItem.id.in_(wanted[Subject.ITEM]))
        .options(
            selectinload(ResponseItem.reviews),
            selectinload(ResponseItem.drafts).load_only(Draft.number, Draft.author_id),
        )
    )
    orders = (
        select(WorkOrder)
        .where(WorkOrder.id.in_(wanted[Subject.ORDER]))
        .options(selectinload(WorkOrder.parts))
    )
    found: dict[tuple[Subject, int], Matter] = {}
    found.update(((Subject.ITEM, one.id), one) for one in session.scalars(items))
    found.update(((Subject.ORDER, one.id), one) for one in session.scalars(orders))
    applications = select(Application).where(Application.id.in_(wanted[Subject.APPLICATION]))
    found.update(((Subject.APPLICATION, one.id), one) for one in session.scalars(applications))
    return found


def _unit_of(matter: Matter) -> int | None:
    if isinstance(matter, Application):
        return None
    return matter.unit_id if isinstance(matter, ResponseItem) else matter.lead_unit_id


def seed_warnings(session: Session) -> int:
    """Store each shipped step that the office does not have yet; edited ones stay."""
    settings.seed(session)
    known = set(session.scalars(select(WarningStep.code)))
    text = files("responder").joinpath("data/warning_steps.toml").read_text(encoding="utf-8")
    shipped: list[dict[str, Any]] = tomllib.loads(text)["step"]
    by_code = {rule.code: rule for rule in session.scalars(select(ClockRule))}
    missing = [row for row in shipped if row["code"] not in known]
    session.add_all(_shipped(row, by_code) for row in missing)
    session.flush()
    return len(missing)


def _shipped(row: dict[str, Any], by_code: dict[str, ClockRule]) -> WarningStep:
    facts = dict(row)
    rule = by_code[facts.pop("rule")] if "rule" in facts else None
    unit = rule.unit if rule else Unit(facts.pop("unit"))
    facts["timing"] = rules.Timing(facts["timing"])
    facts["severity"] = rules.Severity(facts["severity"])
    return WarningStep(unit=unit, rule_id=rule.id if rule else None, **facts)
