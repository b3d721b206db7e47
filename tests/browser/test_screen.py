"""The big screen in a browser: it fits, refreshes itself, and says when it could not."""

from __future__ import annotations


def test_the_screen_refreshes_itself_and_says_since_when_it_could_not(office) -> None:
    page = office.sign_in("press")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.clock.install()
    page.goto("/screen")
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollHeight <= 1080 && {root}.scrollWidth <= 1920")
    page.evaluate("document.querySelector('.screen__grid').dataset.old = 'yes'")
    page.clock.fast_forward(31_000)
    page.locator(".screen__grid:not([data-old])").wait_for()
    page.context.set_offline(True)
    page.clock.fast_forward(31_000)
    page.locator("[data-stale]", has_text="起没有刷新").wait_for()
    page.context.set_offline(False)
    page.clock.fast_forward(61_000)
    page.locator("[data-stale]").wait_for(state="hidden")
