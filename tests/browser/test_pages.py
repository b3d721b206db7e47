"""Every page of the demo, in a real browser: accessible, well-formed, silent, at home.

Each page is looked at once, in one language, light or dark, wide or narrow; over all pages every
combination comes up. ``make axe`` looks at every page in all of them.
"""

from __future__ import annotations

import pytest

from responder import create_app
from tools import pages, walking, world


@pytest.fixture(scope="module")
def walker(browser, server, installation):
    app = walking.aside(create_app, world.settings_in(installation))
    walker = walking.Walker(app, browser, server)
    yield walker
    walker.close()


@pytest.mark.parametrize("who", list(pages.PAGES), ids=str)
def test_pages_are_accessible_well_formed_silent_and_fit(walker, who) -> None:
    found = walking.aside(pages.pages, walker.app, {who: pages.PAGES[who]})
    faults = {
        f"{page.name} ({look})": told
        for page in found
        for look in [walking.look_of(page.name)]
        if (told := walker.faults(page, look))
    }
    assert faults == {}
