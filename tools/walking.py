"""Walking through the product in a real browser: who, in which language, light or dark, how wide.

Nobody types a password here: the walker has the installation's key and seals the cookie itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from threading import Thread
from typing import TypeVar
from zlib import crc32

from axe_playwright_python.base import AxeBase
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from responder.web.languages import LANGUAGES
from tools import markup, pages

T = TypeVar("T")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# The shell first: the same engine without a window's own work costs half the time.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser")
NO_CHROMIUM = "no Chromium on this machine: apt-get install chromium-headless-shell fonts-noto-cjk"
SCHEMES = ("light", "dark")
HEIGHTS = {1280: 860, 390: 844}
AXE = Path(str(AxeBase.__init__.__globals__["__file__"])).with_name("axe.min.js").read_text("utf-8")
# Rules over all that axe knows; only what was violated comes back.
RUN_AXE = (
    "axe.run({resultTypes: ['violations']}).then((found) => found.violations.map((one) =>"
    " `axe ${one.id}: ${one.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(' | ')}`))"
)
TOO_WIDE = "document.documentElement.scrollWidth - window.innerWidth"


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    language: str = "zh_Hans"
    scheme: str = "light"
    width: int = 1280

    def __str__(self) -> str:
        return f"{self.language} {self.scheme} {self.width}"


LOOKS = tuple(Look(*each) for each in product(LANGUAGES, SCHEMES, HEIGHTS))


def look_of(name: str) -> Look:
    """The one look of a page in a short walk: over many pages every look comes up."""
    return LOOKS[crc32(name.encode()) % len(LOOKS)]


def aside(act: Callable[..., T], *given: object) -> T:
    """The application's own work in a thread of its own: Playwright's loop fills this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(act, *given).result()


class Walker:
    """One browser window, lent to one person after the other.

    :param app: the installation that is served at ``url``, or another process's.
    """

    def __init__(self, app: Flask, browser: Browser, url: str) -> None:
        self.app, self._url = app, url
        self._context = browser.new_context(
            base_url=url, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        self._context.set_default_timeout(60_000)
        self.page: Page = self._context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._faults.append(f"script: {error}"))
        self.page.on("request", self._watch)
        self._faults: list[str] = []
        self._cookies: dict[tuple[str | None, str], str] = {}

    def open(self, page: pages.Page, look: Look) -> Response:
        """Go to a page as its person, and look at it so."""
        self._faults.clear()
        self._context.clear_cookies()
        name = self.app.config["SESSION_COOKIE_NAME"]
        value = self._sealed(page.who, look.language)
        self._context.add_cookies([{"name": name, "value": value, "url": self._url}])
        self.page.emulate_media(color_scheme="dark" if look.scheme == "dark" else "light")
        self.page.set_viewport_size({"width": look.width, "height": HEIGHTS[look.width]})
        answer = self.page.goto(page.address)
        assert answer is not None
        return answer

    def faults(self, page: pages.Page, look: Look, markup_too: bool = True) -> list[str]:
        """What is wrong with a page, looked at so; a sentence each."""
        answer = self.open(page, look)
        self.page.evaluate(AXE)
        found = [*self.page.evaluate(RUN_AXE)]
        if markup_too:
            found += markup.faults(answer.text(), look.language.replace("_", "-"))
        if (too_wide := self.page.evaluate(TOO_WIDE)) > 0:
            found.append(f"{too_wide} pixels too wide")
        refused = answer.status >= 400
        if refused != page.name.startswith("/"):
            found.append(f"answers {answer.status}")
        # The browser itself reports the pages that are meant to be refused.
        return found + [one for one in self._faults if not (refused and "status of 4" in one)]

    def close(self) -> None:
        self._context.close()

    def _sealed(self, who: str | None, language: str) -> str:
        if (who, language) not in self._cookies:
            self._cookies[who, language] = aside(_seal, self.app, who, language)
        return self._cookies[who, language]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._faults.append(f"console: {message.text}")

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self._url, "data:", "blob:")):
            self._faults.append(f"asks another host: {request.url}")


def _seal(app: Flask, who: str | None, language: str) -> str:
    """The cookie of somebody who has signed in and chosen a language."""
    client = pages.client_of(app, who)
    with client.session_transaction() as kept:
        kept["language"] = language
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return cookie.value


class _Silent(WSGIRequestHandler):
    def log_request(self, *_arguments: object) -> None:
        """Say nothing of each request."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application at an address of this machine, in a thread."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def chromium_path() -> str | None:
    """Where this machine keeps Chromium; ``None`` where there is none."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine.

    :raises SystemExit: there is none.
    """
    path = chromium_path()
    if path is None:
        raise SystemExit(NO_CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
