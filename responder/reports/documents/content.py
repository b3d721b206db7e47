"""What a report says, as values: composed once, stored as JSON, shown as a page and as Word.

Standard library only. A figure is a run of text that may link to the page listing its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Link:
    """A page of the product: its endpoint and what stands in its address."""

    endpoint: str
    arguments: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True)
class Run:
    """Some text; ``link``: the page that lists what is behind it."""

    text: str
    link: Link | None = None


Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    """``一、…`` is of level 1, ``（一）…`` of 2, ``1. …`` of 3; the number is part of the text."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    runs: Runs


@dataclass(frozen=True)
class Column:
    """``millimetres``: its width on A4; all columns of a table are 156 together at most."""

    heading: str
    millimetres: int
    centred: bool = False


@dataclass(frozen=True)
class Table:
    """``label`` says what it lists; ``named_by`` is the place of the cell that names a row.

    ``totalled``: the last row sums up those above.
    """

    label: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Runs, ...], ...]
    named_by: int = 0
    totalled: bool = False


@dataclass(frozen=True)
class Figure:
    """Numbers that are drawn; ``kind`` is one of ``ChartKind``, ``names`` are along the axis."""

    kind: str
    caption: str
    axis: str
    names: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]


@dataclass(frozen=True)
class Slot:
    """What a person writes (待填写); empty until then. ``limit`` in characters."""

    code: str
    label: str
    limit: int
    text: str = ""
    required: bool = False
    hint: str = ""


Block = Heading | Paragraph | Table | Figure | Slot


@dataclass(frozen=True)
class Content:
    """A report without its number, its date and its signer."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Slot))

    @property
    def has_links(self) -> bool:
        """Whether a figure in its sentences leads to a page."""
        sentences = (block for block in self.blocks if isinstance(block, Paragraph))
        return any(run.link for one in sentences for run in one.runs)


@dataclass(frozen=True)
class Difference:
    """A place whose text is another one when a report is composed anew; empty: not there."""

    where: str
    before: str
    after: str


def link(endpoint: str, **arguments: str | int | None) -> Link:
    """An address; what is None or empty does not restrict and is left out."""
    return Link(endpoint, tuple((k, v) for k, v in arguments.items() if v is not None and v != ""))


def text_of(runs: Runs) -> str:
    return "".join(run.text for run in runs)


def sentences(content: Content) -> str:
    """The paragraphs of a report, a line each."""
    return "\n".join(text_of(one.runs) for one in content.blocks if isinstance(one, Paragraph))


def with_slots(content: Content, texts: Mapping[str, str]) -> Content:
    """The same content with these texts in the slots of these codes."""
    blocks = tuple(
        replace(block, text=texts[block.code])
        if isinstance(block, Slot) and block.code in texts
        else block
        for block in content.blocks
    )
    return replace(content, blocks=blocks)


def differences(before: Content, after: Content) -> list[Difference]:
    """The places whose figures or texts differ, in the order of the later content.

    What people write in is left aside, and the moment at which it was composed.
    """
    old, new = dict(_places(before)), dict(_places(after))
    gone = [name for name in old if name not in new]
    return [
        Difference(name, old.get(name, ""), new.get(name, ""))
        for name in (*new, *gone)
        if old.get(name, "") != new.get(name, "")
    ]


def _places(content: Content) -> Iterator[tuple[str, str]]:
    """(place, text) of everything but slots; a place that is there twice is counted."""
    seen: dict[str, int] = {}
    for place, text in _plain_places(content):
        seen[place] = seen.get(place, 0) + 1
        yield (place if seen[place] == 1 else f"{place}（{seen[place]}）"), text


def _plain_places(content: Content) -> Iterator[tuple[str, str]]:
    section = ""
    yield "标题", content.title
    for block in content.blocks:
        if isinstance(block, Heading):
            section = block.text
        elif isinstance(block, Paragraph):
            yield section, text_of(block.runs)
        elif isinstance(block, Table):
            yield from _cells(block)
        elif isinstance(block, Figure):
            for name, numbers in block.series:
                for label, number in zip(block.names, numbers, strict=True):
                    shown = "" if number is None else f"{number:g}"
                    yield f"{block.caption} · {name} · {label}", shown


def _cells(table: Table) -> Iterator[tuple[str, str]]:
    for row in table.rows:
        name = text_of(row[table.named_by])
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            if place != table.named_by and column.heading != "序号":
                yield f"{table.label} · {name} · {column.heading}", text_of(cell)


_NAMES: dict[type[Any], str] = {
    Heading: "heading",
    Paragraph: "paragraph",
    Table: "table",
    Figure: "figure",
    Slot: "slot",
}


def to_json(content: Content) -> dict[str, Any]:
    """As it is stored; :func:`from_json` gives the same content back."""
    blocks = [{"block": _NAMES[type(block)], **asdict(block)} for block in content.blocks]
    return {"title": content.title, "subtitle": content.subtitle, "blocks": _plain(blocks)}


def from_json(stored: Mapping[str, Any]) -> Content:
    """:raises KeyError: it is no stored content."""
    blocks = tuple(_READERS[value["block"]](value) for value in stored["blocks"])
    return Content(stored["title"], stored["subtitle"], blocks)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value


def _runs(values: Any) -> Runs:
    return tuple(Run(one["text"], _link(one["link"])) for one in values)


def _link(value: Any) -> Link | None:
    if value is None:
        return None
    return Link(value["endpoint"], tuple((name, given) for name, given in value["arguments"]))


def _table(value: Any) -> Table:
    return Table(
        value["label"],
        tuple(Column(**one) for one in value["columns"]),
        tuple(tuple(_runs(cell) for cell in row) for row in value["rows"]),
        value["named_by"],
        value["totalled"],
    )


def _figure(value: Any) -> Figure:
    series = tuple((name, tuple(numbers)) for name, numbers in value["series"])
    return Figure(value["kind"], value["caption"], value["axis"], tuple(value["names"]), series)


_READERS: dict[str, Callable[[Any], Block]] = {
    "heading": lambda value: Heading(value["level"], value["text"]),
    "paragraph": lambda value: Paragraph(_runs(value["runs"])),
    "table": _table,
    "figure": _figure,
    "slot": lambda value: Slot(**{k: v for k, v in value.items() if k != "block"}),
}
