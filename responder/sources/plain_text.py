"""HTML as plain paragraphs: what a reader would read, nothing that could run."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul",
})  # fmt: skip
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "object"})
MOST_CHARACTERS = 300_000
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0\u200b\ufeff]+")
_LINE_BREAK = re.compile(r"[\r\n]+")
_LOOKS_LIKE_HTML = re.compile(r"<(?:/?[a-zA-Z][^<>]*|!--)>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silence = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._silence = 0  # a head that was never closed
        elif tag in _SILENT:
            self._silence += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in {"td", "th"}:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silence = max(self._silence - 1, 0)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silence:
            self.parts.append(unfolded(data))


def from_html(html: str) -> str:
    """The text of (the first 300,000 characters of) HTML: a paragraph a line, none empty."""
    reader = _Reader()
    reader.feed(html[:MOST_CHARACTERS])
    reader.close()
    return tidy("".join(reader.parts))


def from_either(text: str) -> str:
    """Text that may be HTML or not: tags and entities make it HTML."""
    return from_html(text) if _LOOKS_LIKE_HTML.search(text) else tidy(text)


def unfolded(text: str) -> str:
    """Text with a blank in place of each line break and the blanks about it."""
    if len(lines := _LINE_BREAK.split(text)) == 1:
        return text
    first, *between, last = lines
    return " ".join([first.rstrip(), *filter(None, map(str.strip, between)), last.lstrip()])


def tidy(text: str) -> str:
    """Lines without stray blanks, and without empty lines."""
    lines = (_BLANKS.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)
