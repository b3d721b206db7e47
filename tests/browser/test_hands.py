"""The whole chain without JavaScript, and with the keyboard alone."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from responder.demo.accounts import PASSWORD
from tests.browser.test_chain import find_nothing_secret, item_address, take
from tests.browser.test_import import PATIENCE

ANSWER = "经核实，路灯线路被施工挖断，已于当晚抢修恢复；今后开挖前须先探明管线。"
STEPS = (
    ("first", "初审通过", "待复审"),
    ("second", "复审通过", "待终审"),
    ("third", "终审通过", "待保密审查"),
)
MOST_TABS = 250  # more than any page has to stop at


def open_item(analyst: Page, title: str) -> str:
    analyst.goto("/responses/open")
    analyst.get_by_label("标题").fill(title)
    analyst.get_by_label("关切内容").fill("居民反映沿河路路灯连续三晚不亮，夜间出行不安全。")
    analyst.get_by_label("回应单位").select_option(label="市住房和城乡建设局")
    analyst.get_by_role("button", name="发起回应").click()
    analyst.wait_for_url(re.compile(r"/responses/\d+$"))
    return item_address(analyst)


def test_a_call_becomes_a_public_answer_without_javascript(office) -> None:
    sign_in = partial(office.sign_in, java_script_enabled=False)
    operator = office.open(java_script_enabled=False)
    operator.goto("/sign-in")
    operator.get_by_label("用户名").fill("operator")
    operator.get_by_label("密码").fill(PASSWORD)
    operator.get_by_role("button", name="登录").click()
    operator.goto("/messages/new")
    operator.get_by_label("诉求内容").fill("沿河路路灯连续三晚不亮")
    operator.get_by_role("button", name="登记", exact=True).click()
    expect(operator.get_by_role("status").first).to_contain_text("登记")
    operator.goto("/messages?q=沿河路路灯")
    expect(operator.locator(".listing__row").filter(has_text="沿河路路灯")).to_have_count(1)

    title = "关于沿河路路灯不亮的回应"
    address = open_item(sign_in("analyst"), title)
    editor = sign_in("editor")
    editor.goto(address)
    editor.get_by_label("回应内容").fill(ANSWER)
    editor.get_by_role("button", name="保存稿件").click()
    take(editor, address, "提交初审", "待初审")
    for who, button, state in STEPS:
        take(sign_in(who), address, button, state)
    secrecy = sign_in("secrecy")
    find_nothing_secret(secrecy, address)
    take(secrecy, address, "保密审查通过", "待签发", stay=True)
    signer = sign_in("signer")
    signer.goto(address)
    signer.get_by_label("您的登录密码").fill(PASSWORD)
    take(signer, address, "签发", "已签发", stay=True)
    take(sign_in("press"), address, "立即发布", "已发布")

    citizen = office.open(width=390, java_script_enabled=False)
    citizen.goto("/concerns")
    citizen.get_by_role("link", name=title).click()
    expect(citizen.get_by_text("已于当晚抢修恢复")).to_be_visible()


IN_STEPS = "document.getElementById('steps').parentElement.contains(document.activeElement)"


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until this has the focus."""
    for _press in range(MOST_TABS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {wanted}")


def press_button(page: Page, name: str, state: str) -> None:
    tab_to(page, page.get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")
    expect(page.locator(".page-head")).to_contain_text(state)


def test_an_item_is_reviewed_with_the_keyboard_alone(office) -> None:
    address = open_item(office.sign_in("analyst"), "关于沿河路照明的回应")
    editor = office.sign_in("editor")
    editor.goto(address)
    tab_to(editor, editor.get_by_label("回应内容"))
    editor.keyboard.insert_text(ANSWER)
    tab_to(editor, editor.get_by_role("button", name="保存稿件"))
    editor.keyboard.press("Enter")
    expect(editor.get_by_role("status").first).to_contain_text("保存")
    press_button(editor, "提交初审", "待初审")
    for who, button, state in STEPS:
        page = office.sign_in(who)
        page.goto(address)
        page.keyboard.press("b")
        assert page.evaluate(IN_STEPS)
        press_button(page, button, state)
    secrecy = office.sign_in("secrecy")
    secrecy.goto(address)
    for answer in secrecy.get_by_role("radio", name="不涉及").all():
        name = answer.get_attribute("name")
        tab_to(secrecy, secrecy.locator(f"input[name={name}]").first)
        secrecy.keyboard.press("Space")
        while not answer.is_checked():
            secrecy.keyboard.press("ArrowDown")
    press_button(secrecy, "保密审查通过", "待签发")
    signer = office.sign_in("signer")
    signer.goto(address)
    tab_to(signer, signer.get_by_label("您的登录密码"))
    signer.keyboard.type(PASSWORD)
    press_button(signer, "签发", "已签发")


def choose(page: Page, label: str, option: str) -> None:
    """Go down a list until this is chosen."""
    field = page.get_by_label(label)
    tab_to(page, field)
    while field.locator("option:checked").inner_text() != option:
        page.keyboard.press("ArrowDown")


def test_a_file_is_imported_with_the_keyboard_alone(office, tmp_path: Path) -> None:
    page = office.sign_in("analyst")
    page.goto("/imports")
    field = page.get_by_label("选择文件，或把文件拖到这里")
    tab_to(page, field)  # Space opens the system's own window, which is none of ours
    path = tmp_path / "键盘.csv"
    path.write_text("编号,内容,时间\nK1,沿河路路灯不亮,2026-03-05 09:30\n", encoding="utf-8")
    field.set_input_files(path)
    tab_to(page, page.get_by_role("button", name="上传"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/imports/runs/\d+$"))
    choose(page, "渠道", "市民论坛")
    tab_to(page, page.get_by_role("button", name="试运行"))
    page.keyboard.press("Enter")
    start = page.get_by_role("button", name="开始导入")
    expect(start).to_be_visible(timeout=PATIENCE)
    tab_to(page, start)
    page.keyboard.press("Enter")
    result = page.get_by_role("region", name="结果")
    expect(result).to_contain_text("已完成", timeout=PATIENCE)
