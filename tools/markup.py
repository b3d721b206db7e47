"""What is wrong with the text of a page: strict HTML5, title, headings, ids, labels, language."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5lib
from html5lib.html5parser import ParseError

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Fields that need no words beside them: their value says what they are, or nobody sees them.
UNLABELLED = frozenset({"hidden", "submit", "button", "reset", "image"})


def faults(text: str, language: str) -> list[str]:
    """A sentence for each fault.

    :param language: tag that the page must say it is in.
    """
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    try:
        document = parser.parse(text)
    except ParseError as error:
        return [f"not strict HTML5: {error} near {parser.errors[-1:]}"]
    found = [*_headings(document), *_ids(document), *_labels(document)]
    if not (document.findtext(".//title") or "").strip(" ·"):
        found.append("no title")
    if document.get("lang") != language:
        found.append(f"says it is in {document.get('lang')}, not {language}")
    return found


def _headings(document: Element) -> list[str]:
    levels = [int(one.tag[1]) for one in document.iter() if one.tag in HEADINGS]
    found = [f"{levels.count(1)} h1"] if levels.count(1) != 1 else []
    return found + [f"h{low} after h{high}" for high, low in pairwise(levels) if low > high + 1]


def _ids(document: Element) -> list[str]:
    counts = Counter(one.get("id") for one in document.iter() if one.get("id"))
    return [f"id {name} stands {count} times" for name, count in counts.items() if count > 1]


def _labels(document: Element) -> list[str]:
    named = {one.get("for") for one in document.iter("label")}
    inside = {id(field) for label in document.iter("label") for field in label.iter()}
    return [
        f"no label: {field.tag} {field.get('name')}"
        for field in document.iter()
        if field.tag in ("input", "select", "textarea")
        and field.get("type") not in UNLABELLED
        and not (field.get("aria-label") or field.get("aria-labelledby"))
        and field.get("id") not in named - {None}
        and id(field) not in inside
    ]
