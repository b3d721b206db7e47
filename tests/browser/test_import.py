"""An analyst imports a file: columns, dry run, stop, resume, the refused rows, undo."""

from __future__ import annotations

import re
from pathlib import Path

import python_calamine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

HEADINGS = "流水,反映人,登记于,说了什么"
ROWS = 3_000
REFUSED_ROW = 4
PATIENCE = 60_000  # milliseconds; the scheduler shares two cores with the other tests


def write(folder: Path) -> Path:
    lines = [
        f"B{number},市民{number},2026-03-05 09:30,凌波路 {number} 号楼下垃圾三天没有人清运"
        for number in range(ROWS)
    ]
    lines[REFUSED_ROW - 2] = "B0,市民,昨天,没有写清时间的一条"
    path = folder / "三月来电.csv"
    path.write_text("\n".join([HEADINGS, *lines, ""]), encoding="gb18030")
    return path


def check(page: Page) -> None:
    assert Axe().run(page).violations_count == 0, page.url
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def upload(page: Page, path: Path) -> None:
    page.goto("/imports")
    page.get_by_label("选择文件，或把文件拖到这里").set_input_files(path)
    page.get_by_role("button", name="上传").click()
    page.wait_for_url(re.compile(r"/imports/runs/\d+$"))


def choose_columns(page: Page) -> None:
    expect(page.get_by_label("说了什么")).to_have_value("body")  # by what stands in it
    page.get_by_label("登记于").select_option(label="不导入")
    page.get_by_role("button", name="试运行").click()
    expect(page.get_by_role("alert")).to_contain_text("请指明哪一列是“时间”")
    expect(page.get_by_text("请选择渠道")).to_be_visible()
    check(page)
    page.get_by_label("登记于").select_option(label="时间")
    page.get_by_label("流水").select_option(label="来源编号")
    page.get_by_label("反映人").select_option(label="姓名或昵称")
    page.get_by_label("渠道").select_option(label="市民论坛")
    page.get_by_label("把列对应保存为").fill("论坛导出")
    page.get_by_role("button", name="试运行").click()


def test_a_file_is_imported_stopped_resumed_and_undone(office, tmp_path: Path) -> None:
    path = write(tmp_path)
    page = office.sign_in("analyst", width=390)
    upload(page, path)
    check(page)
    choose_columns(page)

    start = page.get_by_role("button", name="开始导入")
    expect(start).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(f"第 {REFUSED_ROW} 行 登记于：“昨天”不是日期")).to_be_visible()
    check(page)
    start.click()
    stop = page.get_by_role("button", name="停止")
    expect(page.get_by_text("正在导入").first).to_be_visible(timeout=PATIENCE)
    stop.click()

    resume = page.get_by_role("button", name="继续")
    expect(resume).to_be_visible(timeout=PATIENCE)
    check(page)
    resume.click()
    result = page.get_by_role("region", name="结果")
    expect(result).to_contain_text("已完成", timeout=PATIENCE)
    expect(result).to_contain_text(
        re.compile(rf"行\s*{ROWS}\s*新增\s*{ROWS - 1}\s*重复\s*0\s*退回\s*1")
    )
    check(page)

    with page.expect_download() as started:
        page.get_by_role("link", name="下载退回的行").click()
    book = started.value.path().rename(tmp_path / "退回.xlsx")
    refused = python_calamine.load_workbook(book).get_sheet_by_index(0).to_python()
    assert refused[0][:2] == ["行号", "错误原因"]
    assert [line[0] for line in refused[1:]] == [REFUSED_ROW]

    address = page.url
    page.get_by_role("link", name="查看这批留言").click()
    listed = page.get_by_role("region", name="留言列表")
    expect(listed.get_by_role("link", name="凌波路").first).to_be_visible()
    page.goto(address)
    page.get_by_role("link", name="撤销这次导入").click()
    expect(page.get_by_role("heading", level=2)).to_have_text(f"将撤出 {ROWS - 1} 条留言")
    check(page)
    page.get_by_role("button", name="确认撤销").click()
    expect(result).to_contain_text("已撤销", timeout=PATIENCE)
    page.goto("/messages?q=凌波路")
    expect(page.get_by_text("没有符合条件的留言")).to_be_visible()

    upload(page, path)
    expect(page.get_by_text("已套用“论坛导出”")).to_be_visible()
    page.get_by_role("button", name="放弃").click()
    expect(page.get_by_role("status").first).to_contain_text("已放弃")


def test_a_file_can_be_dropped_and_a_too_large_one_is_told_at_once(office) -> None:
    page = office.sign_in("analyst")
    page.goto("/imports")
    drop = """([size]) => {
        const form = document.querySelector('.import-drop');
        form.dataset.maxBytes = String(size);
        const transfer = new DataTransfer();
        transfer.items.add(new File(['标题,时间'], '留言.csv'));
        form.dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true}));
    }"""
    page.evaluate(drop, [3])
    expect(page.get_by_role("alert")).to_contain_text("超过上限")
    expect(page.get_by_role("button", name="上传")).to_be_disabled()
    page.evaluate(drop, [3000])
    expect(page.get_by_role("button", name="上传")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("只有表头")
