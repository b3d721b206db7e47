"""Nothing Chinese stands on an English page, but what people wrote."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from responder.settings import Settings
from tests.browser.han import stored, untranslated
from tests.browser.test_pages import PAGES

# The contract of the API and the sentences of the yearly summary are Chinese by their nature.
CHINESE = {"/api/v1/docs", "/reports/annual-template"}


@pytest.mark.parametrize("username", list(PAGES), ids=str)
def test_an_english_page_shows_no_chinese_but_data(office, installation, username) -> None:
    page = office.sign_in(username) if username else office.open()
    page.goto("/")
    page.locator("button[value=en]").first.evaluate("button => button.click()")
    page.wait_for_load_state()
    settings = Settings(state_dir=installation)
    names = (settings.site_name, settings.city_name, settings.publisher_name)
    data = "\n".join([stored(installation / "responder.db"), *names])
    found = {
        address: untranslated(page.request.get(address).text(), data + unquote(address))
        for address in PAGES[username]
        if address not in CHINESE
    }
    assert {address: texts for address, texts in found.items() if texts} == {}
