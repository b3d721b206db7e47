"""The forms of a page, read as a browser reads them: what is sent when a button is pressed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import html5lib

UNSENT = frozenset({"submit", "file", "button", "reset", "image"})
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Press:
    """A button of a form, with what is sent when it is pressed.

    :param address: path that it is sent to.
    :param label: what stands on the button.
    :param button: name and value that the button itself sends; None: it has no name.
    :param fields: what the form holds, in its order.
    :param must: the fields that may not be empty, with the kind of each.
    :param ticks: what is sent when every box of a name is ticked.
    """

    address: str
    label: str
    button: tuple[str, str] | None
    fields: Fields
    must: Fields = ()
    ticks: Fields = ()

    def sent(self, **filled: str) -> list[tuple[str, str]]:
        """What is sent with some fields filled in; each stands once, in place of what it held."""
        kept = [(name, value) for name, value in self.fields if name not in filled]
        pressed = [self.button] if self.button else []
        return [*kept, *filled.items(), *pressed]


def presses(text: str, address: str) -> Iterator[Press]:
    """All that can be pressed on a page and changes something.

    :param address: of the page, to which a form without an address is sent.
    """
    document = html5lib.parse(text, namespaceHTMLElements=False)
    elsewhere = [one for one in document.iter() if one.get("form")]
    for form in document.iter("form"):
        if (form.get("method") or "").lower() != "post":
            continue
        outside = (one for one in elsewhere if one.get("form") == form.get("id"))
        parts = [*form.iter(), *outside]
        fields = tuple(field for part in parts for field in _held(part))
        must = tuple(_must(parts))
        ticks = tuple(_boxes(parts))
        for button in filter(_is_button, parts):
            name = button.get("name")
            yield Press(
                urljoin(address, button.get("formaction") or form.get("action") or address),
                " ".join("".join(button.itertext()).split()) or button.get("value", ""),
                (name, button.get("value", "")) if name else None,
                fields,
                must,
                ticks,
            )


def _is_button(part: Element) -> bool:
    kind = part.get("type", "submit" if part.tag == "button" else "")
    return part.tag in {"button", "input"} and kind == "submit" and "disabled" not in part.attrib


def _held(part: Element) -> Iterator[tuple[str, str]]:
    """What a part of a form sends as it stands."""
    name = part.get("name")
    if not name or "disabled" in part.attrib:
        return
    if part.tag == "textarea":
        yield name, "".join(part.itertext()).removeprefix("\n")
    elif part.tag == "select":
        yield from ((name, value) for value in _chosen(part))
    elif part.tag == "input" and part.get("type", "text") not in UNSENT:
        is_box = part.get("type") in {"checkbox", "radio"}
        if not is_box or "checked" in part.attrib:
            yield name, part.get("value", "on" if is_box else "")


def _options(part: Element) -> dict[Element, str]:
    return {one: one.get("value", "".join(one.itertext())) for one in part.iter("option")}


def _chosen(part: Element) -> list[str]:
    """What a list of choices sends: what is chosen, else the first of a list that shows one."""
    options = _options(part)
    chosen = [value for one, value in options.items() if "selected" in one.attrib]
    if not chosen and "multiple" not in part.attrib:
        return list(options.values())[:1]
    return chosen


def _must(parts: list[Element]) -> Iterator[tuple[str, str]]:
    """What a browser would not send empty: the kind of field, or for a choice its first value."""
    for part in parts:
        name = part.get("name")
        if not name or "required" not in part.attrib or "disabled" in part.attrib:
            continue
        if part.tag == "select":
            yield name, next((value for value in _options(part).values() if value), "")
        elif part.get("type") in {"checkbox", "radio"}:
            yield name, part.get("value", "on")
        else:
            yield name, f"<{part.get('type', 'text')}>"


def _boxes(parts: list[Element]) -> Iterator[tuple[str, str]]:
    for part in parts:
        name = part.get("name")
        if name and part.get("type") == "checkbox" and "disabled" not in part.attrib:
            yield name, part.get("value", "on")
