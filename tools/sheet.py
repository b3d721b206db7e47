"""``python -m tools.screenshots --sheet FOLDER``: every page in every state, on contact sheets.

Each sheet shows the pages of one person, as they are in one state, wide or narrow, light or
dark: the demo, an empty product, forms sent as they stand, and to somebody who may only read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from html import escape
from itertools import islice
from pathlib import Path
from typing import TypeVar

from flask import Flask
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as NothingCame

from responder import create_app
from responder.core.console import say
from tools import pages, walking, world

T = TypeVar("T")
Find = Callable[[Flask], list[pages.Page]]

STATES = ("full", "empty", "read-only", "error")

TALLEST = 1800  # pixels of a page; what stands below repeats itself
ACROSS = {1280: 4, 390: 8}
ON_A_SHEET = {1280: 16, 390: 24}
SHOWN = {1280: 460, 390: 220}  # pixels that a page is wide on the sheet
SHEET_WIDTH = 1960
# Who may look at much and change nothing.
READER = "auditor"
ANSWERS_WITHIN = 5_000  # ms; a form that a script sends leads nowhere
FIND_FORM = """() => {
  const form = [...document.querySelectorAll('main form[method=post]')]
    .find((one) => one.querySelector('[required], .form-control'));
  if (!form) return false;
  form.noValidate = true;
  form.querySelectorAll('input[type=text], textarea').forEach((one) => { one.value = ''; });
  (form.querySelector('button:not([formaction]), [type=submit]') || form).dataset.send = '';
  return true;
}"""


def make(folder: Path, only: str = "", states: Collection[str] = STATES, look: str = "") -> None:
    """All sheets, into a folder.

    :param only: the person whose pages are wanted; empty for all.
    :param look: of one width and scheme, as ``390-dark``; empty for all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as passing, walking.chromium() as browser:
        full, empty = Path(passing) / "full", Path(passing) / "empty"
        walking.aside(world.make, full)
        walking.aside(world.make, empty, True)
        found: dict[str, tuple[Path, Find, bool]] = {
            "full": (full, lambda app: _of(pages.pages(app), only), False),
            "empty": (empty, lambda app: _of(pages.lists(app), only), False),
            "read-only": (full, lambda app: list(_read_by(app, READER)), False),
            # Last: a form that needs nothing is really sent.
            "error": (full, lambda app: _of(pages.pages(app), only), True),
        }
        for state, (installation, find, sends) in found.items():
            if state in states:
                _state(browser, installation, folder / state, find, sends, look)


def _of(found: list[pages.Page], only: str) -> list[pages.Page]:
    return [one for one in found if not only or str(one.who) == only]


def _read_by(app: Flask, reader: str) -> Iterator[pages.Page]:
    """The pages of others that this person may open too."""
    client = pages.client_of(app, reader)
    for page in pages.pages(app):
        if page.who not in (None, reader) and client.get(page.address).status_code == 200:
            yield pages.Page(page.name, reader, page.address)


def _state(
    browser: Browser,
    installation: Path,
    folder: Path,
    find: Find,
    sends: bool,
    wanted: str,
) -> None:
    app = walking.aside(create_app, world.settings_in(installation))
    found = walking.aside(find, app)
    with walking.served(app) as url:
        walker = walking.Walker(app, browser, url)
        for width in walking.HEIGHTS:
            for scheme in walking.SCHEMES if not sends else ("light",):
                if wanted in ("", f"{width}-{scheme}"):
                    look = walking.Look("zh_Hans", scheme, width)
                    _shoot(browser, walker, found, look, folder, sends)
        walker.close()


def _shoot(
    browser: Browser,
    walker: walking.Walker,
    found: list[pages.Page],
    look: walking.Look,
    folder: Path,
    sends: bool,
) -> None:
    """:param sends: the page's form is sent as it stands, and what comes of it is shot."""
    folder.mkdir(exist_ok=True)
    for who in dict.fromkeys(page.who for page in found):
        shot: dict[str, Path] = {}
        for page in (one for one in found if one.who == who):
            walker.open(page, look)
            if sends and not _sent(walker.page):
                continue
            name = "".join(one if one.isalnum() else "-" for one in page.name)
            path = folder / f"{who}-{look.width}-{look.scheme}-{name}.png"
            tall = min(walker.page.evaluate("document.documentElement.scrollHeight"), TALLEST)
            clip = {"x": 0, "y": 0, "width": look.width, "height": tall}
            walker.page.screenshot(path=path, full_page=True, clip=clip)  # type: ignore[arg-type]
            shot[page.name] = path
        for number, some in enumerate(batched(shot.items(), ON_A_SHEET[look.width]), 1):
            name = f"SHEET-{who}-{look.width}-{look.scheme}-{number}"
            _lay_out(browser, dict(some), look.width, folder / name)


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """In portions, so that a sheet can be looked at as a whole."""
    rest = iter(items)
    while portion := list(islice(rest, size)):
        yield portion


def _sent(page: Page) -> bool:
    """Whether the page has a form that can be sent."""
    if not page.evaluate(FIND_FORM):
        return False
    with suppress(NothingCame), page.expect_navigation(timeout=ANSWERS_WITHIN):
        page.click("[data-send]")
    return True


def _lay_out(browser: Browser, shot: dict[str, Path], width: int, path: Path) -> None:
    """The browser itself sets the pictures in columns, each below its name."""
    figures = "".join(
        f"<figure><figcaption>{escape(name)}</figcaption>"
        f"<img src='{picture.as_uri()}' width='{SHOWN[width]}'></figure>"
        for name, picture in shot.items()
    )
    style = f"columns:{ACROSS[width]};column-gap:12px;font:13px sans-serif;background:#888"
    page = path.with_suffix(".html")
    page.write_text(
        f"<!doctype html><meta charset=utf-8><title>{path.name}</title>"
        f"<style>figure{{break-inside:avoid;margin:0 0 12px}}</style>"
        f"<body style='{style}'>{figures}",
        encoding="utf-8",
    )
    window = browser.new_page(viewport={"width": SHEET_WIDTH, "height": 900})
    window.goto(page.as_uri())
    window.screenshot(path=path.with_suffix(".png"), full_page=True)
    window.close()
    say(str(path.with_suffix(".png")))
