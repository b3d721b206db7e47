"""Pages read as strictly as a validator would."""

from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import Element

import html5lib

HTML = "{http://www.w3.org/1999/xhtml}"


def strict(text: str) -> Element:
    """The page as a tree: well-formed, titled, one h1, ids unique, every input labelled."""
    page: Element = html5lib.HTMLParser(strict=True).parse(text)
    title = page.find(f".//{HTML}title")
    assert title is not None
    assert (title.text or "").strip(" ·\n")
    assert len(page.findall(f".//{HTML}h1")) == 1
    ids = Counter(element.get("id") for element in page.iter() if element.get("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    labelled = {label.get("for") for label in page.iter(f"{HTML}label")}
    for kind in ("input", "select", "textarea"):
        for field in page.iter(f"{HTML}{kind}"):
            if field.get("type") not in ("hidden", "submit"):
                assert field.get("id") in labelled, field.attrib
    return page
