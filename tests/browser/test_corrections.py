"""An analyst puts topics right on the keyboard alone, and takes it back."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

ESTATE = "金浦华庭"
NAME = "金浦华庭地下车位只卖不租"
MOST_STOPS = 150


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    expect(target).to_be_visible()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"not to be reached by Tab: {target}")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def size(page: Page) -> int:
    text = page.get_by_text(re.compile(r"^\d+ 人，\d+ 条$")).first.inner_text()
    return int(re.search(r"，(\d+) 条", text).group(1))


def rename(page: Page) -> None:
    press(page, page.locator("summary", has_text="改名"))
    tab_to(page, page.get_by_label("话题名称"))
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(NAME)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("已改名")
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)


def split_off_one(page: Page) -> None:
    press(page, page.get_by_role("checkbox", name="勾选第").first, "Space")
    press(page, page.get_by_role("button", name="拆分为新话题"))
    expect(page.get_by_role("status").first).to_contain_text("已拆分")
    assert size(page) == 1


def undo_last(page: Page) -> None:
    press(page, page.locator("#made summary"))
    press(page, page.locator("#made").get_by_role("button", name="撤销").first)
    expect(page.get_by_role("status").first).to_contain_text("已撤销修正")


def test_renaming_splitting_and_undoing_need_no_mouse(office) -> None:
    page = office.sign_in("analyst")
    page.goto(f"/topics?q={ESTATE}")
    press(page, page.locator(".topic-row a").first)
    expect(page.get_by_role("heading", level=1)).to_contain_text(ESTATE)
    address, before = page.url, size(page)
    label = page.get_by_role("heading", level=1).inner_text()

    rename(page)
    split_off_one(page)
    page.goto(address)
    assert size(page) == before - 1
    history = page.get_by_role("region", name="沿革")
    expect(history).to_contain_text("拆出")

    undo_last(page)
    page.goto(address)
    assert size(page) == before
    expect(page.get_by_role("region", name="沿革")).to_contain_text("已撤销")
    undo_last(page)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text(label)


def test_what_was_corrected_is_told(office) -> None:
    """The demo's analyst split water pressure off the night noise of one estate."""
    page = office.sign_in("supervisor")
    page.goto("/topics?q=翠屏湾")
    page.get_by_role("link", name=re.compile("夜间施工")).first.click()
    page.locator("#made summary").click()
    expect(page.locator("#made")).to_contain_text("水压不足与夜间施工无关")
    expect(page.get_by_role("button", name="撤销")).to_have_count(0)
