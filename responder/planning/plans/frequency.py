"""How often units must appear (发布频次要求): the rules, and who falls short."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from responder.accounts.models import Unit
from responder.core.errors import Invalid, NotFound, Stale
from responder.core.times import local
from responder.planning.models import FORM_LABELS, Form, PressEvent, SpeakerRank
from responder.planning.plans import rules
from responder.planning.plans.models import Period, ReleaseRule


@dataclass(frozen=True)
class RuleFacts:
    """What a person says of a rule.

    :param forms: the forms that count; none for any.
    :param speaker_rank: the least that the speaker must be.
    :param units: whom it binds, unless it binds all.
    """

    name: str
    period: Period
    least: int
    forms: tuple[Form, ...] = ()
    speaker_rank: SpeakerRank = SpeakerRank.OTHER
    all_units: bool = False
    units: tuple[Unit, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class UnitStanding:
    """One unit under one rule, term by term."""

    unit: Unit
    quotas: list[rules.Quota]

    @property
    def is_short(self) -> bool:
        return any(quota.is_short for quota in self.quotas)


@dataclass(frozen=True)
class Standing:
    """An active rule, and how each unit that it binds stands."""

    rule: ReleaseRule
    units: list[UnitStanding]

    @property
    def short(self) -> list[UnitStanding]:
        """The units that failed in a term that is over."""
        return [one for one in self.units if one.is_short]


def seed_release_rules(session: Session) -> int:
    """Store the shipped rules in an office that has none yet; how many.

    None is ever deleted, so that an office without rules has never had any.
    """
    if session.scalar(select(ReleaseRule.id).limit(1)) is not None:
        return 0
    text = files("responder").joinpath("data/release_rules.toml").read_text(encoding="utf-8")
    shipped: list[dict[str, Any]] = tomllib.loads(text)["rule"]
    session.add_all(
        ReleaseRule(
            **row
            | {"period": Period(row["period"]), "speaker_rank": SpeakerRank(row["speaker_rank"])}
        )
        for row in shipped
    )
    session.flush()
    return len(shipped)


def all_rules(session: Session) -> list[ReleaseRule]:
    """Every rule, the active ones first, units loaded."""
    query = select(ReleaseRule).options(selectinload(ReleaseRule.units))
    return list(session.scalars(query.order_by(ReleaseRule.active.desc(), ReleaseRule.id)))


def get_rule(session: Session, rule_id: int) -> ReleaseRule:
    """:raises NotFound: no such rule."""
    rule = session.get(ReleaseRule, rule_id)
    if rule is None:
        raise NotFound("没有这条频次要求：请从列表重新进入")
    return rule


def add_rule(session: Session, facts: RuleFacts) -> ReleaseRule:
    """:raises Invalid: no name, or it asks for nothing."""
    rule = ReleaseRule()
    _write(rule, facts)
    session.add(rule)
    session.flush()
    return rule


def edit_rule(session: Session, rule: ReleaseRule, facts: RuleFacts, seen: str) -> None:
    """Change a rule.

    :param seen: :func:`seal` of the rule that the person had before them.
    :raises Stale: somebody else changed it meanwhile.
    :raises Invalid: no name, or it asks for nothing.
    """
    session.refresh(rule, with_for_update=True)
    if seal(rule) != seen:
        raise Stale("这条要求刚被别人修改过：请打开最新内容，核对后再保存")
    _write(rule, facts)
    session.flush()


def switch_rule(session: Session, rule: ReleaseRule, active: bool) -> None:
    """Switch a rule on or off."""
    rule.active = active
    session.flush()


def seal(rule: ReleaseRule) -> str:
    """Sixteen hex digits that change with what the rule says."""
    said = [
        rule.name, rule.period, rule.least, rule.forms, rule.speaker_rank, rule.all_units,
        rule.source,        [unit.id for unit in rule.units],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def _write(rule: ReleaseRule, facts: RuleFacts) -> None:
    if not facts.name.strip():
        raise Invalid("请填写名称", {"name": "必填"})
    if facts.least < 1:
        raise Invalid("次数至少为 1：不作要求的请停用", {"least": "至少为 1"})
    rule.name, rule.source = facts.name.strip(), facts.source.strip()
    rule.period, rule.least = facts.period, facts.least
    rule.forms = [str(form) for form in facts.forms]
    rule.speaker_rank, rule.all_units = facts.speaker_rank, facts.all_units
    rule.units = [] if facts.all_units else list(facts.units)


def form_labels(rule: ReleaseRule) -> list[str]:
    """The forms that count under a rule, in words; empty for any."""
    return [FORM_LABELS[Form(form)] for form in rule.forms]


def standings(
    session: Session,
    units: Sequence[Unit],
    held: Sequence[PressEvent],
    year: int,
    today: date,
    zone: ZoneInfo,
) -> list[Standing]:
    """Each active rule with the units that it binds.

    :param held: the year's events that took place.
    """
    active = [rule for rule in all_rules(session) if rule.active]
    return [
        Standing(
            rule,
            [
                UnitStanding(
                    unit,
                    rules.quotas(
                        _days(rule, unit, held, zone), rule.period, rule.least, year, today
                    ),
                )
                for unit in (units if rule.all_units else rule.units)
            ],
        )
        for rule in active
    ]


def _days(rule: ReleaseRule, unit: Unit, held: Sequence[PressEvent], zone: ZoneInfo) -> list[date]:
    """The days on which a unit held what counts under a rule."""
    return [
        local(event.starts_at, zone).date()
        for event in held
        if event.unit_id == unit.id
        and (not rule.forms or event.form in rule.forms)
        and event.speaker_rank.counts_as(rule.speaker_rank)
    ]
