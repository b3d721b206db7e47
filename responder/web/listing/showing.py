"""What a page of a list shows: rows, pills, tabs, ways to sort, and the address of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _

from responder.web.listing.bulk import Seen, Step, seen_of
from responder.web.listing.declared import Asker, Column, Listing
from responder.web.listing.rules import (
    PAGE,
    SIZE,
    SIZES,
    SORT,
    Asked,
    Choice,
    Filter,
    Sort,
    Told,
    Trouble,
)

# By what stands in the address after ``export.``
FORMATS = {"xlsx": "Excel", "csv": "CSV"}
PRINT = "print"


class Link(NamedTuple):
    """Somewhere to go from a list."""

    label: str
    url: str
    current: bool = False
    number: int | None = None


class SortLink(NamedTuple):
    """A way to sort; ``direction`` is that of ``aria-sort``, empty where it does not sort now.

    ``one_way``: a second click leads back to the list's own order.
    """

    label: str
    url: str
    direction: str
    one_way: bool = False


@dataclass(frozen=True)
class ListView:
    """One page of a list.

    :param extra: what ``Listing.prepare`` found for these rows.
    :param total: how many can be leafed through.
    """

    listing: Listing
    asker: Asker
    asked: Asked
    filters: Sequence[Filter]
    endpoint: str
    rows: Sequence[Any]
    extra: Any
    total: int
    number: int
    steps: Mapping[int, Sequence[Step]] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.asked.size))

    @property
    def counted(self) -> str:
        """How many, in words that agree with what is shown."""
        return str(self.listing.counted) % {"count": f"{self.total:,}"}

    def link(self, **changes: str | int | None) -> str:
        """The address of this list with something changed; None leaves it out."""
        return self._url(self.endpoint, {**self.asked.address, **changes})

    @property
    def home(self) -> str:
        """The list without any condition."""
        return self._url(self.endpoint, {})

    def export_link(self, kind: str) -> str:
        return self._url(f"{self.endpoint}_export", {**self.asked.address, "file_format": kind})

    @property
    def bulk_link(self) -> str:
        bulk = self.listing.bulk
        own = bulk.page if bulk else ""
        return url_for(own) if own else self._url(f"{self.endpoint}_bulk", {})

    def _url(self, endpoint: str, args: Mapping[str, Any]) -> str:
        return url_for(endpoint, **args)

    @property
    def exports(self) -> list[Link]:
        return [Link(label, self.export_link(kind)) for kind, label in FORMATS.items()]

    @property
    def columns(self) -> list[Column]:
        return [column for column in self.listing.columns if column.on_page]

    @cached_property
    def _tab_names(self) -> frozenset[str]:
        return frozenset(tab.name for tab in self.listing.tabs)

    @property
    def narrowed(self) -> list[str]:
        """Names of what restricts, beside the tabs."""
        return [name for name in self.asked.given if name not in self._tab_names]

    @property
    def pills(self) -> list[Link]:
        """Each restriction in words, and the address without it."""
        told = (one for filter_ in self.filters for one in filter_.told(self.asked))
        return [
            Link(said(one), self.link(**{one.name: None}))
            for one in told
            if one.name not in self._tab_names
        ]

    @property
    def cleared(self) -> str:
        return self.link(**dict.fromkeys(self.narrowed))

    @property
    def fields(self) -> list[Filter]:
        """The filters of the form."""
        return [one for one in self.filters if one.in_form and not self._is_tab(one)]

    @property
    def kept(self) -> dict[str, str]:
        """What the form hands on unseen."""
        shown = {name for one in self.fields for name in one.names}
        return {name: text for name, text in self.asked.address.items() if name not in shown}

    def _is_tab(self, one: Filter) -> bool:
        return isinstance(one, Choice) and one.name in self._tab_names

    @property
    def tabs(self) -> list[tuple[str, list[Link]]]:
        """(what it is about, its links) of each row of tabs."""
        found = {one.name: one for one in self.filters if isinstance(one, Choice)}
        return [
            (found[tab.name].label, self._tab_links(found[tab.name], tab.counts))
            for tab in self.listing.tabs
            if tab.name in found
        ]

    def _tab_links(self, choice: Choice, counts: Any) -> list[Link]:
        counted = counts(self.asked.values, self.asker) if counts else {}
        now = self.asked.values[choice.name]
        return [
            Link(
                one.label,
                self.link(**{choice.name: None if one.value == choice.default else one.key}),
                one.value == now,
                counted.get(one.value),
            )
            for one in choice.menu(self.asked)
        ]

    def sort_link(self, column: Column) -> SortLink:
        """A click turns the direction round; a column not sorted by begins with its own."""
        now = self.asked.sort
        mine = now if now is not None and now.key == column.key else None
        falls = column.falling and not column.one_way
        following = Sort(column.key, not mine.descending if mine else falls)
        if mine and column.one_way:
            return SortLink(column.label, self.unsorted, "descending", one_way=True)
        direction = ("descending" if mine.descending else "ascending") if mine else ""
        return SortLink(
            column.label, self.link(**{self.asked.sort_name: str(following)}), direction
        )

    @property
    def unsorted(self) -> str:
        """The list in its own order."""
        return self.link(**{self.asked.sort_name: None})

    @property
    def sorts(self) -> list[SortLink]:
        return [self.sort_link(one) for one in self.listing.columns if one.sort]

    @property
    def sizes(self) -> list[Link]:
        """How many rows a page has; none where all fit on the smallest page."""
        if self.total <= SIZES[0]:
            return []
        now = self.asked.size
        return [
            Link(str(one), self.link(**{SIZE: None if one == SIZES[0] else one}), one == now)
            for one in SIZES
        ]

    def page_link(self, number: int) -> str:
        return self.link(**{PAGE: None if number == 1 else number})

    @property
    def troubles(self) -> list[str]:
        return [sentence(one) for one in self.asked.troubles]

    def steps_of(self, row: Any) -> str:
        """The actions that may be done with a row, for the script that adapts the bar."""
        return " ".join(step.action for step in self.steps.get(row.id, ()))

    @property
    def offered(self) -> list[Step]:
        """Every step that may be done with some row of this page, each once."""
        return list({s.action: s for steps in self.steps.values() for s in steps}.values())

    @staticmethod
    def seen(row: Any) -> Seen:
        return seen_of(row)


def said(told: Told) -> str:
    """A restriction in words."""
    if told.end == "from":
        return _("%(label)s：自 %(day)s", label=told.label, day=told.value)
    if told.end == "to":
        return _("%(label)s：至 %(day)s", label=told.label, day=told.value)
    if told.label:
        return _("%(label)s：%(value)s", label=told.label, value=told.value)
    return str(told.value)


def sentence(trouble: Trouble) -> str:
    """What in an address does not count, and what to do."""
    label = {SORT: _("排序"), SIZE: _("每页条数"), PAGE: _("页码")}.get(
        trouble.label, trouble.label
    )
    words = {
        "unknown": _("%(label)s没有“%(typed)s”这一项，没有按它筛选：请重新选择。"),
        "day": _("日期“%(typed)s”不存在，没有按它筛选：请重新选择。"),
        "number": _("%(label)s“%(typed)s”不是数字，没有按它筛选：请重新填写。"),
        "long": _("%(label)s太长，只按前 100 字查找。"),
        "order": _("起止日期颠倒（%(typed)s），不会有符合的：请对调或重新选择。"),
    }
    return words[trouble.why] % {"label": label, "typed": trouble.typed}
