"""Named column mappings: which heading of a file is which field of a message.

They are data (``responder/data/mappings/*.toml``): a new source needs no code.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from responder.core.errors import Invalid

DEFAULT = "default"


@dataclass(frozen=True)
class ColumnMapping:
    """Field → the headings that may hold it, the first found wins.

    :param required: fields whose column must exist. Its cells must be filled too, except
        that a title can stand for the body and the body for a title.
    :param parts: field → words of a heading that make it likely, for the guess on the page.
    """

    name: str
    title: str
    columns: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def locate(self, headings: Sequence[str]) -> dict[str, int]:
        """Field → position of its column, for the fields that these headings name."""
        places: dict[str, int] = {}
        for position, heading in enumerate(headings):
            places.setdefault(normalised_heading(heading), position)
        found = {}
        for name, headings_of in self.columns.items():
            known = (places.get(normalised_heading(heading)) for heading in headings_of)
            present = [place for place in known if place is not None]
            if present:
                found[name] = present[0]
        return found

    def missing(self, located: Mapping[str, int]) -> list[str]:
        """What a file lacks, as headings that it could have; empty when it can be read."""
        lacking = [
            "或".join(names[:2])
            for name, names in self.columns.items()
            if name in self.required and name not in located
        ]
        texts = [name for name in ("body", "title") if name in self.columns]
        if not self.required.intersection(texts) and not located.keys() & set(texts):
            lacking.append("或".join(self.label(name) for name in texts))
        return lacking

    def label(self, name: str) -> str:
        """What people call a field, for a row that lacks its column."""
        return self.columns[name][0]


def normalised_heading(heading: str) -> str:
    """A heading without what people add to it: blanks, asterisks, width, 必填."""
    plain = "".join(unicodedata.normalize("NFKC", heading).split()).casefold()
    return plain.replace("(必填)", "").strip("*:")


def mapping_names() -> list[str]:
    """The mappings that ship with the product."""
    folder = files("responder").joinpath("data/mappings")
    return sorted(
        entry.name.removesuffix(".toml")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    )


def load_mapping(name: str) -> ColumnMapping:
    """One mapping by its name.

    :raises Invalid: there is none of that name; the sentence lists those that exist.
    """
    names = mapping_names()
    if name not in names:
        raise Invalid(f"没有名为 {name} 的列映射：可用的有 {'、'.join(names)}")
    text = files("responder").joinpath(f"data/mappings/{name}.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    columns = {one: tuple(headings) for one, headings in content["columns"].items()}
    parts = {one: tuple(words) for one, words in content.get("parts", {}).items()}
    return ColumnMapping(name, content["title"], columns, frozenset(content["required"]), parts)


def unique_headings(cells: Sequence[str], width: int) -> tuple[str, ...]:
    """Headings that tell ``width`` columns apart: what is empty or repeated gets a number."""
    seen: Counter[str] = Counter()
    unique = []
    for position in range(width):
        heading = cells[position] if position < len(cells) else ""
        heading = heading or f"第 {position + 1} 列"
        seen[heading] += 1
        unique.append(heading if seen[heading] == 1 else f"{heading}（{seen[heading]}）")
    return tuple(unique)
