"""Chinese that stands on an English page and is nobody's data."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import html5lib

from tools.translations import held

HAN = re.compile(r"[\u4e00-\u9fff]+")
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-meaning")
# Masked names, numbers of documents, and placeholders are Chinese in every language.
DATA_LIKE = re.compile(r"\S*\*\*\S*|\S*〔\d+〕\d+号|\{[^}]*\}")
DATA = Path(__file__).parents[2] / "responder" / "data"
ESCAPED = re.compile(r"(?:\\u[0-9a-f]{4})+")


def stored(database: Path) -> str:
    """All Chinese that the database holds, one text a line."""
    texts = []
    with sqlite3.connect(database) as connection:
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%fts%'"
        for (table,) in connection.execute(tables).fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                texts += [value for value in row if isinstance(value, str)]
    texts += [path.read_text("utf-8") for path in DATA.glob("**/*.toml")]
    return "\n".join(map(_unescaped, texts))


def _unescaped(text: str) -> str:
    """JSON columns hold Chinese as escapes."""
    return ESCAPED.sub(lambda m: m[0].encode().decode("unicode_escape"), text)


class Data:
    """What is stored, looked up once for each run of Chinese and not once for each page."""

    def __init__(self, texts: str) -> None:
        self._texts = texts
        self._held: dict[str, bool] = {}
        self.labels = {one for one in held("en") if isinstance(one, str)} - set(texts.splitlines())

    def holds(self, run: str) -> bool:
        """Whether it stands somewhere in what is stored."""
        if run not in self._held:
            self._held[run] = run in self._texts
        return self._held[run]


def untranslated(page: str, data: Data, address: str) -> list[str]:
    """Texts of a page with Chinese that is neither stored, asked for, nor marked as Chinese.

    What is stored and happens to be a label too is caught where a label stands alone.
    """
    document = html5lib.parse(page, namespaceHTMLElements=False)
    texts = {" ".join(text.split()) for text in _texts(document)}
    return sorted(
        text for text in texts if HAN.search(text) and _is_foreign(text, data, unquote(address))
    )


def _is_foreign(text: str, data: Data, address: str) -> bool:
    runs = HAN.findall(DATA_LIKE.sub(" ", text))
    return text in data.labels or any(run not in address and not data.holds(run) for run in runs)


def _texts(element: Element) -> Iterator[str]:
    """What is read or spoken of an element and all below it."""
    if not isinstance(element.tag, str) or element.tag in {"script", "style", "textarea"}:
        return
    if (element.get("lang") or "").startswith("zh"):
        return
    yield element.text or ""
    yield from (element.get(name, "") for name in SPOKEN)
    for child in element:
        yield from _texts(child)
        yield child.tail or ""
