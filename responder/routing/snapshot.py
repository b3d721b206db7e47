"""The taxonomy as suggesting needs it, kept from one question to the next."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.routing.cues import CueRules, Cues
from responder.routing.models import Category, TaxonomyVersion
from responder.routing.rules import words_in
from responder.routing.taxonomy import shipped, tree, unit_of

_KEPT = 4
_kept: OrderedDict[str, Snapshot] = OrderedDict()


@dataclass(frozen=True)
class Entry:
    """A category in plain values; ``unit_id`` is its own lead unit, else its first level's."""

    id: int
    code: str
    name: str
    path: str
    parent: str
    unit_id: int | None
    words: tuple[str, ...]
    valid: bool


@dataclass(frozen=True)
class Snapshot:
    """One version of the taxonomy.

    :param version: its number; 0 when nothing was ever stored.
    :param entries: by code, retired ones too, in the order of the taxonomy.
    :param rules: the cue words of the valid ones.
    """

    version: int
    entries: dict[str, Entry]
    rules: CueRules

    @property
    def parents(self) -> dict[str, str]:
        """Code → code of its first level, empty for a first level."""
        return {code: entry.parent for code, entry in self.entries.items()}

    def code_of(self, label: str) -> str | None:
        """The code that a label means: a code, a path, or a name that only one valid one has."""
        if label in self.entries:
            return label
        named = [e for e in self.entries.values() if e.valid and label in (e.path, e.name)]
        first_level = [entry for entry in named if not entry.parent]
        chosen = named if len(named) == 1 else first_level
        return chosen[0].code if len(chosen) == 1 else None


def current(session: Session) -> Snapshot:
    """The taxonomy of the newest version; read again only when there is a newer one."""
    newest = session.execute(
        select(TaxonomyVersion.id, TaxonomyVersion.stamp)
        .order_by(TaxonomyVersion.id.desc())
        .limit(1)
    ).first()
    if newest is None:
        return Snapshot(0, {}, CueRules([]))
    found = _kept.get(newest.stamp)
    if found is None:
        found = _kept[newest.stamp] = _read(session, newest.id)
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return found


def as_shipped() -> Snapshot:
    """The shipped taxonomy, for measuring without a database."""
    names = {row["code"]: row["name"] for row, _parent in shipped()}
    entries = {
        row["code"]: Entry(
            0,
            row["code"],
            row["name"],
            f"{names[parent]} / {row['name']}" if parent else row["name"],
            parent,
            None,
            tuple(words_in(row["words"])),
            True,
        )
        for row, parent in shipped()
    }
    return Snapshot(0, entries, _rules(entries))


def _read(session: Session, version: int) -> Snapshot:
    entries = {}
    for branch in tree(session):
        for one in (branch.category, *branch.children):
            entries[one.code] = Entry(
                one.id,
                one.code,
                one.name,
                one.path,
                one.parent.code if one.parent else "",
                _lead(one),
                tuple(words_in(one.cue_words)),
                one.valid,
            )
    return Snapshot(version, entries, _rules(entries))


def _lead(category: Category) -> int | None:
    unit = unit_of(category)
    return unit.id if unit else None


def _rules(entries: dict[str, Entry]) -> CueRules:
    return CueRules(Cues(one.code, one.parent, one.words) for one in entries.values() if one.valid)
