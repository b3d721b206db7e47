"""The product by keys: help, rows, neighbours, rooms, saving; and nothing typed is lost."""

from __future__ import annotations

import re

from playwright.sync_api import expect


def test_keys_lead_through_a_list_and_its_items(office) -> None:
    page = office.sign_in("analyst")
    page.goto("/topics")
    page.locator("main").focus()
    page.keyboard.press("?")
    dialog = page.locator("#keys-dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("main")).to_be_focused()

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first, second = (page.locator(".topic-row a.fw-semibold").nth(n) for n in (0, 1))
    expect(first).to_be_focused()
    addresses = [one.get_attribute("href") for one in (first, second)]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{addresses[0]}")
    page.keyboard.press("]")
    page.wait_for_url(f"**{addresses[1]}")
    page.keyboard.press("u")
    page.wait_for_url("**/topics")
    page.keyboard.press("g")
    page.keyboard.press("x")
    page.wait_for_url("**/responses")


def test_no_letter_acts_while_somebody_types_or_an_input_method_composes(office) -> None:
    page = office.sign_in("analyst")
    page.goto("/topics")
    page.keyboard.press("/")
    field = page.get_by_label("话题名称")
    expect(field).to_be_focused()
    page.keyboard.type("gj?")
    expect(field).to_have_value("gj?")
    page.evaluate(
        "document.querySelector('main').dispatchEvent(new KeyboardEvent('keydown',"
        " {key: '?', isComposing: true, bubbles: true}))"
    )
    expect(page.locator("#keys-dialog")).to_be_hidden()


def test_unsaved_changes_warn_once_and_saving_does_not(office) -> None:
    page = office.sign_in("press")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/planning/avoided-periods/new")
    page.goto("/")
    assert asked == []
    page.goto("/planning/avoided-periods/new")
    page.get_by_label("名称").fill("键盘测试时段")
    page.goto("/")
    assert asked == ["beforeunload"]
    page.goto("/planning/avoided-periods/new")
    page.get_by_label("名称").fill("键盘测试时段")
    page.locator("[name=first_day]").fill("2027-03-01")
    page.locator("[name=last_day]").fill("2027-03-05")
    page.keyboard.press("Control+s")
    page.wait_for_url("**/planning/avoided-periods")
    assert asked == ["beforeunload"]


def test_a_word_opens_its_meaning_by_key_and_closes(office) -> None:
    page = office.sign_in("analyst")
    page.goto("/topics")
    word = page.locator("h1 .term")
    word.focus()
    page.keyboard.press("Enter")
    expect(word).to_have_attribute("aria-expanded", "true")
    expect(page.locator("[role=note]")).to_contain_text("一件事、一个地方")
    page.keyboard.press("Escape")
    expect(page.locator("[role=note]")).to_have_count(0)
    expect(word).to_be_focused()


def test_what_was_deleted_comes_back_by_the_button_beside_the_news(office) -> None:
    page = office.sign_in("analyst")
    page.goto("/topics")
    page.locator(".topic-row a.fw-semibold").last.click()
    page.get_by_role("button", name=re.compile("^置顶$")).first.evaluate("button => button.click()")
    page.locator(".alert", has_text="已置顶").get_by_role("button", name="撤销").click()
    expect(page.get_by_role("status").first).to_contain_text("已撤销修正")
