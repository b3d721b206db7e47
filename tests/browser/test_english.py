"""Nothing Chinese stands on an English page, but what people wrote."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from playwright.sync_api import Page

from responder.demo.cli import DRESS
from responder.settings import Settings
from tests.browser.han import stored, untranslated
from tests.browser.test_pages import PAGES

# The contract of the API and the sentences of the yearly summary are Chinese by their nature.
CHINESE = {"/api/v1/docs", "/reports/annual-template"}


def switch(page: Page, language: str) -> None:
    page.goto("/")
    with page.expect_navigation():
        page.locator(f"button[value={language}]").first.evaluate("button => button.click()")


@pytest.mark.parametrize("username", list(PAGES), ids=str)
def test_an_english_page_shows_no_chinese_but_data(office, state, username) -> None:
    page = office.sign_in(username) if username else office.open()
    switch(page, "en")
    settings = Settings(state_dir=state)
    names = (settings.site_name, settings.publisher_name, *DRESS.values())
    data = "\n".join([stored(state / "responder.db"), *names])
    found = {
        address: untranslated(page.request.get(address).text(), data + unquote(address))
        for address in PAGES[username]
        if address not in CHINESE
    }
    switch(page, "zh_Hans")  # it is kept with the person, whom other tests ask
    assert {address: texts for address, texts in found.items() if texts} == {}
