"""A real server and a real Chromium. Skips, visibly, where there is no browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, StorageState, sync_playwright

from responder.demo.accounts import PASSWORD
from tools import world
from tools.walking import FLAGS as CHROMIUM_FLAGS
from tools.walking import NO_CHROMIUM, chromium_path

# A file of a few thousand rows takes long enough for somebody to press stop.
SLOW_IMPORTS = {"RESPONDER_IMPORT_CHUNK_ROWS": "5"}
STARTS_WITHIN_SECONDS = 300  # the demo is made anew, on a machine that runs other tests


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker walks through the product; a module that reads copies of the demo stays whole."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))
        elif "demo_folder" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended while starting"
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser of this machine; REQUIRE_BROWSER turns a skip into a failure."""
    path = chromium_path()
    if path is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(NO_CHROMIUM)
        pytest.skip(NO_CHROMIUM)
    return path


@pytest.fixture(scope="session")
def installation(
    chromium: str, demo_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of the demo that is served."""
    assert chromium
    folder: Path = tmp_path_factory.mktemp("browser")
    world.copy(demo_folder, folder)
    return folder


@pytest.fixture(scope="session")
def server(installation: Path) -> Iterator[str]:
    """The product with its demo data, as ``make run`` starts it; yields its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "responder", "demo", "serve", "--port", str(port)],
        env={**os.environ, **SLOW_IMPORTS, "RESPONDER_STATE_DIR": str(installation)},
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_up(f"{url}/sign-in", process)
        yield url
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Closed after each module: Playwright keeps an event loop in this thread meanwhile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


class Office:
    """The people of the office, each at a browser of their own."""

    def __init__(self, browser: Browser, url: str, signed_in: dict[str, StorageState]) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._signed_in = signed_in
        self.url = url

    def open(self, width: int = 1280, **options):
        """A page of a browser in which nobody has signed in."""
        context = self._browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": 900},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        context.set_default_timeout(15_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: self._stay_home(request.url))
        return page

    def sign_in(self, username: str, **options):
        """A page at which this person has signed in, today or earlier: then it opens at Today."""
        if known := self._signed_in.get(username):
            page = self.open(storage_state=known, **options)
            page.goto("/")
            return page
        page = self.open(**options)
        page.goto("/sign-in")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{self.url}/")
        self._signed_in[username] = page.context.storage_state()
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _stay_home(self, url: str) -> None:
        assert url.startswith((self.url, "data:")), f"a page asked another host: {url}"


@pytest.fixture(scope="session")
def signed_in() -> dict[str, StorageState]:
    """Who has signed in, with the cookies of their browser."""
    return {}


@pytest.fixture
def office(browser: Browser, server: str, signed_in: dict[str, StorageState]) -> Iterator[Office]:
    people = Office(browser, server, signed_in)
    yield people
    people.close()
