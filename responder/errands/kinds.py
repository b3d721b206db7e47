"""What can be asked for: each room names its kinds once, when it joins the application."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from flask import Flask, current_app

from responder.core.errors import NotFound
from responder.core.permissions import Actor, Permission

KINDS = "errands"
One = TypeVar("One")


class Progress(Protocol):
    """What the work may tell whoever waits for it."""

    def tell(self, done: int, total: int | None = None) -> None:
        """Say how far it is.

        :raises Cancelled: nobody wants it any more; the work ends here.
        """

    def of(self, rows: Iterable[One], total: int | None = None) -> Iterator[One]:
        """The same rows, told as they go by."""


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    :param told: a sentence for whoever asked.
    :param name: of the file that was written to the given path; empty: there is none.
    """

    told: str
    name: str = ""


# (who asked, what was asked, how to tell, where to write a file) → what came of it.
Work = Callable[[Actor, Mapping[str, Any], Progress, Path], Outcome]


@dataclass(frozen=True)
class Kind:
    """One kind of errand.

    :param permissions: any one of these is needed; checked when it is asked for and when it runs.
    :param back: the page (endpoint) to which one returns afterwards.
    """

    code: str
    label: str
    permissions: frozenset[Permission]
    work: Work
    back: str


def name_errand(app: Flask, kind: Kind) -> None:
    """Say that this can be asked for."""
    app.extensions.setdefault(KINDS, {})[kind.code] = kind


def kind_of(code: str) -> Kind:
    """:raises NotFound: no room does such work."""
    kind: Kind | None = current_app.extensions.get(KINDS, {}).get(code)
    if kind is None:
        raise NotFound("没有这种任务：请从原来的页面重新办理")
    return kind


def all_kinds(app: Flask) -> Iterable[Kind]:
    kinds: dict[str, Kind] = app.extensions.get(KINDS, {})
    return kinds.values()
