"""One step for many rows: only what may be done with each of them is offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from responder.core.errors import Invalid
from responder.core.permissions import Permission
from responder.web.listing.rules import whole

if TYPE_CHECKING:
    from responder.web.listing.declared import Asker

MOST_AT_ONCE = 100
Form = MultiDict[str, str]


@dataclass(frozen=True)
class Step:
    """Something that can be done with a row.

    :param asks: whether a page asks once more, with a remark and ``fields``.
    :param fields: a template of what else must be said.
    """

    action: str
    label: str
    tone: str = "primary"
    needs_note: bool = False
    asks: bool = True
    fields: str = ""


@dataclass(frozen=True)
class Bulk:
    """What can be done with many rows of a list.

    :param permissions: whoever has one of them is shown check boxes; none: everybody.
    :param steps: what may be done now with each of some rows: its id → its steps.
    :param load: some rows by their ids, as far as the asker may see them.
    :param name: what a person calls a row, with what ``Listing.prepare`` found.
    :param take: do it with one row, as it was seen; raises a domain error where it cannot be.
        None where a ``page`` does it.
    :param page: an endpoint of its own that is given what was chosen; else the mechanism's page.
    :param context: what the fields of the steps need.
    :param undo: a step → the endpoint that takes it back of all rows of which it was taken at one
        moment, its field ``at``. A step of a lifecycle has no such thing: it is answered for, and
        the way back is a step of its own.
    """

    permissions: tuple[Permission, ...]
    steps: Callable[[Sequence[Any], Asker], Mapping[int, Sequence[Step]]]
    load: Callable[[Sequence[int], Asker], Sequence[Any]]
    name: Callable[[Any, Any], str]
    take: Callable[[Session, Seen, str, Form, Asker], None] | None = None
    page: str = ""
    context: Callable[[Asker], Mapping[str, Any]] = field(default=lambda _asker: {})
    undo: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """A row as somebody had it before them; ``version`` is None where rows have none."""

    id: int
    version: int | None = None

    def __str__(self) -> str:
        return str(self.id) if self.version is None else f"{self.id}:{self.version}"


@dataclass(frozen=True)
class Outcome:
    """What became of one row; ``refusal`` is empty when the step was taken."""

    name: str
    refusal: str = ""


def seen_of(row: Any) -> Seen:
    return Seen(row.id, getattr(row, "version_id", None))


def read_chosen(texts: Sequence[str]) -> list[Seen]:
    """What was chosen, each once.

    :raises Invalid: more than may be done at once.
    """
    found = [one for one in map(_seen, texts) if one is not None]
    if len(found) > MOST_AT_ONCE:
        raise Invalid(f"一次最多办理 {MOST_AT_ONCE} 项：请分几次办理")
    return list(dict.fromkeys(found))


def _seen(text: str) -> Seen | None:
    row_id, _colon, version = text.partition(":")
    try:
        return Seen(whole(row_id), whole(version) if version else None)
    except ValueError:
        return None


def common(steps: Mapping[int, Sequence[Step]], chosen: Sequence[int]) -> list[Step]:
    """The steps that may be taken with every row that was chosen."""
    if not chosen:
        return []
    first, *others = (steps.get(one, ()) for one in chosen)
    return [step for step in first if all(any(s.action == step.action for s in o) for o in others)]
