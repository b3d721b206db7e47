"""Two versions of a text side by side: paragraphs paired, what changed within them marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from responder.responses import rules
from responder.responses.rules import Change

# From this likeness on, one paragraph or clause is the other, rewritten.
ALIKE = 0.4
# Fewer characters than these, unchanged between two changes, only scatter the marks.
SHORT_STAY = 2
# Characters times characters; beyond, only clauses are marked.
_MOST_COMPARED = 250_000


@dataclass(frozen=True)
class Row:
    """A paragraph and what became of it: ``same``, ``changed``, ``removed`` or ``added``."""

    kind: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Comparison:
    """Two versions.

    :param added: characters put in; ``removed``: characters taken out.
    """

    rows: tuple[Row, ...]
    added: int
    removed: int

    def count(self, kind: str) -> int:
        return sum(row.kind == kind for row in self.rows)


def compare(old: str, new: str) -> Comparison:
    """What became of ``old``, paragraph by paragraph; empty lines do not count."""
    rows = tuple(_rows(_paragraphs(old), _paragraphs(new)))
    return Comparison(rows, _length(rows, "added"), _length(rows, "removed"))


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _length(rows: Iterable[Row], kind: str) -> int:
    return sum(len(c.text) for row in rows for c in row.changes if c.kind == kind)


def _rows(before: Sequence[str], after: Sequence[str]) -> Iterator[Row]:
    for tag, i1, i2, j1, j2 in rules.matcher(before, after).get_opcodes():
        if tag == "equal":
            yield from (Row("same", (Change("same", text),)) for text in before[i1:i2])
            continue
        for old, new in _paired(before[i1:i2], after[j1:j2]):
            yield _row(old, new)


def _row(old: str, new: str) -> Row:
    if not new:
        return Row("removed", (Change("removed", old),))
    if not old:
        return Row("added", (Change("added", new),))
    return Row("changed", tuple(within(old, new)))


def within(old: str, new: str) -> list[Change]:
    """What changed in one paragraph: clause by clause, and character by character in a clause
    that is still the same one."""
    changes: list[Change] = []
    waiting: list[Change] = []
    for change in (*rules.difference(old, new), Change("same", "")):
        if change.kind != "same":
            waiting.append(change)
            continue
        changes += _finer(waiting)
        changes.append(change)
        waiting = []
    return [change for change in changes if change.text]


def _finer(changes: Sequence[Change]) -> list[Change]:
    out = "".join(c.text for c in changes if c.kind == "removed")
    put = "".join(c.text for c in changes if c.kind == "added")
    if not out or not put or len(out) * len(put) > _MOST_COMPARED:
        return list(changes)
    if rules.matcher(out, put).ratio() < ALIKE:
        return list(changes)
    return _characters(out, put)


def _characters(old: str, new: str) -> list[Change]:
    changes: list[Change] = []
    removed = added = ""
    codes = rules.matcher(old, new).get_opcodes()
    for n, (tag, i1, i2, j1, j2) in enumerate(codes):
        stays = tag == "equal" and (i2 - i1 >= SHORT_STAY or n in (0, len(codes) - 1))
        if not stays:
            removed, added = removed + old[i1:i2], added + new[j1:j2]
            continue
        changes += [Change("removed", removed), Change("added", added), Change("same", old[i1:i2])]
        removed = added = ""
    return [*changes, Change("removed", removed), Change("added", added)]


def likeness(old: str, new: str) -> float:
    """How many characters two texts share, wherever they stand, 0–1."""
    return SequenceMatcher(a=old, b=new, autojunk=False).quick_ratio()


def _paired(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Paragraphs that became one another, in order; an empty text where there is no other."""
    best = _best_pairs(before, after)
    i = j = 0
    for m, n in (*best, (len(before), len(after))):
        yield from ((old, "") for old in before[i:m])
        yield from (("", new) for new in after[j:n])
        if m < len(before) and n < len(after):
            yield before[m], after[n]
        i, j = m + 1, n + 1


# Beyond so many paragraphs that all changed, pairing them costs more than it tells.
_MOST_PAIRED = 60


def _best_pairs(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Which of both lists belong together: the greatest sum of likeness, none crossing another."""
    rows, columns = len(before), len(after)
    if max(rows, columns) > _MOST_PAIRED:
        return []
    alike = [[likeness(old, new) for new in after] for old in before]
    sums = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in reversed(range(rows)):
        for j in reversed(range(columns)):
            paired = alike[i][j] + sums[i + 1][j + 1] if alike[i][j] >= ALIKE else 0.0
            sums[i][j] = max(paired, sums[i + 1][j], sums[i][j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < rows and j < columns:
        if sums[i][j] == sums[i + 1][j]:
            i += 1
        elif sums[i][j] == sums[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs
