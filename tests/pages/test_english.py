"""Nothing Chinese stands on an English page, but what people wrote."""

from __future__ import annotations

from responder.demo.cli import DRESS
from tests.pages.conftest import Readers
from tests.pages.han import Data, stored, untranslated
from tools import pages

# The contract of the API, the guide and the sentences of the yearly summary are Chinese by nature.
CHINESE = {"api.docs", "annual.template", "guide.chapters", "guide.chapter"}


def test_an_english_page_shows_no_chinese_but_data(opened) -> None:
    app = opened()
    readers, settings = Readers(app), app.extensions["settings"]
    for who in pages.PAGES:
        readers.client(who).post("/language", data={"language": "en"})
    names = (settings.site_name, settings.publisher_name, *DRESS.values())
    data = Data("\n".join([stored(settings.state_dir / "responder.db"), *names]))
    found = {
        page.name: untranslated(readers.get(page).text, data, page.address)
        for page in pages.pages(app)
        if page.name not in CHINESE
    }
    assert {name: texts for name, texts in found.items() if texts} == {}
