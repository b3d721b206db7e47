"""What the product writes as HTML, held against a list of what may stand in it."""

from __future__ import annotations

from urllib.parse import urlsplit

import html5lib
from hypothesis import HealthCheck, given, seed, settings
from markupsafe import escape

from responder.responses.drafting.formats import to_html
from responder.sources import plain_text
from tools.fuzzing.streams import htmls

# Of the answer's own HTML (responder.responses.drafting.formats); written down once more, so that
# what is let through by mistake there is not let through here.
ALLOWED: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        [
            "p",
            "br",
            "strong",
            "em",
            "ul",
            "li",
            "blockquote",
            "h3",
            "h4",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "html",
            "head",
            "body",
        ],
        frozenset[str](),
    ),
    "a": frozenset({"href", "rel"}),
    "ol": frozenset({"start"}),
}


def faults(html: str) -> list[str]:
    """What a browser would find in a page of this that should not be there.

    It is parsed as a whole page, and in places where a page shows an answer.
    """
    found: list[str] = []
    for before, own in (
        ("", ""),
        ("<!DOCTYPE html><body><p>", ""),
        ("<table><td>", ""),
        ("<select>", "select"),
    ):
        tree = html5lib.parse(before + html, namespaceHTMLElements=False)
        for element in tree.iter():
            name = element.tag if isinstance(element.tag, str) else "!--"
            if name == own:
                continue
            if name not in ALLOWED:
                found.append(f"<{name}>")
                continue
            found += [f"{name} {one}" for one in element.attrib if one not in ALLOWED[name]]
            link = element.attrib.get("href")
            if link is not None and urlsplit(link.strip()).scheme.lower() not in ("http", "https"):
                found.append(f"link to {link[:60]}")
    return found


def fuzz_html(texts: int, number: int) -> int:
    """Clean so many texts; how many.

    :raises AssertionError: something stands in one that is not on the list.
    """
    done = 0

    @seed(number)
    @settings(
        max_examples=texts, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(htmls())
    def each(text: str) -> None:
        nonlocal done
        assert faults(to_html(text)) == []
        assert faults(str(escape(plain_text.from_html(text)))) == []
        done += 1

    each()
    return done
