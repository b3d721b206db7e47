"""A call taken down by somebody whose hands stay on the keys."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

ESTATE = "鸣泉雅苑"
FIRST = f"{ESTATE}三号门外路面塌陷成坑，昨晚有人骑车摔伤，要求尽快围挡修复。"
AGAIN = f"{ESTATE}三号门外的坑还没修，路面塌陷，今早又有人摔了。"


def open_desk(office, **options) -> Page:
    page = office.sign_in("operator", **options)
    page.goto("/messages/new")
    expect(page.get_by_label("诉求内容")).to_be_focused()
    return page


def suggestions(page: Page):
    return page.locator("#desk-similar li.alike:not(.alike--none)")


def log_by_keys(page: Page, words: str) -> None:
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("已登记")
    expect(page.get_by_label("诉求内容")).to_be_focused()


def drop_drafts(page: Page) -> None:
    page.goto("/messages/new")
    while page.get_by_role("button", name="丢弃").count():
        page.get_by_role("button", name="丢弃").first.click()
        page.wait_for_load_state()


def test_a_call_is_logged_and_attached_with_the_keyboard_alone(office) -> None:
    page = open_desk(office)
    log_by_keys(page, FIRST)
    expect(page.get_by_label("诉求内容")).to_be_focused()
    expect(page.get_by_label("诉求内容")).to_have_value("")

    page.keyboard.type(AGAIN)
    expect(suggestions(page).first).to_contain_text(f"同一地点：{ESTATE}")
    expect(suggestions(page).first.locator("mark", has_text="塌陷").first).to_be_visible()
    expect(page.get_by_label("诉求内容")).to_be_focused()
    page.keyboard.press("Alt+u")
    page.keyboard.press("Alt+1")
    expect(suggestions(page).first).to_have_class(re.compile("alike--chosen"))
    page.keyboard.press("Escape")
    expect(page.locator(".alike--chosen")).to_have_count(0)
    page.keyboard.press("Alt+1")
    page.keyboard.press("Tab")
    expect(page.get_by_label("区县")).to_be_focused()
    page.keyboard.type("青矶区")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("cpwxq")
    page.keyboard.press("Tab")
    expect(page.get_by_label("小区、路段")).to_have_value("翠屏湾小区")
    page.keyboard.press("Control+Enter")

    said = page.get_by_role("status").first
    expect(said).to_contain_text("已登记")
    said.get_by_role("link", name=re.compile("号留言")).click()
    expect(page.locator(".prose").first).to_contain_text("今早又有人摔了")
    expect(page.get_by_text("青矶区")).to_be_visible()
    expect(page.get_by_text("翠屏湾小区").first).to_be_visible()


def test_no_key_acts_while_an_input_method_composes(office) -> None:
    page = open_desk(office)
    page.keyboard.type("翠屏湾小区工地夜间施工噪音扰民")
    expect(suggestions(page).first).to_be_visible()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(
        """() => {
          const text = document.querySelector('textarea[name=body]');
          const press = (key, more) => text.dispatchEvent(new KeyboardEvent('keydown',
            {key, bubbles: true, cancelable: true, isComposing: true, ...more}));
          press('Enter', {ctrlKey: true});
          press('1', {code: 'Digit1', altKey: true});
          text.value += 'nihao';
          text.dispatchEvent(new InputEvent('input', {bubbles: true, isComposing: true}));
        }"""
    )
    page.wait_for_timeout(600)  # longer than the pause after which the page asks
    assert [url for url in asked if url.endswith(("/similar", "/messages/new"))] == []
    expect(page.locator(".alike--chosen")).to_have_count(0)
    expect(page.get_by_label("诉求内容")).to_be_focused()
    drop_drafts(page)


def test_a_draft_survives_a_closed_tab(office) -> None:
    page = open_desk(office)
    words = "江堤一村三栋电梯停了，老人下不了楼"
    page.keyboard.type(words)
    expect(page.locator("#desk-kept")).to_contain_text("草稿已存")
    page.get_by_label("联系电话").fill("19000001234")
    other = page.context.new_page()
    page.close(run_before_unload=False)
    # What the closing tab sends last may still be on its way.
    for _ in range(20):
        other.goto("/messages/new")
        draft = other.locator(".desk-draft", has_text=words[:10])
        draft.get_by_role("link", name=re.compile(r"恢复未完成的来电 \d\d:\d\d")).click()
        expect(other.get_by_label("诉求内容")).to_have_value(words)
        if other.get_by_label("联系电话").input_value():
            break
    expect(other.get_by_label("联系电话")).to_have_value("19000001234")
    other.get_by_label("诉求内容").press("Control+Enter")
    expect(other.get_by_role("status").first).to_contain_text("已登记")
    expect(draft).to_have_count(0)


def test_going_back_and_saving_again_does_not_store_the_call_twice(office) -> None:
    page = open_desk(office)
    words = "望月路公厕锁着门，过路人没处去"
    log_by_keys(page, words)
    page.go_back()
    page.get_by_label("诉求内容").fill(words)
    page.get_by_label("诉求内容").press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("没有再存一次")
    expect(page.get_by_label("诉求内容")).to_have_value(words)
    drop_drafts(page)
    page.goto("/messages?q=望月路公厕锁着门")
    expect(page.locator(".listing__row").filter(has_text="望月路公厕")).to_have_count(1)


def test_the_desk_with_suggestions_passes_axe_and_fits(office) -> None:
    for width in (1280, 390):
        page = open_desk(office, width=width)
        page.keyboard.type("翠屏湾小区工地夜间施工噪音扰民，担心塌陷")
        expect(suggestions(page).first).to_be_visible()
        page.keyboard.press("Alt+2")
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0
        box, text = page.locator(".desk__similar").bounding_box(), page.locator(".desk__words")
        beside = box["x"] > text.bounding_box()["x"] + 100
        assert beside is (width == 1280)
        drop_drafts(page)


def test_a_rewritten_text_takes_its_choice_back_until_it_is_made_again(office) -> None:
    page = open_desk(office)
    log_by_keys(page, f"{ESTATE}六号门外路面塌陷成坑，要求尽快围挡修复。")
    page = open_desk(office)
    page.keyboard.type(f"{ESTATE}六号门外的坑没人修，路面塌陷有人摔了。")
    expect(suggestions(page).first).to_be_visible()
    page.keyboard.press("Alt+1")
    save = page.locator("[data-save]")
    expect(save).to_have_text(re.compile("登记，与第 .* 号留言相同"))
    page.keyboard.press("Control+a")
    page.keyboard.type("翠屏湾小区电梯停了三天，老人上不了楼。")
    expect(page.locator("#desk-parted")).to_be_visible()
    expect(page.locator(".alike--chosen")).to_have_count(0)
    expect(save).to_have_text("登记")
    expect(page.get_by_label("区县")).to_have_value("")
    drop_drafts(page)
    page.close()


def test_what_became_of_the_call_before_is_no_news_of_this_one(office) -> None:
    page = open_desk(office)
    log_by_keys(page, "槐荫巷口的垃圾桶满了三天没人清运，气味很大，请派人处理。")
    expect(page.locator(".alert-success")).to_have_count(1)
    page.keyboard.type("另")
    expect(page.locator(".alert-success")).to_have_count(0)
    expect(page.locator(".flash--past")).to_contain_text("上一通：已登记")
    drop_drafts(page)
    page.close()
