"""What waits for somebody: read from the table of steps, and from its guards of people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from responder.core.lifecycle import Attempt, Transition
from responder.publishing.packages.lifecycle import (
    PACKAGE,
    SIGN,
    is_complete,
    is_new_to_this_round,
    is_own,
    wrote_none_of_it,
)
from responder.publishing.packages.models import PackageState, PolicyPackage
from responder.publishing.packages.queries import PARTS, visible_to

# The steps that lead onwards. Whatever is scheduled waits for its hour, and for nobody.
ONWARDS = ("resubmit", "organise", "review", SIGN, "release")
# Of a step's guards these tell that it is not for this person; of all others, what is to be done.
_OF_PEOPLE = (is_own, wrote_none_of_it, is_new_to_this_round)


@dataclass(frozen=True)
class NextStep:
    """A package, and the step that somebody is to take with it."""

    package: PolicyPackage
    step: Transition


def waiting_for(session: Session, attempt: Attempt) -> list[NextStep]:
    """The packages that wait for somebody, the nearest date of release first.

    What is being collected waits only when it is complete: until then it is reminded of. What
    came back waits for the unit that drafts it and for those who wrote it.
    """
    steps = [t for t in PACKAGE.transitions if t.action in ONWARDS and attempt.may(t.permission)]
    states = {state for t in steps for state in t.sources} - {PackageState.SCHEDULED}
    if not states:
        return []
    query = (
        select(PolicyPackage)
        .where(visible_to(attempt.actor), PolicyPackage.state.in_(states))
        .order_by(PolicyPackage.planned_on, PolicyPackage.id)
        .options(joinedload(PolicyPackage.unit), selectinload(PolicyPackage.writers), *PARTS)
    )
    return list(_waiting(session.scalars(query).unique().all(), steps, attempt))


def _waiting(
    packages: Iterable[PolicyPackage], steps: list[Transition], attempt: Attempt
) -> Iterator[NextStep]:
    for package in packages:
        step = next((t for t in steps if package.state in t.sources), None)
        if step is not None and _is_for(package, step, attempt):
            yield NextStep(package, step)


def _is_for(package: PolicyPackage, step: Transition, attempt: Attempt) -> bool:
    if any(guard in _OF_PEOPLE and guard(package, attempt) for guard in step.guards):
        return False
    if step.action == "organise":
        return is_complete(package, attempt) is None
    return step.action != "resubmit" or _is_theirs(package, attempt)


def _is_theirs(package: PolicyPackage, attempt: Attempt) -> bool:
    actor = attempt.actor
    of_the_unit = actor.unit_id is not None and actor.unit_id == package.unit_id
    return of_the_unit or actor.id in {writer.user_id for writer in package.writers}
