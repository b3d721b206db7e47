"""Writing an answer in a real browser: a crash loses nothing, the check follows, keys wait."""

from __future__ import annotations

import contextlib
import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page, Route, expect

TYPED = "写到一半就崩溃的文字，联系13812345678。"


def drafts(page: Page, title: str) -> None:
    page.goto(f"/responses?state=draft&q={title}")
    page.locator(".rows a, table a").filter(has_text=title).first.click()


def passes(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window


def crash(page: Page) -> None:
    """The page's process dies; nothing is told to it."""
    with contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=2_000)


def test_what_was_typed_survives_a_crash_and_is_checked_while_typing(office) -> None:
    page = office.sign_in("editor")
    drafts(page, "澜悦江山")
    address = page.url
    # The demo's editor left a text unsaved: it is offered, compared, and taken up or not.
    expect(page.locator("#unsaved")).to_contain_text("您有未保存的文字")
    page.get_by_role("button", name="恢复").click()
    expect(page.get_by_label("回应内容")).to_have_value(re.compile("购房人代表座谈会"))
    expect(page.locator("#check-remarks")).to_contain_text("应为“市住房和城乡建设局”")
    passes(page)
    page.get_by_role("button", name="放弃").click()
    expect(page.locator("#unsaved")).to_have_count(0)

    text = page.get_by_label("回应内容")
    text.focus()
    page.keyboard.press("ControlOrMeta+End")
    # Half a word in an input method is nobody's wish to save.
    text.evaluate(
        "e => e.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 's', ctrlKey: true, isComposing: true, bubbles: true, cancelable: true}))"
    )
    page.keyboard.insert_text(TYPED)
    expect(page.locator("#check-remarks")).to_contain_text("手机号码，不能签发和发布")
    expect(page.locator("#slip-status")).to_contain_text("已自动暂存")
    assert page.url.partition("#")[0] == address
    crash(page)

    again = page.context.new_page()
    again.goto(address)
    expect(again.locator("#unsaved")).to_contain_text("您有未保存的文字")
    expect(again.get_by_label("回应内容")).not_to_have_value(re.compile("崩溃"))
    again.get_by_role("button", name="恢复").click()
    expect(again.get_by_label("回应内容")).to_have_value(re.compile(re.escape(TYPED)))
    again.set_viewport_size({"width": 390, "height": 844})
    passes(again)

    again.get_by_label("回应内容").press("ControlOrMeta+s")
    expect(again.get_by_role("status").first).to_contain_text("稿件已保存")
    expect(again.locator("#unsaved")).to_have_count(0)
    again.locator("summary", has_text="稿件版本").click()
    again.get_by_role("link", name="比较版本").click()
    expect(again.locator("ins")).to_contain_text("崩溃")
    passes(again)
    again.set_viewport_size({"width": 1280, "height": 900})
    passes(again)


def test_saving_waits_for_what_is_being_put_by(office) -> None:
    page = office.sign_in("editor")
    drafts(page, "澜悦江山")
    for waiting in page.get_by_role("button", name="放弃").all():
        waiting.click()
    held: list[Route] = []
    sent: list[str] = []
    page.route("**/slip", lambda route: held.append(route))
    page.on("request", lambda one: sent.append(one.url) if one.url.endswith("/draft") else None)
    text = page.get_by_label("回应内容")
    text.fill("经核实，车位租售方案十二月底前公布。")
    page.wait_for_timeout(2_800)
    text.fill("经核实，车位租售方案十二月底前公布，已办结。")
    text.press("ControlOrMeta+s")
    page.get_by_role("button", name="保存稿件").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert (len(held), sent) == (1, [])
    held[0].continue_()
    expect(page.get_by_role("status").first).to_contain_text("稿件已保存")
    expect(page.locator("#unsaved")).to_have_count(0)
    assert len(sent) == 1


def test_a_template_goes_in_where_the_writer_stands_and_leaving_keeps_it(office) -> None:
    page = office.sign_in("editor")
    drafts(page, "澜悦江山")
    address = page.url
    text = page.get_by_label("回应内容")
    before = text.input_value()
    text.focus()
    page.keyboard.press("ControlOrMeta+End")
    page.get_by_label("模板").select_option(label="办结类答复")
    page.get_by_role("button", name="套用").click()
    expect(text).to_have_value(re.compile("^" + re.escape(before[:20]) + r"[\s\S]*现答复如下"))
    page.goto("/responses/templates")  # before any pause: the beacon takes it
    passes(page)
    page.goto(address)
    expect(page.locator("#unsaved")).to_contain_text("您有未保存的文字")
    page.get_by_role("button", name="放弃").click()

    keeper = office.sign_in("press", width=390)
    for place in ("words", "names", "templates", "templates/new", "words/1", "names/1"):
        keeper.goto(f"/responses/{place}")
        passes(keeper)
