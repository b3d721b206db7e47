"""``make screenshots``: the product's main pages at two widths, into docs/screenshots/.

    python -m tools.screenshots [--sheet FOLDER [--only WHO] [--state STATE] [--look LOOK]]

With ``--sheet``, every page in every state as contact sheets instead.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import oxipng
from playwright.sync_api import Browser, Page

from benchmarks.instance import demo_instance
from responder.core.console import say
from responder.demo.accounts import PASSWORD
from tools import sheet, walking

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
WIDTHS = (1280, 390)
TALLEST = 2200  # what a phone shows further down repeats itself
SCREEN = 860
LEVEL = 4  # of 6: a second for each picture
TALLER = {"topic": 1880}  # what a wide screen shows further down is worth seeing

NOISE = "/planning/events?q=施工噪声"

# name → who looks, and the way there: an address, or an address and links to follow.
PAGES: dict[str, tuple[str | None, list[str]]] = {
    "today": ("deputy", ["/"]),
    "desk": ("operator", ["/messages/new"]),
    "orders": ("operator", ["/orders"]),
    "order": ("liaison", ["/orders", "main .rows a"]),
    "messages": ("analyst", ["/messages?q=停车"]),
    "imports": ("analyst", ["/imports"]),
    "topics": ("analyst", ["/topics"]),
    "topic": ("analyst", ["/topics", ".topic-row a", "#made summary"]),
    "why": ("analyst", ["/topics", ".topic-row a", "#all-messages .rows .meta a"]),
    "heat": ("analyst", ["/topics/heat"]),
    "alerts": ("press", ["/alerts"]),
    "calendar": ("press", ["/planning/calendar"]),
    "gaps": ("press", ["/planning/gaps"]),
    "event": ("press", [NOISE, "main .rows a"]),
    "briefing": ("press", [NOISE, "main .rows a", "[aria-labelledby=briefing-links] a"]),
    "response": ("third", ["/responses?state=third_review", "main .rows a, main tbody a"]),
    "column": (None, ["/concerns"]),
    "entry": (None, ["/concerns", "main h2 a, main li a, main article a"]),
}

# name → what is typed into the text box, and what appears then.
TYPED = {"desk": ("槐荫巷的自来水又发黄了，已经三天，老人不敢喝", "#desk-similar .alike")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheet", type=Path, help="folder for contact sheets of every page")
    parser.add_argument("--only", default="", help="whose pages; empty for everybody's")
    parser.add_argument("--state", choices=sheet.STATES, help="pages in one state only")
    parser.add_argument("--look", default="", help="one width and scheme only, as 390-dark")
    chosen = parser.parse_args()
    if chosen.sheet:
        states = [chosen.state] if chosen.state else sheet.STATES
        sheet.make(chosen.sheet.resolve(), chosen.only, states, chosen.look)
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo_instance() as app, walking.served(app) as url, walking.chromium() as browser:
        for width in WIDTHS:
            _shoot_all(browser, url, width)


def _shoot_all(browser: Browser, url: str, width: int) -> None:
    signed_in: dict[str | None, Page] = {}
    for name, (username, way) in PAGES.items():
        if username not in signed_in:
            signed_in[username] = _open(browser, url, width, username)
        page = signed_in[username]
        page.goto(way[0])
        for link in way[1:]:
            page.locator(link).first.click()
            page.wait_for_load_state()
        if name in TYPED:
            text, appears = TYPED[name]
            page.locator("textarea").first.press_sequentially(text)
            page.locator(appears).first.wait_for()
        path = FOLDER / f"{name}-{width}.png"
        tallest = TALLER.get(name, SCREEN) if width > 1000 else TALLEST
        height = min(page.evaluate("document.documentElement.scrollHeight"), tallest)
        page.evaluate("scrollTo(0, 0)")  # what stays beside the page stands at its top
        page.screenshot(
            path=path,
            full_page=True,
            clip={"x": 0, "y": 0, "width": width, "height": height},
        )
        oxipng.optimize(path, level=LEVEL)
        say(str(path.relative_to(FOLDER.parents[1])))


def _open(browser: Browser, url: str, width: int, username: str | None) -> Page:
    options: Any = {"width": width, "height": SCREEN if width > 1000 else 844}
    page = browser.new_context(base_url=url, viewport=options, locale="zh-CN").new_page()
    if username:
        page.goto("/sign-in")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{url}/")
    return page


if __name__ == "__main__":
    main()
