"""The shell and the dark, in a browser: without JavaScript, by key, at the widths of the office."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

WIDE_PAGES = ("/responses/board", "/planning/calendar", "/planning/plan/2026", "/components")


def test_the_menu_of_a_narrow_page_opens_without_javascript_and_closes_by_key(office) -> None:
    office.sign_in("press")
    page = office.sign_in("press", width=390, java_script_enabled=False)
    rooms = page.get_by_role("navigation", name="主导航")
    assert rooms.is_hidden()
    page.get_by_role("button", name="菜单").press("Enter")
    assert rooms.get_by_role("link", name="今日").get_attribute("aria-current") == "page"
    page.keyboard.press("Escape")
    rooms.wait_for(state="hidden")
    page.keyboard.press("Enter")  # the focus is back on the button
    rooms.get_by_role("link", name="话题").click()
    page.wait_for_url("**/topics")


@pytest.mark.parametrize("width", [1280, 390])
def test_wide_pages_fit_and_are_read_in_the_dark(office, width) -> None:
    page = office.sign_in("press", width=width, color_scheme="dark")
    for address in WIDE_PAGES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}\n{found.generate_report()}"


def test_tables_of_the_machine_room_hide_no_column_on_a_telephone(office) -> None:
    page = office.sign_in("admin", width=390)
    for address in ("/jobs", "/sign-ins"):
        page.goto(address)
        beyond = page.locator(".table-responsive").evaluate(
            "box => box.scrollWidth - box.clientWidth"
        )
        assert beyond == 0, address
        rows = page.locator(".table-responsive tbody tr")
        assert rows.first.locator("td[data-label]").count() >= 3, address


def test_colours_chosen_by_hand_hold_without_javascript_and_paper_stays_light(office) -> None:
    office.sign_in("editor")
    page = office.sign_in("editor", java_script_enabled=False, color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="深色").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.emulate_media(media="print")
    assert page.evaluate("matchMedia('print').matches")
    assert page.evaluate(ground) not in (dark,)
    assert page.locator(".masthead").is_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="跟随系统").click()
    assert page.evaluate(ground) == light
