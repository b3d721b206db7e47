"""Every page of the demo, in a real browser: accessible, well-formed, silent, at home."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe

YEAR = date.today().year

# Who looks at which pages. Each address is opened as the office's people would find it.
PAGES = {
    None: [
        "/sign-in",
        "/concerns",
        "/api/v1/docs",
        "/concerns?q=公交",
        "/concerns?q=没有这样的事",
        "/no-such-page",
        "/interpretations",
        "/interpretations/1",
        "/interpretations/documents/1",
    ],
    "operator": ["/", "/messages", "/messages/new", "/messages/1", "/topics"],
    "analyst": [
        "/imports",
        "/topics?level=1",
        "/topics?dismissed=1",
        "/topics/heat",
        "/alerts",
        "/alerts/rules",
        "/responses/open",
        "/responses/open?message_id=1",
        "/responses/3/after",
        "/responses/9/judgement",
        "/responses/9/parts/new",
        "/responses/priority-kinds",
    ],
    "press": [
        "/due",
        "/screen",
        "/",
        "/planning/calendar",
        "/planning/calendar?view=quarter",
        "/planning/calendar?view=year",
        "/planning/calendar?view=agenda",
        "/planning/calendar?state=held&unit=1",
        "/planning/events/1/move",
        "/planning/feeds",
        "/planning/import-ics",
        "/planning/events",
        "/planning/events/1",
        "/planning/events/new",
        "/planning/events/1/media",
        "/planning/events/1/approval-form",
        "/planning/events/20/series",
        "/planning/events/20/tasks/new",
        "/planning/preparation",
        "/planning/preparation-items",
        "/planning/preparation-items/1/edit",
        "/planning/avoided-periods",
        "/planning/avoided-periods/new",
        "/planning/gaps",
        "/planning/gaps/settled",
        f"/planning/plan/{YEAR}",
        f"/planning/plan/{YEAR}/baselines/1",
        f"/planning/plan/{YEAR}/status",
        f"/planning/plan/{YEAR}/status/now",
        f"/planning/plan/{YEAR}/changes/new",
        f"/planning/plan/{YEAR + 1}",
        "/planning/plan/entries/1/change",
        "/planning/rules",
        "/planning/rules/1",
        "/responses",
        "/responses/1",
        "/packages",
        "/packages/1",
        "/packages/2",
        "/packages/2/plan",
        "/packages/2/materials/new",
        "/packages/columns",
    ],
    "liaison": [
        f"/planning/plan/{YEAR}",
        f"/planning/plan/{YEAR + 1}",
        "/unit-materials",
        "/unit-materials/2",
    ],
    "editor": [
        "/responses?state=draft",
        "/responses/9",
        "/responses/9/consultations/new",
        "/responses/9/wordings/new",
        "/responses/9/references/new",
        "/responses/board",
        "/absences",
        "/one-time-code",
    ],
    "openness": [
        "/openness/tasks",
        "/openness/tasks/1",
        "/openness/tasks/overdue",
        "/openness/tasks/units",
        "/openness/tasks/import",
        "/openness/findings",
        "/openness/findings?list=closings",
        "/openness/findings/1",
        "/openness/catalogue",
        "/openness/catalogue/due",
        "/openness/catalogue/publications",
        "/openness/applications",
        "/openness/applications/1",
        "/openness/applications/new",
        "/openness/applications/tables",
        "/openness/evaluations",
        "/openness/evaluations/1",
        "/openness/assessment",
        "/openness/trainings",
        "/statistics",
        "/statistics/press_events",
        f"/statistics/{YEAR}/entered/new",
        "/reports",
        "/reports/1",
        "/reports/annual-template",
    ],
    "supervisor": [
        "/clocks",
        "/clocks/1",
        "/clocks/calendar/2026",
        "/clocks/calendar/2027",
        "/responses/14",
        "/warnings",
        "/warnings?view=ended",
        "/warnings/steps",
        "/warnings/steps/1",
        "/warnings/steps/new",
        "/warnings/quiet-hours",
    ],
    "auditor": ["/audit", "/audit?kind=response_item"],
    "admin": [
        "/people",
        "/people/1",
        "/people/new",
        "/units",
        "/tokens",
        "/identity-retention",
        "/warnings/channels",
        "/warnings/channels/1",
        "/warnings/deliveries",
    ],
}
WIDTHS = (1280, 390)
LANGUAGES = {"zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant", "en": "en"}


def addresses(page, username: str | None) -> list[str]:
    """The pages of this person; the analyst also opens a topic, what it may be, and why."""
    if username != "analyst":
        return PAGES[username]
    page.goto("/topics")
    page.locator(".topic-row a").first.click()
    topic = page.url
    why = page.get_by_role("link", name=re.compile("^为何归入")).first.get_attribute("href")
    return [*PAGES[username], topic, f"{topic}/merge", why]


@pytest.mark.parametrize("username", list(PAGES), ids=str)
def test_pages_pass_axe_and_fit_their_width(office, username) -> None:
    page = office.sign_in(username) if username else office.open()
    complaints = []
    page.on("console", lambda message: complaints.append((message.type, message.text)))
    for address in addresses(page, username):
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            results = Axe().run(page)
            assert results.violations_count == 0, f"{address}\n{results.generate_report()}"
            overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert overflow <= 0, f"{address} is {overflow} pixels too wide at {width}"
    # The browser reports our own 404 page; nothing else may be said.
    loud = [text for kind, text in complaints if kind in {"error", "warning"}]
    assert [text for text in loud if "404" not in text] == []


@pytest.mark.parametrize("username", list(PAGES), ids=str)
def test_pages_are_strict_html_with_one_heading_and_no_id_twice(office, username) -> None:
    page = office.sign_in(username) if username else office.open()
    for address in addresses(page, username):
        text = page.request.get(address).text()
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        document = parser.parse(text)
        assert document.findtext(".//title"), address
        assert len(document.findall(".//h1")) == 1, address
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), f"{address}: an id stands twice"


def speak(page, language) -> None:
    """Choose a language at the foot of the rooms, where it is not chosen yet."""
    if page.locator("html").get_attribute("lang") != LANGUAGES[language]:
        with page.expect_navigation():
            page.locator(f"button[value={language}]").evaluate("button => button.click()")


@pytest.fixture
def own_language(office) -> Iterator[None]:
    """Put the source's language back: it stays with the person, whom other tests share."""
    yield
    speak(office.sign_in("press"), "zh_Hans")


@pytest.mark.usefixtures("own_language")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_work_pages_speak_the_language_that_was_chosen(office, language) -> None:
    page = office.sign_in("press")
    speak(page, language)
    for address in PAGES["press"]:
        text = page.request.get(address).text()
        assert f'<html lang="{LANGUAGES[language]}"' in text, address


@pytest.mark.usefixtures("own_language")
@pytest.mark.parametrize("language", ["zh_Hant", "en"])
@pytest.mark.parametrize("address", ["/", "/planning/calendar", "/planning/events/1"])
def test_longer_words_of_another_language_pass_axe_and_fit(office, language, address) -> None:
    page = office.sign_in("press", width=390)
    speak(page, language)
    page.goto(address)
    assert page.locator("html").get_attribute("lang") == LANGUAGES[language]
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_the_whole_desk_works_without_javascript(office) -> None:
    page = office.sign_in("operator", java_script_enabled=False)
    page.goto("/messages/new")
    page.get_by_label("诉求内容").fill("沿河路路灯连续三晚不亮")
    page.get_by_role("button", name="登记", exact=True).click()
    assert "登记" in page.get_by_role("status").first.inner_text()
    page.goto("/messages?q=沿河路路灯")
    assert page.get_by_role("link", name=re.compile("沿河路路灯")).count() == 1
