"""The priority kinds, as the office keeps them."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.errors import Invalid, NotFound
from responder.core.versions import check_seen
from responder.responses.judging.models import PriorityKind


def seed_priority_kinds(session: Session) -> int:
    """Store the shipped kinds in an office that has none yet; how many.

    None is ever deleted, so that an office without kinds has never had any.
    """
    if session.scalar(select(PriorityKind.id).limit(1)) is not None:
        return 0
    text = files("responder").joinpath("data/priority_kinds.toml").read_text(encoding="utf-8")
    shipped = tomllib.loads(text)["kind"]
    session.add_all(PriorityKind(**row) for row in shipped)
    session.flush()
    return len(shipped)


def all_kinds(session: Session) -> list[PriorityKind]:
    """Every kind, those in use first, in the order in which they were entered."""
    query = select(PriorityKind).order_by(PriorityKind.active.desc(), PriorityKind.id)
    return list(session.scalars(query))


def kinds_in_use(session: Session) -> list[PriorityKind]:
    return [kind for kind in all_kinds(session) if kind.active]


def get_kind(session: Session, kind_id: int) -> PriorityKind:
    """:raises NotFound: no such kind."""
    kind = session.get(PriorityKind, kind_id)
    if kind is None:
        raise NotFound("没有这个类别：请从“重点回应的类别”重新进入")
    return kind


def add_kind(session: Session, name: str, source: str) -> PriorityKind:
    """:raises Invalid: name or source is missing."""
    kind = PriorityKind(code=f"own_{uuid4().hex[:12]}", **_texts(name, source))
    session.add(kind)
    session.flush()
    return kind


def edit_kind(
    session: Session, kind: PriorityKind, name: str, source: str, active: bool, version: int | None
) -> None:
    """Change a kind; judgements keep the words that they were made with.

    :raises Stale: somebody else has changed it since.
    :raises Invalid: name or source is missing.
    """
    check_seen(kind, version)
    for field, text in _texts(name, source).items():
        setattr(kind, field, text)
    kind.active = active
    session.flush()


def _texts(name: str, source: str) -> dict[str, str]:
    wanted = {"name": " ".join(name.split()), "source": source.strip()}
    if missing := [field for field, text in wanted.items() if not text]:
        raise Invalid("名称和依据都要写：依据写全文号", dict.fromkeys(missing, "必填"))
    return wanted
