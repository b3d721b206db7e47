"""How long similar messages take to appear beside a call, in a browser, over 100,000 messages.

``python -m benchmarks.desk`` stores made-up messages, gathers them into topics, starts the
server and types sentences into the desk. What is timed runs from the end of the pause in
typing (the page sends its request) until the browser has painted the suggestions.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from benchmarks import generated
from responder import create_app
from responder.accounts import service as accounts
from responder.cli import prepare_database
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
from responder.core.times import utc_now
from responder.intake import service as intake
from responder.intake.models import Channel
from responder.intake.new_message import NewMessage
from responder.settings import Settings
from responder.topics import refreshing

MESSAGES, TRIES = 100_000, 60
CHUNK = 5_000
USERNAME, PASSWORD = "bench", "only for this bench"
OTHER_SEED = generated.SEED + 1
CHARACTERS = (18, 60)  # of a sentence when the operator first pauses, and when at most
FLAGS = ["--no-sandbox", "--disable-gpu"]
STARTS_WITHIN_SECONDS = 60

# Two frames after the change, what was changed has been painted.
WATCH = """
window.spans = [];
let sent = 0;
const plain = window.fetch;
window.fetch = (address, options) => {
  if (String(address).endsWith('/similar')) sent = performance.now();
  return plain(address, options);
};
document.addEventListener('DOMContentLoaded', () => {
  const panel = document.getElementById('desk-similar');
  if (panel) new MutationObserver(() => requestAnimationFrame(() => requestAnimationFrame(() => {
    window.spans.push([performance.now() - sent, panel.querySelectorAll('.alike').length]);
  }))).observe(panel, {childList: true});
});
"""


def measure(
    messages: int = MESSAGES, tries: int = TRIES, kept_in: Path | None = None
) -> dict[str, Any]:
    """Milliseconds from the end of the pause to the suggestions: median, 95th percentile, worst.

    :param kept_in: where to keep the filled database, and to find it again the next time.
    """
    with tempfile.TemporaryDirectory() as passing:
        folder = kept_in or Path(passing)
        is_new = not (folder / "responder.db").exists()
        stored_in = _fill(Settings(state_dir=folder), messages) if is_new else 0.0
        with _server(folder) as url:
            spans = _type(url, sentences(tries))
    milliseconds = [span for span, _ in spans]
    return {
        "messages": messages,
        "stored_in_seconds": round(stored_in),
        "tries": len(spans),
        "with_suggestions": sum(1 for _, shown in spans if shown > 1),
        "median_ms": round(median(milliseconds)),
        "p95_ms": round(quantiles(milliseconds, n=20)[-1]),
        "worst_ms": round(max(milliseconds)),
        "aim_ms": 150,
    }


def sentences(count: int) -> list[str]:
    """What callers say: beginnings of messages that the database has not seen."""
    documents = generated.stream(count, seed=OTHER_SEED).documents
    first, most = CHARACTERS
    return [
        f"{title}，{body}"[: first + number * (most - first) // count]
        for number, (title, body) in enumerate(documents)
    ]


def _fill(settings: Settings, count: int) -> float:
    """Store the messages and gather them into topics; the seconds that it took."""
    started, now = time.perf_counter(), utc_now()
    app = create_app(settings)
    with app.app_context():
        prepare_database("admin", "管理员", PASSWORD)
        with transaction(CONSOLE) as session:
            accounts.create_user(session, USERNAME, "话务员", PASSWORD, [Role.OPERATOR])
        waiting = list(_messages(count, now))
        for start in range(0, count, CHUNK):
            with transaction(CONSOLE, now) as session:
                intake.store_messages(session, waiting[start : start + CHUNK], now)
        refreshing.refresh(now, now, timedelta(days=365), zone=settings.zone)
        db.engine.dispose()
    return time.perf_counter() - started


def _messages(count: int, now: datetime) -> Iterator[NewMessage]:
    made = generated.stream(count)
    begins = now - timedelta(seconds=float(made.moments[-1]) + 60)
    for (title, body), second in zip(made.documents, made.moments.tolist(), strict=True):
        moment = begins + timedelta(seconds=second)
        yield NewMessage(Channel.HOTLINE, title, body, moment, author=f"市民{second:.3f}")


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "responder", "serve", "--port", str(port)]
    env = {**os.environ, "RESPONDER_STATE_DIR": str(folder)}
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(f"{url}/sign-in")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:  # in the middle of gathering topics
            process.kill()
            process.wait()


def _wait_until_up(url: str) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError("the server did not start")


def _type(url: str, said: list[str]) -> list[tuple[float, int]]:
    """(milliseconds, entries shown) of each sentence typed into an empty form."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(base_url=url, viewport={"width": 1280, "height": 900})
        page.set_default_timeout(180_000)  # the scheduler has just started too
        page.add_init_script(WATCH)
        page.goto("/sign-in")
        page.locator("[name=username]").fill(USERNAME)
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{url}/")
        _one(page, "先打一句，让各处醒来")
        spans = [_one(page, sentence) for sentence in said]
        browser.close()
    return spans


def _one(page: Page, sentence: str) -> tuple[float, int]:
    page.goto("/messages/new")
    page.keyboard.type(sentence, delay=15)
    for _ in range(600):
        if spans := page.evaluate("window.spans"):
            span, shown = spans[-1]
            return span, shown
        page.wait_for_timeout(50)
    raise RuntimeError("no suggestions appeared")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--tries", type=int, default=TRIES)
    parser.add_argument("--kept-in", type=Path, help="folder of a database to keep and use again")
    chosen = parser.parse_args()
    found = measure(chosen.messages, chosen.tries, chosen.kept_in)
    print(json.dumps({"benchmark": "desk", **found}))


if __name__ == "__main__":
    main()
