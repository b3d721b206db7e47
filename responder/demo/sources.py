"""Reading the hand-written TOML of the demo world."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from responder.demo.world import DemoPlace, DemoStoryline, DemoUnit

FOLDER = Path(__file__).resolve().parents[1] / "data" / "demo"

_PLACE_KINDS = {
    "streets": "street",
    "estates": "estate",
    "schools": "school",
    "roads": "road",
    "sites": "site",
    "kindergartens": "kindergarten",
    "works": "works",
}

Table = dict[str, Any]


def read(name: str) -> Table:
    """One TOML file of the demo folder as a table."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def read_folder(name: str, key: str) -> list[Table]:
    """The array ``key`` of all TOML files in a subfolder, in the order of file names."""
    paths = sorted((FOLDER / name).glob("*.toml"))
    return [row for path in paths for row in read(f"{name}/{path.name}")[key]]


def units() -> tuple[DemoUnit, ...]:
    """The units that answer."""
    return tuple(
        DemoUnit(row["code"], row["name"], row["short"], tuple(row["matters"]))
        for row in read("units.toml")["unit"]
    )


def places() -> tuple[DemoPlace, ...]:
    """Streets, estates, schools, roads and sites, district by district."""
    return tuple(
        DemoPlace(district["name"], kind, name)
        for district in read("places.toml")["district"]
        for field, kind in _PLACE_KINDS.items()
        for name in district[field]
    )


def storyline(row: Table) -> DemoStoryline:
    """The outline of a storyline, without its texts."""
    return DemoStoryline(
        key=row["key"],
        headline=row["headline"],
        district=row["district"],
        place=row["place"],
        unit_code=row["unit"],
        category=row["category"],
        nature=row["nature"],
        start=row["start"],
        peak=row["peak"],
        end=row["end"],
        target=row["target"],
    )
