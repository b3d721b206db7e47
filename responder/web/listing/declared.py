"""How a list is declared: its columns, filters, what is done when it is empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import Select
from sqlalchemy.orm import Session

from responder.core.permissions import Actor
from responder.core.times import local
from responder.web.listing.bulk import Bulk
from responder.web.listing.rules import SORT, Asked, Filter, Option, Values

# What a cell of a file holds; a moment is aware.
Cell = str | int | float | date | datetime | None


@dataclass(frozen=True)
class Asker:
    """Who asks for a list, when, and what is needed to answer."""

    session: Session
    actor: Actor
    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return local(self.now, self.zone).date()


@dataclass(frozen=True)
class Column:
    """One column, on the page and in files.

    :param value: of a row, with what ``Listing.prepare`` found: what stands in a file, masked as
        the page masks.
    :param sort: the expressions to sort by, or functions of a row where rows are reckoned; empty
        where the list is not sorted by it.
    :param falling: whether the first click sorts the largest or newest first.
    :param one_way: it is sorted by in one direction only.
    :param width: characters in a workbook.
    :param on_page: whether a table shows it; ``in_files``: whether files hold it.
    """

    key: str
    label: str
    value: Callable[[Any, Any], Cell]
    sort: tuple[Any, ...] = ()
    falling: bool = False
    width: int = 16
    on_page: bool = True
    in_files: bool = True
    figures: bool = False
    one_way: bool = False


@dataclass(frozen=True)
class Empty:
    """What to say of a list in which there is nothing at all, and the next step.

    :param endpoint: the page of that step, with its arguments; ``label``: what its button says.
    """

    message: str
    endpoint: str = ""
    label: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tab:
    """A choice drawn as tabs: part of where one is, so that clearing the conditions keeps it.

    :param counts: its options → how many rows each would show under the other conditions.
    """

    name: str
    counts: Callable[[Values, Asker], Mapping[Any, int]] | None = None


def words(labels: Mapping[Any, str]) -> tuple[Option, ...]:
    """A table of words as options, in the reader's language."""
    return tuple(Option(value, _(label)) for value, label in labels.items())


def all_and(options: Iterable[Option]) -> list[Option]:
    """Tabs: one for all, then one for each."""
    return [Option(None, _("全部"), "all"), *options]


class Source(Protocol):
    """Where rows come from, in their order.

    ``count`` is of those that can be leafed through, ``whole`` of all that ``portions`` gives.
    """

    def count(self) -> int: ...
    def whole(self) -> int: ...
    def part(self, start: int, size: int) -> Sequence[Any]: ...
    def portions(self, size: int) -> Iterator[Sequence[Any]]: ...


def _nothing(_rows: Sequence[Any], _asker: Asker, _values: Values) -> Any:
    return None


@dataclass(frozen=True)
class Listing:
    """A list (列表).

    :param code: names it where its saved views are kept.
    :param title: what files are called.
    :param counted: says how many, with ``%(count)s``.
    :param filters: of whoever asks; the menus are filled in.
    :param query: the rows of some values, ordered, and none that the asker may not see.
    :param tabs: the choices that are drawn as tabs above the list.
    :param cells: template of macros: ``row(one, list)`` for a list of cards, or one for each column
        of a table that is more than its value.
    :param prepare: what rows need beside themselves, asked once for all of them.
    :param source: in place of ``query`` where rows are not found by a query alone.
    :param search_help: what can be typed into the box ``q``.
    :param sort_name: how the order is called in the address.
    :param nothing_found: template for when nothing meets the conditions, if not the usual.
    :param more_in_files: columns that files have beyond those of the page.
    :param unsavable: a sentence where what is asked for must not be kept; else empty.
    """

    code: str
    title: str
    counted: str
    columns: tuple[Column, ...]
    filters: Callable[[Asker], Sequence[Filter]]
    empty: Callable[[Asker, Values], Empty]
    cells: str
    query: Callable[[Values, Asker], Select[Any]] | None = None
    cards: bool = True
    tabs: tuple[Tab, ...] = ()
    prepare: Callable[[Sequence[Any], Asker, Values], Any] = _nothing
    bulk: Bulk | None = None
    source: Callable[[Asked, Asker], Source] | None = None
    unsavable: Callable[[Values], str] = field(default=lambda _values: "")
    search_help: str = ""
    sort_name: str = SORT
    nothing_found: str = ""
    more_in_files: Callable[[], Sequence[Column]] = tuple

    @property
    def file_columns(self) -> list[Column]:
        own = [column for column in self.columns if column.in_files]
        return [*own, *self.more_in_files()]

    @property
    def sortable(self) -> list[str]:
        """Keys of the columns that the list can be sorted by."""
        return [column.key for column in self.columns if column.sort]

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)
