"""What each button costs over an office's years: which of them should show a bar.

    python -m benchmarks.presses [FOLDER]

FOLDER keeps the world of ``benchmarks.pages``; a copy of it is worked on. Every form of every page
is sent by the person who sees it, each of its buttons once: as it stands, all rows ticked, and what
must not be empty filled in somehow. A button that is refused is tried on the next pages that have
it, then counted as refused: what it would cost is not known. Time of the thread that answers.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from benchmarks.pages import have_years
from responder import create_app
from responder.core.times import local, utc_now
from tools import pages, world

# These end the walker's own way in, or say how it looks at pages.
LEFT_ALONE = (
    "accounts.sign_out",
    "sessions.",
    "proofs.",
    "passwords.",
    "preferences.",
    "languages.",
)
TRIES = 3
TICKED = "chosen"  # the box before each row of a list
UNSENT = frozenset({"submit", "file", "button", "reset", "image"})
TODAY = local(utc_now()).date()
# What stands for whatever somebody would have typed.
FILLED = {
    "text": "说明",
    "number": "1",
    "date": f"{TODAY}",
    "datetime-local": f"{TODAY + timedelta(days=1)}T10:00",
    "time": "10:00",
    "url": "https://news.example.cn/1",
    "email": "someone@example.cn",
}
A_MOMENT = 1.0  # seconds; what takes longer is to be an errand with a bar
SHOWN = 12


@dataclass(frozen=True)
class Press:
    """A button of a form, and what is sent with it."""

    endpoint: str
    address: str
    fields: tuple[tuple[str, str], ...]
    button: tuple[str, str] | None

    @property
    def name(self) -> str:
        return f"{self.endpoint} {self.button[1]}" if self.button else self.endpoint


def measure(folder: Path | None = None) -> dict[str, Any]:
    """The slowest buttons, and those that would need a bar."""
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as passing:
        where = folder or Path(made)
        have_years(where)
        world.copy(where, Path(passing))
        spans, refused = _press_all(Path(passing))
    slowest = dict(sorted(spans.items(), key=lambda one: -one[1]))
    return {
        "buttons": len(spans) + len(refused),
        "taken": len(spans),
        "refused_as_they_stand": sorted(refused),
        "slowest_seconds": dict(list(slowest.items())[:SHOWN]),
        "over_a_moment": [name for name, span in slowest.items() if span > A_MOMENT],
    }


def _press_all(folder: Path) -> tuple[dict[str, float], set[str]]:
    app = create_app(world.settings_in(folder))
    app.config["WTF_CSRF_ENABLED"] = False
    clients: dict[str | None, FlaskClient] = {}
    spans: dict[str, float] = {}
    tries: dict[str, int] = {}
    for page in pages.pages(app):
        client = clients.setdefault(page.who, pages.client_of(app, page.who))
        for press in _presses(app, page.address, client.get(page.address).text):
            if press.name in spans or tries.get(press.name, 0) == TRIES:
                continue
            tries[press.name] = tries.get(press.name, 0) + 1
            span, status = _press(client, press)
            if status < 400:
                spans[press.name] = round(span, 2)
    return spans, set(tries) - set(spans)


def _press(client: FlaskClient, press: Press) -> tuple[float, int]:
    data: dict[str, list[str]] = {}
    for name, value in (*press.fields, *([press.button] if press.button else ())):
        data.setdefault(name, []).append(value)
    started = time.thread_time()
    answer = client.post(press.address, data=data, content_type="multipart/form-data")
    return time.thread_time() - started, answer.status_code


def _presses(app: Flask, address: str, text: str) -> Iterator[Press]:
    """All that can be pressed on a page and changes something."""
    document = html5lib.parse(text, namespaceHTMLElements=False)
    elsewhere = [one for one in document.iter() if one.get("form")]
    for form in document.iter("form"):
        if (form.get("method") or "").lower() != "post":
            continue
        parts = [*form.iter(), *(one for one in elsewhere if one.get("form") == form.get("id"))]
        fields = tuple(field for part in parts for field in _sent(part))
        for button in filter(_is_button, parts):
            target = button.get("formaction") or form.get("action") or address
            target = urljoin(address, target)
            endpoint = _endpoint(app, target)
            if endpoint and not endpoint.startswith(LEFT_ALONE):
                name = button.get("name")
                yield Press(
                    endpoint, target, fields, (name, button.get("value", "")) if name else None
                )


def _is_button(part: Element) -> bool:
    kind = part.get("type", "submit" if part.tag == "button" else "")
    return part.tag in {"button", "input"} and kind == "submit" and "disabled" not in part.attrib


def _sent(part: Element) -> Iterator[tuple[str, str]]:
    """What a part of a form sends."""
    name = part.get("name")
    if not name or "disabled" in part.attrib:
        return
    must = "required" in part.attrib
    if part.tag == "textarea":
        yield name, "".join(part.itertext()) or (FILLED["text"] if must else "")
    elif part.tag == "select":
        yield from ((name, value) for value in _chosen(part, must))
    elif part.tag == "input" and (kind := part.get("type", "text")) not in UNSENT:
        is_choice = kind in {"checkbox", "radio"}
        if not is_choice or must or name == TICKED or "checked" in part.attrib:
            value = part.get("value") or ("on" if is_choice else "")
            yield name, value or (FILLED.get(kind, FILLED["text"]) if must else "")


def _chosen(part: Element, must: bool) -> list[str]:
    """What a list of choices sends: what is chosen, else the first."""
    options = {one: one.get("value", "".join(one.itertext())) for one in part.iter("option")}
    chosen = [value for one, value in options.items() if "selected" in one.attrib]
    if not any(chosen) and must:
        return [value for value in options.values() if value][:1]
    if not chosen and "multiple" not in part.attrib:
        return list(options.values())[:1]
    return chosen


def _endpoint(app: Flask, address: str) -> str:
    """The route that a form is sent to; empty: none takes it."""
    try:
        endpoint, _ = app.url_map.bind("").match(urlsplit(address).path, "POST")
    except HTTPException:
        return ""
    return str(endpoint)


if __name__ == "__main__":
    told = measure(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    print(json.dumps({"benchmark": "presses", **told}, ensure_ascii=False))
