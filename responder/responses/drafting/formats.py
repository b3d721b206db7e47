"""Plain text and Markdown: as HTML for readers, as plain text for everything else.

Plain text is the common form: Word files, posts and feeds elsewhere, the checks and the gate
read Markdown as what a reader sees of it. Nothing is written that :data:`TAGS` does not name.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from responder.core import texts


class TextFormat(StrEnum):
    """How an answer is written (格式)."""

    PLAIN = "plain"
    MARKDOWN = "markdown"


FORMAT_LABELS = {TextFormat.PLAIN: "纯文本", TextFormat.MARKDOWN: "Markdown"}

TAGS = {
    "p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "h3", "h4", "a",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
# nh3 keeps title and lang everywhere unless it is told of none.
_ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}, "ol": {"start"}}
_NUMBER = re.compile(r"[0-9]{1,9}")
_SCHEMES = {"http", "https"}
_REL = "noopener noreferrer nofollow"
# The page has headings of its own above those of a text.
_HEADINGS = {"h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4"}
_BLOCKS = {"p", "ul", "ol", "li", "blockquote", "h3", "h4", "table", "tr", "br"}


class _Headings(Treeprocessor):
    def run(self, root: Element) -> None:
        for element in root.iter():
            element.tag = _HEADINGS.get(element.tag, element.tag)


class _Ours(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(_Headings(md), "headings", 0)
        # People indent their paragraphs; nobody answers a citizen with program code.
        md.parser.blockprocessors.deregister("code")


# Reading takes the square of their number; no answer needs as many.
_MOST = {"[": (300, "\\["), "<": (300, "&lt;")}


@lru_cache(maxsize=64)
def to_html(text: str) -> str:
    """Markdown as HTML that is safe to show: what is not on the list is left out."""
    text = texts.clean(text)
    for sign, (most, harmless) in _MOST.items():
        text = text.replace(sign, harmless) if text.count(sign) > most else text
    return nh3.clean(
        _converted(text),
        tags=TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_as_a_number,
        url_schemes=_SCHEMES,
        link_rel=_REL,
    )


def _as_a_number(_tag: str, attribute: str, value: str) -> str | None:
    """A list begins at a number, or where lists begin."""
    return value if attribute != "start" or _NUMBER.fullmatch(value) else None


def _converted(text: str) -> str:
    # A line end is meant where it is typed, as in plain text.
    converter = Markdown(extensions=["tables", "nl2br", "sane_lists", _Ours()])
    try:
        html: str = converter.convert(_blank_before_lists(text))
        return html
    except RecursionError:  # lists within lists, hundreds deep
        return "".join(f"<p>{nh3.clean_text(line)}</p>" for line in text.split("\n"))


_LIST_LINE = re.compile(r"(?:(?P<bullet>[-*+])|\d{1,9}\.)[ \t]+\S")


def _list_kind(line: str) -> str:
    match = _LIST_LINE.match(line)
    return "" if match is None else "bullets" if match["bullet"] else "numbers"


def _blank_before_lists(text: str) -> str:
    """A list right under a sentence is a list, too: Markdown's rule of a blank line is unknown."""
    lines: list[str] = []
    for line in text.split("\n"):
        before = lines[-1] if lines else ""
        kind = _list_kind(line)
        if kind and before.strip() and _list_kind(before.lstrip()) != kind:
            lines.append("")
        lines.append(line)
    return "\n".join(lines)


class _Reader(HTMLParser):
    """Cleaned HTML as lines of text: what is seen, and apart from it where links lead."""

    def __init__(self, with_links: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.with_links = with_links
        self.out: list[str] = []
        self.links: list[str] = []
        self.lists: list[int | None] = []
        self.cells = 0
        self.since = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _BLOCKS:
            self._new_line()
        if tag in ("ul", "ol"):
            self.lists.append(None if tag == "ul" else int(given.get("start") or 1))
        elif tag == "li":
            self.out.append(self._mark())
        elif tag == "tr":
            self.cells = 0
        elif tag in ("td", "th"):
            self.out.append(" | " if self.cells else "")
            self.cells += 1
        elif tag == "a":
            self.links.append(given.get("href") or "")
            self.since = len(self.out)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag in _BLOCKS:
            self._new_line()
        if tag == "a" and self.with_links and self.links:
            seen = "".join(self.out[self.since :]).strip()
            if self.links[-1] not in ("", seen):
                self.out.append(f"（{self.links[-1]}）")

    def handle_data(self, data: str) -> None:
        said = data.replace("\n", " ") if data.strip() else data.replace("\n", "")
        self.out.append(said.lstrip() if self._line_begins() else said)

    def _mark(self) -> str:
        depth, number = "  " * max(len(self.lists) - 1, 0), self.lists[-1] if self.lists else None
        if number is None:
            return f"{depth}- "
        self.lists[-1] = number + 1
        return f"{depth}{number}. "

    def _line_begins(self) -> bool:
        return not self.out or self.out[-1].endswith("\n")

    def _new_line(self) -> None:
        if not self._line_begins():
            self.out.append("\n")

    @property
    def text(self) -> str:
        lines = (line.rstrip() for line in "".join(self.out).split("\n"))
        return "\n".join(line for line in lines if line.strip())


@lru_cache(maxsize=64)
def _read(text: str, with_links: bool) -> tuple[str, tuple[str, ...]]:
    reader = _Reader(with_links)
    reader.feed(to_html(text))
    reader.close()
    return reader.text, tuple(reader.links)


def to_plain(text: str, written: TextFormat) -> str:
    """A text for places that know no formats; a link has its address behind it."""
    return text if written is TextFormat.PLAIN else _read(text, True)[0]


def as_read(text: str, written: TextFormat) -> str:
    """A text for checks: what a reader sees, then the addresses that its links lead to.

    An address between two words would part a number that a reader sees as one.
    """
    if written is TextFormat.PLAIN:
        return text
    seen, links = _read(text, False)
    return "\n".join([seen, *(unquote(link) for link in links)])
