"""A whole review with a return, by six people; two at once; the board by keyboard."""

from __future__ import annotations

import re
from itertools import pairwise

from playwright.sync_api import Page, expect

from responder.demo.accounts import PASSWORD
from tests.browser.test_chain import find_nothing_secret, item_address, take

ANSWER = "经核实，路灯线路被施工挖断，已抢修恢复；责任单位已被约谈，今后开挖前须先探明管线。"


def open_and_write(office, title: str) -> tuple[Page, str]:
    """An item that the editor has written and handed in."""
    analyst = office.sign_in("analyst")
    analyst.goto("/responses/open")
    analyst.get_by_label("标题").fill(title)
    analyst.get_by_label("关切内容").fill("居民反映路灯连续一周不亮，夜间出行不安全。")
    analyst.get_by_label("回应单位").select_option(label="市住房和城乡建设局")
    analyst.get_by_role("button", name="发起回应").click()
    analyst.wait_for_url(re.compile(r"/responses/\d+$"))
    address = item_address(analyst)
    editor = office.sign_in("editor")
    editor.goto(address)
    editor.get_by_label("回应内容").fill(ANSWER)
    editor.get_by_role("button", name="保存稿件").click()
    take(editor, address, "提交初审", "待初审")
    return editor, address


def check_secrets(page: Page, address: str) -> None:
    find_nothing_secret(page, address)
    take(page, address, "保密审查通过", "待签发", stay=True)


def test_a_review_with_a_return_by_six_people(office) -> None:
    editor, address = open_and_write(office, "关于路灯不亮的回应")
    first, second, third, secrecy, signer = map(
        office.sign_in, ("first", "second", "third", "secrecy", "signer")
    )
    # The first reviewer marks a passage; the editor answers it.
    first.goto(address)
    first.get_by_label("引用稿件中的文字").fill("责任单位已被约谈")
    first.get_by_label("意见", exact=True).fill("写明是哪个单位。")
    first.get_by_role("button", name="批注", exact=True).click()
    expect(first.get_by_text("1 条未处理")).to_be_visible()
    first.get_by_label("退回修改的理由（必填）").fill("见批注")
    take(first, address, "退回修改", "起草中", stay=True)
    editor.goto(address)
    expect(editor.get_by_role("button", name="提交初审")).to_be_disabled()
    editor.get_by_label("对批注 1 的答复").fill("已注明。")
    editor.get_by_role("button", name="处理完毕").click()
    take(editor, address, "提交初审", "待初审")
    take(first, address, "初审通过", "待复审")
    take(second, address, "复审通过", "待终审")
    take(third, address, "终审通过", "待保密审查")
    check_secrets(secrecy, address)

    # The signer sends it back to the second review; the first approval stays.
    signer.goto(address)
    signer.get_by_label("退回到").select_option(label="退回复审")
    signer.get_by_label("退回的理由（必填）").fill("请复审核对抢修时间")
    take(signer, address, "退回", "待复审", stay=True)
    expect(signer.get_by_text("退回后不再计入")).to_have_count(3)
    take(second, address, "复审通过", "待终审")
    take(third, address, "终审通过", "待保密审查")
    check_secrets(secrecy, address)

    signer.goto(address)
    signer.get_by_label("您的登录密码").fill("不是这个")
    signer.get_by_role("button", name="签发", exact=True).click()
    expect(signer.get_by_text("密码不正确，没有办理")).to_be_visible()
    signer.get_by_label("您的登录密码").fill(PASSWORD)
    take(signer, address, "签发", "已签发", stay=True)
    expect(signer.get_by_text("已用密码验证")).to_be_visible()


def test_of_two_reviewers_at_once_the_second_is_told(office) -> None:
    """Both have the page open; whoever comes later is told, and nothing is decided twice."""
    _editor, address = open_and_write(office, "关于路灯维修进度的回应")
    one, other = office.sign_in("first"), office.sign_in("first")
    for page in (one, other):
        page.goto(address)
    take(one, address, "初审通过", "待复审", stay=True)
    other.get_by_label("退回修改的理由（必填）").fill("还要再核实")
    with other.expect_response(lambda answer: answer.request.method == "POST") as answered:
        other.get_by_role("button", name="退回修改", exact=True).click()
    assert answered.value.status == 409
    one.goto(address)
    expect(one.locator(".page-head")).to_contain_text("待复审")


def test_the_board_shows_every_state_side_by_side(office) -> None:
    page = office.sign_in("signer")
    page.goto("/responses/board")
    columns = page.locator("[data-column]")
    expect(columns).to_have_count(9)
    for filled in ("", "?unit=2"):
        page.goto(f"/responses/board{filled}")
        boxes = [one.bounding_box() for one in columns.all()]
        assert len({box["y"] for box in boxes}) == 1
        assert boxes[0]["x"] >= 0
        assert boxes[-1]["x"] + boxes[-1]["width"] <= 1280
        assert all(a["x"] + a["width"] <= b["x"] for a, b in pairwise(boxes))
        cards = page.locator("[data-card]").evaluate_all(
            "all => all.map((one) => one.closest('li')).filter((one) =>"
            " one.scrollWidth > one.clientWidth).length"
        )
        assert cards == 0


def test_the_board_by_keyboard(office) -> None:
    titles = ("关于路灯线路的回应", "关于路灯亮度的回应")
    for title in titles:
        open_and_write(office, title)
    first = office.sign_in("first")
    first.goto("/responses/board?state=first_review")
    keys = first.keyboard
    first.get_by_role("link", name=titles[0]).focus()
    keys.press("Space")
    expect(first.get_by_label(f"选择{titles[0]}")).to_be_checked()
    first.locator(":focus").press("ArrowUp")
    first.get_by_role("link", name=titles[1]).focus()
    keys.press("Space")
    expect(first.get_by_text("已选 2 件")).to_be_visible()
    keys.press("Space")
    expect(first.get_by_text("已选 1 件")).to_be_visible()
    keys.press("Space")
    first.get_by_role("button", name="办理所选").focus()
    keys.press("Enter")
    first.wait_for_url(re.compile("/responses/bulk"))
    first.get_by_role("button", name="初审通过").focus()
    keys.press("Enter")
    expect(first.get_by_role("heading", name="已办理 2 件")).to_be_visible()

    # Arrows go from card to card and from column to column; Enter opens.
    first.goto("/responses/board")
    cards = first.locator("[data-column]").filter(has=first.locator("[data-card]"))
    first.locator("[data-board] button").focus()
    keys.press("ArrowDown")
    expect(cards.nth(0).locator("[data-card]").first).to_be_focused()
    keys.press("ArrowRight")
    expect(cards.nth(1).locator("[data-card]").first).to_be_focused()
    keys.press("ArrowLeft")
    expect(cards.nth(0).locator("[data-card]").first).to_be_focused()
    keys.press("Enter")
    first.wait_for_url(re.compile(r"/responses/\d+$"))
