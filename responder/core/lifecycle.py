"""Lifecycles as data: states, transitions, and the one function that advances.

Buttons, boards, the diagram in the docs and the state × action tests are derived
from the same table, so they cannot disagree with what is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.errors import DomainError, Forbidden, GuardRefused, Invalid, WrongState
from responder.core.permissions import DELEGABLE, Actor, Permission


@dataclass(frozen=True)
class Attempt:
    """Who tries what, when, with which remark.

    :param on_behalf_of: whoever is away and has this person as deputy (代办). The right is then
        theirs, and what may be delegated of it.
    """

    actor: Actor
    now: datetime
    note: str = ""
    on_behalf_of: Actor | None = None

    def may(self, permission: Permission) -> bool:
        if self.on_behalf_of is None:
            return self.actor.may(permission)
        return permission in DELEGABLE and self.on_behalf_of.may(permission)

    @property
    def people(self) -> frozenset[int | None]:
        """Ids of whoever acts and of whoever they stand in for: what binds one binds both."""
        absent = self.on_behalf_of
        return frozenset({self.actor.id} if absent is None else {self.actor.id, absent.id})


# A guard answers with the reason why not, or None. It reads, and changes nothing.
Guard = Callable[[Any, Attempt], str | None]


@dataclass(frozen=True)
class Transition:
    """One arrow of a lifecycle.

    :param action: the verb in code and in the audit trail.
    :param label: the verb on the button.
    :param target: the state that it leads to; None where the item stays in its state.
    :param needs_note: whether a reason must be given.
    :param tone: how the button looks: ``primary``, ``secondary`` or ``danger``.
    :param endpoint: the route that a button posts to, with ``item_id`` and ``action``.
    """

    action: str
    label: str
    sources: tuple[str, ...]
    target: str | None
    permission: Permission
    guards: tuple[Guard, ...] = ()
    needs_note: bool = False
    tone: str = "primary"
    endpoint: str = ""


@dataclass(frozen=True)
class Choice:
    """A transition that somebody sees on an item, with the reasons that block it."""

    transition: Transition
    obstacles: tuple[str, ...]


@dataclass(frozen=True)
class Lifecycle:
    """A frozen table of states (code → label) and transitions."""

    name: str
    states: Mapping[str, str]
    initial: str
    transitions: tuple[Transition, ...]

    def __post_init__(self) -> None:
        reached = {t.target for t in self.transitions if t.target is not None}
        named = reached.union(*(t.sources for t in self.transitions))
        if unknown := named - set(self.states):
            raise ValueError(f"{self.name}: no such state {sorted(unknown)}")

    def find(self, action: str, state: str) -> Transition:
        """The transition of this name from this state.

        :raises Invalid: no such action at all.
        :raises WrongState: not from this state.
        """
        named = [t for t in self.transitions if t.action == action]
        if not named:
            raise Invalid(f"没有“{action}”这个操作")
        for transition in named:
            if state in transition.sources:
                return transition
        raise WrongState(
            f"现在是“{self.states[state]}”，不能{named[0].label}：请刷新页面查看最新状态"
        )

    def choices(self, item: Any, attempt: Attempt) -> list[Choice]:
        """What this person may do now, each with what still stands in the way."""
        return [
            Choice(t, tuple(filter(None, (guard(item, attempt) for guard in t.guards))))
            for t in self.transitions
            if item.state in t.sources and attempt.may(t.permission)
        ]

    def choices_among(self, item: Any, attempts: Sequence[Attempt]) -> list[tuple[Choice, Attempt]]:
        """What somebody may do in one name or another, each step once, in the order of the table.

        A step that is open in one name is not shown as blocked in another.
        """
        found: dict[str, tuple[Choice, Attempt]] = {}
        for attempt in attempts:
            for choice in self.choices(item, attempt):
                kept = found.get(choice.transition.action)
                if kept is None or (kept[0].obstacles and not choice.obstacles):
                    found[choice.transition.action] = (choice, attempt)
        order = {id(transition): n for n, transition in enumerate(self.transitions)}
        return sorted(found.values(), key=lambda pair: order[id(pair[0].transition)])

    def attempt_for(self, item: Any, action: str, attempts: Sequence[Attempt]) -> Attempt:
        """The name in which somebody takes a step: their own, unless only another's allows it.

        :raises WrongState, GuardRefused, Forbidden: it is open in none of them.
        """
        refusals: list[DomainError] = []
        for attempt in attempts:
            try:
                self.allow(item, action, attempt)
            except DomainError as refusal:
                refusals.append(refusal)
            else:
                return attempt
        # A rule that stands in the way says more than that the own name has no right at all.
        raise next((one for one in refusals if not isinstance(one, Forbidden)), refusals[0])

    def allow(self, item: Any, action: str, attempt: Attempt) -> Transition:
        """The transition that somebody may take now; nothing is changed.

        :raises Forbidden: the person lacks the permission.
        :raises WrongState: the item stands elsewhere.
        :raises GuardRefused: a guard refuses, or the reason is missing.
        """
        transition = self.find(action, item.state)
        if not attempt.may(transition.permission):
            raise Forbidden(f"您没有“{transition.label}”的权限，请联系有此权限的同事办理")
        if transition.needs_note and not attempt.note.strip():
            raise GuardRefused(f"请写明{transition.label}的理由", {"note": "必填"})
        for guard in transition.guards:
            if reason := guard(item, attempt):
                raise GuardRefused(reason)
        return transition

    def advance(
        self,
        session: Session,
        item: Any,
        action: str,
        attempt: Attempt,
        details: Mapping[str, Any] | None = None,
    ) -> Transition:
        """Move ``item`` along one arrow, if it leads elsewhere, and write it to the audit trail.

        :param item: an audited model that has a ``state`` column.
        :raises Forbidden, WrongState, GuardRefused: as :meth:`allow`.
        """
        transition = self.allow(item, action, attempt)
        changes = dict(details or {})
        if attempt.on_behalf_of is not None:
            changes["on_behalf_of"] = attempt.on_behalf_of.name
        if transition.target is not None:
            changes = {"state": [str(item.state), transition.target], **changes}
            item.state = type(item.state)(transition.target)
        audit.record(session, action, item, changes, attempt.note.strip(), attempt.actor)
        return transition
