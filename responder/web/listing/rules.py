"""What an address asks of a list, and what in it makes no sense."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol

PAGE, SIZE, SORT = "page", "size", "sort"
DESCENDING = "-"
SIZES = (30, 60, 100)
MOST_TYPED = 100
_TOLD = 40  # characters of what somebody typed that a sentence repeats
_FIRST_YEAR, _LAST_YEAR = 2000, 2100

# Name in the address → what it asks for; what does not restrict is None.
Values = Mapping[str, Any]


class Trouble(NamedTuple):
    """Something in the address that does not count: where it stood, what it was, and why not.

    :param why: ``unknown``, ``day``, ``number``, ``long`` or ``order``.
    """

    label: str
    typed: str
    why: str


class Told(NamedTuple):
    """One restriction in words; ``why`` says of a day which end it is: ``from`` or ``to``."""

    name: str
    label: str
    value: str
    end: str = ""


@dataclass(frozen=True)
class Option:
    """One of a closed list: what it means, and what a person reads.

    :param code: how it stands in the address, where that is not the value itself.
    """

    value: Any
    label: str
    code: str = ""

    @property
    def key(self) -> str:
        return self.code or str(self.value)


@dataclass
class Reading:
    """What has been read of an address so far."""

    values: dict[str, Any] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)

    def take(self, name: str, value: Any, text: str) -> None:
        self.values[name] = value
        self.given[name] = text

    def refuse(self, label: str, typed: str, why: str) -> None:
        self.troubles.append(Trouble(label, typed[:_TOLD], why))


class Filter(Protocol):
    """One way to restrict a list."""

    @property
    def kind(self) -> str: ...
    @property
    def in_form(self) -> bool: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    def read(self, args: Mapping[str, str], into: Reading) -> None: ...
    def told(self, asked: Asked) -> Iterator[Told]: ...


@dataclass(frozen=True)
class Choice:
    """One of some options.

    :param default: what counts when nothing is chosen; it needs no pill.
    :param others: finds an option that the menu has no room for; None where there is none.
    """

    name: str
    label: str
    options: Sequence[Option]
    default: Any = None
    others: Callable[[str], Option | None] = field(default=lambda _key: None)
    in_form: bool = True
    kind: str = field(default="choice", init=False)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, args: Mapping[str, str], into: Reading) -> None:
        into.values[self.name] = self.default
        typed = args.get(self.name, "").strip()
        found = self._option(typed)
        if found is None and typed:
            into.refuse(self.label, typed, "unknown")
        elif found is not None and found.value != self.default:
            into.take(self.name, found.value, typed)

    def told(self, asked: Asked) -> Iterator[Told]:
        found = self._option(asked.given.get(self.name, ""))
        if found is not None and self.name in asked.given:
            yield Told(self.name, self.label, found.label)

    def menu(self, asked: Asked) -> Sequence[Option]:
        """The options, and what is chosen now where it is not among them."""
        found = self._option(asked.given.get(self.name, ""))
        if found is None or found in self.options:
            return self.options
        return (*self.options, found)

    def _option(self, key: str) -> Option | None:
        found = next((one for one in self.options if one.key == key), None)
        return found or (self.others(key) if key else None)


@dataclass(frozen=True)
class Text:
    """Words, or what ``reads`` makes of them; it raises ValueError at nonsense.

    :param said: how a pill calls a value that is no word, such as a number.
    """

    name: str
    label: str
    reads: Callable[[str], Any] = str
    said: Callable[[Any], str] = str
    in_form: bool = True
    kind: str = field(default="text", init=False)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, args: Mapping[str, str], into: Reading) -> None:
        into.values[self.name] = None
        typed = args.get(self.name, "").strip()
        if len(typed) > MOST_TYPED:
            into.refuse(self.label, typed, "long")
            typed = typed[:MOST_TYPED].strip()
        if not typed:
            return
        try:
            into.take(self.name, self.reads(typed), typed)
        except ValueError:
            troubles: dict[Callable[[str], Any], str] = {whole: "number", day: "day"}
            into.refuse(self.label, typed, troubles.get(self.reads, "unknown"))

    def told(self, asked: Asked) -> Iterator[Told]:
        if self.name in asked.given:
            yield Told(self.name, self.label, self.said(asked.values[self.name]))


@dataclass(frozen=True)
class Flag:
    """Asked for or not."""

    name: str
    label: str
    on: str = "1"
    in_form: bool = True
    kind: str = field(default="flag", init=False)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def read(self, args: Mapping[str, str], into: Reading) -> None:
        into.values[self.name] = False
        typed = args.get(self.name, "").strip()
        if typed == self.on:
            into.take(self.name, True, typed)
        elif typed:
            into.refuse(self.label, typed, "unknown")

    def told(self, asked: Asked) -> Iterator[Told]:
        if self.name in asked.given:
            yield Told(self.name, "", self.label)


@dataclass(frozen=True)
class Days:
    """From a day to a day, both of them among what is asked for."""

    label: str
    first: str = "from"
    last: str = "to"
    in_form: bool = True
    kind: str = field(default="days", init=False)

    @property
    def names(self) -> tuple[str, ...]:
        return self.first, self.last

    def read(self, args: Mapping[str, str], into: Reading) -> None:
        for name in (self.first, self.last):
            into.values[name] = None
            typed = args.get(name, "").strip()
            if not typed:
                continue
            try:
                into.take(name, day(typed), typed)
            except ValueError:
                into.refuse(self.label, typed, "day")
        first, last = into.values[self.first], into.values[self.last]
        if first and last and first > last:
            into.troubles.append(Trouble(self.label, f"{first} — {last}", "order"))

    def told(self, asked: Asked) -> Iterator[Told]:
        for name, end in ((self.first, "from"), (self.last, "to")):
            if name in asked.given:
                yield Told(name, self.label, asked.given[name], end)


@dataclass(frozen=True)
class Sort:
    """By which column, and which way."""

    key: str
    descending: bool

    def __str__(self) -> str:
        return f"{DESCENDING if self.descending else ''}{self.key}"


@dataclass(frozen=True)
class Asked:
    """What an address asks of a list.

    :param given: name → text of all that restricts, as it stands in an address.
    :param sort: None for the list's own order.
    """

    values: Values
    given: Mapping[str, str]
    sort: Sort | None = None
    size: int = SIZES[0]
    page: int = 1
    troubles: Sequence[Trouble] = ()
    sort_name: str = SORT

    @property
    def nonsense(self) -> list[Trouble]:
        """What was meant to restrict and does not, or not as it was typed."""
        return [one for one in self.troubles if one.label not in (SORT, SIZE, PAGE)]

    @property
    def address(self) -> dict[str, str]:
        """What stands in the address, without the page."""
        found = dict(self.given)
        if self.sort is not None:
            found[self.sort_name] = str(self.sort)
        if self.size != SIZES[0]:
            found[SIZE] = str(self.size)
        return found


def read(
    args: Mapping[str, str],
    filters: Sequence[Filter],
    sortable: Collection[str],
    sort_name: str = SORT,
) -> Asked:
    """Read an address. Whatever makes no sense restricts nothing, and is told.

    :param sortable: keys of the columns that the list can be sorted by.
    """
    reading = Reading()
    for one in filters:
        one.read(args, reading)
    return Asked(
        reading.values,
        reading.given,
        _sort(args.get(sort_name, "").strip(), sortable, reading),
        _size(args.get(SIZE, "").strip(), reading),
        _page(args.get(PAGE, "").strip(), reading),
        tuple(reading.troubles),
        sort_name,
    )


def whole(text: str) -> int:
    """A whole number of at most nine plain digits.

    :raises ValueError: it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValueError(text)
    return int(text)


def day(text: str) -> date:
    """:raises ValueError: no day, or of a year that nobody means."""
    found = date.fromisoformat(text)
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise ValueError(text)
    return found


def _sort(typed: str, sortable: Collection[str], reading: Reading) -> Sort | None:
    key = typed.removeprefix(DESCENDING)
    if key in sortable:
        return Sort(key, typed.startswith(DESCENDING))
    if typed:
        reading.refuse(SORT, typed, "unknown")
    return None


def _size(typed: str, reading: Reading) -> int:
    found = next((size for size in SIZES if str(size) == typed), None)
    if found is None and typed:
        reading.refuse(SIZE, typed, "unknown")
    return found or SIZES[0]


def _page(typed: str, reading: Reading) -> int:
    try:
        return max(1, whole(typed)) if typed else 1
    except ValueError:
        reading.refuse(PAGE, typed, "number")
        return 1
