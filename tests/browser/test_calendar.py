"""The press office moves events on the calendar: by dragging, by key, and without JavaScript."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from responder.core.times import local, utc_now

REASON = "会场检修"


def today() -> date:
    """The day on the office's calendar."""
    return local(utc_now()).date()


def movable(page: Page) -> Locator:
    """The first event that has a checklist and may be moved, on the month that has one."""
    page.goto("/planning/calendar")
    for _ in range(4):
        slots = page.locator("[data-move]").filter(has_text=re.compile("筹备中|已确定"))
        ahead = [one for one in slots.all() if day_of(one) > today()]
        if ahead:
            return ahead[0]
        page.get_by_role("link", name="下个月").click()
    raise AssertionError("no event of the demo can be moved")


def day_of(slot: Locator) -> date:
    cell = slot.locator("xpath=ancestor::*[@data-day]")
    return date.fromisoformat(cell.get_attribute("data-day") or "")


def another_day(page: Page, day: date) -> date:
    """A working day of the same page, some days away."""
    shown = [
        date.fromisoformat(one.get_attribute("data-day") or "")
        for one in page.locator("[data-day]:not(.day--off)").all()
    ]
    return min(
        (one for one in shown if abs(one - day) >= timedelta(days=3)),
        key=lambda one: abs(one - day),
    )


def theme_of(slot: Locator) -> str:
    words = slot.locator(".slot__link").inner_text()
    return words.split(" ", 1)[1].strip()


def event_number(slot: Locator) -> str:
    found = re.search(r"/planning/events/(\d+)/move", slot.get_attribute("data-move") or "")
    assert found is not None
    return found.group(1)


def checklist(page: Page, column: int) -> list[str]:
    """The checklist's dates in the table of a move: 1 as they are, 2 as they become."""
    rows = page.locator("#move tbody tr")
    return [row.locator("td").nth(column - 1).inner_text() for row in rows.all()]


def due_now(page: Page, number: str, to: date) -> list[str]:
    """The checklist's dates as they are stored, asked on the plain page."""
    page.goto(f"/planning/events/{number}/move?to={to.isoformat()}")
    return checklist(page, 1)


def slot_on(page: Page, day: date, theme: str) -> Locator:
    return page.locator(f"#d-{day.isoformat()} .slot").filter(has_text=theme)


def undo(page: Page, day: date, theme: str) -> None:
    notice = page.get_by_role("status").filter(has_text="改到")
    expect(notice).to_contain_text(theme)
    notice.get_by_role("button", name="撤销").click()
    expect(page.get_by_role("status").first).to_contain_text("已改回")
    expect(slot_on(page, day, theme)).to_be_visible()


def test_an_event_is_moved_by_dragging_and_the_move_undone(office) -> None:
    page = office.sign_in("press")
    slot = movable(page)
    theme, number, day = theme_of(slot), event_number(slot), day_of(slot)
    to = another_day(page, day)
    slot.drag_to(page.locator(f"#d-{to.isoformat()}"))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("改期的影响")
    expect(dialog).to_contain_text("回到“待审批”")
    before, after = checklist(page, 1), checklist(page, 2)
    assert before
    assert before != after
    assert Axe().run(page).violations_count == 0
    dialog.get_by_label("改期的理由").fill(REASON)
    dialog.get_by_role("button", name="确认改期").click()

    expect(slot_on(page, to, theme)).to_contain_text("待审批")
    expect(slot_on(page, day, theme)).to_have_count(0)
    address = page.url
    other = office.sign_in("press")
    moved = due_now(other, number, day)
    assert [one for one, new in zip(moved, after, strict=True) if new != "不变"] == [
        new for new in after if new != "不变"
    ]
    assert page.url == address
    undo(page, day, theme)
    expect(slot_on(page, day, theme)).not_to_contain_text("待审批")
    assert due_now(other, number, to) == before


def test_a_drag_that_is_not_confirmed_changes_nothing(office) -> None:
    page = office.sign_in("press")
    slot = movable(page)
    theme, day = theme_of(slot), day_of(slot)
    slot.drag_to(page.locator(f"#d-{another_day(page, day).isoformat()}"))
    page.get_by_role("dialog").get_by_role("link", name="不改了").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.reload()
    expect(slot_on(page, day, theme)).to_be_visible()


def test_an_event_is_moved_by_keys_alone(office) -> None:
    page = office.sign_in("press")
    slot = movable(page)
    theme, day = theme_of(slot), day_of(slot)
    to = another_day(page, day)
    slot.locator(".slot__link").focus()
    page.keyboard.press("m")
    asked = page.get_by_role("dialog").get_by_label("新的日期")
    expect(asked).to_be_focused()
    asked.fill(to.isoformat())
    page.keyboard.press("Enter")
    reason = page.get_by_role("dialog").get_by_label("改期的理由")
    expect(reason).to_be_focused()
    assert checklist(page, 1) != checklist(page, 2)
    page.keyboard.type(REASON)
    page.keyboard.press("Enter")
    expect(slot_on(page, to, theme)).to_be_visible()
    undo(page, day, theme)


def test_an_event_is_moved_without_javascript(office) -> None:
    page = office.sign_in("press", java_script_enabled=False)
    slot = movable(page)
    theme, day = theme_of(slot), day_of(slot)
    to = another_day(page, day)
    slot.get_by_role("link", name="改期").click()
    page.get_by_label("新的日期").fill(to.isoformat())
    page.get_by_role("button", name="查看影响").click()
    assert checklist(page, 1) != checklist(page, 2)
    page.get_by_role("button", name="确认改期").click()
    expect(slot_on(page, to, theme)).to_be_visible()
    undo(page, day, theme)


def a_weekly_series(page: Page, first: str) -> str:
    """Three proposals, a week apart; the theme under which they stand on the calendar."""
    theme = f"每周例行发布 {first}"
    page.goto("/planning/events/new")
    page.get_by_label("发布主题").fill(theme)
    page.get_by_label("发布时间").fill(f"{first}T10:00")
    page.get_by_label("发布单位").select_option(index=1)
    page.get_by_role("button", name="保存").click()
    page.get_by_label("仍然保存").check()  # the day is behind
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="设为定期举行").click()
    page.locator("[name=every][value=week]").check()
    page.get_by_label("共几次").fill("3")
    page.get_by_role("button", name="建立系列").click()
    page.wait_for_url(re.compile("#series"))
    return theme


def test_an_event_of_a_series_takes_the_others_along_and_all_come_back(office) -> None:
    page = office.sign_in("press")
    theme = a_weekly_series(page, "2026-09-08")
    page.goto("/planning/calendar?year=2026&month=9")
    slot_on(page, date(2026, 9, 15), theme).drag_to(page.locator("#d-2026-09-16"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="确认改期")).to_have_text("确认改期")
    dialog.get_by_label("只改这一场").focus()
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("button", name="确认改期")).to_have_text("确认改期（共 2 场）")
    expect(dialog.get_by_label("这一场和以后各场")).to_be_focused()
    dialog.get_by_label("全部").check()
    expect(dialog).to_contain_text("其他各场（2 场）")
    expect(dialog).to_contain_text("2026-09-22 10:00 → 2026-09-23")
    assert Axe().run(page).violations_count == 0
    dialog.get_by_role("button", name="确认改期（共 3 场）").click()
    for day in (9, 16, 23):
        expect(slot_on(page, date(2026, 9, day), theme)).to_be_visible()
    notice = page.get_by_role("status").filter(has_text="另有 2 场一并改期")
    notice.get_by_role("button", name="全部撤销").click()
    expect(page.get_by_role("status").first).to_contain_text("已撤销 3 场改期")
    for day in (8, 15, 22):
        expect(slot_on(page, date(2026, 9, day), theme)).to_be_visible()


def test_a_clash_is_accepted_on_the_page_of_the_move(office) -> None:
    page = office.sign_in("press")
    theme = a_weekly_series(page, "2026-08-04")
    page.goto("/planning/calendar?year=2026&month=8")
    slot_on(page, date(2026, 8, 11), theme).drag_to(page.locator("#d-2026-08-15"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("group", name="有这些冲突")).to_contain_text("不是工作日")
    dialog.get_by_role("button", name="确认改期").click()
    expect(dialog).to_be_visible()  # the box is asked for first
    dialog.get_by_label("仍然保存").check()
    dialog.get_by_role("button", name="确认改期").click()
    expect(slot_on(page, date(2026, 8, 15), theme)).to_be_visible()


def test_keys_walk_through_the_days_and_pages(office) -> None:
    page = office.sign_in("press")
    page.goto("/planning/calendar?year=2026&month=11#d-2026-11-18")

    def focused() -> str:
        return str(page.evaluate("document.activeElement.dataset.day || ''"))

    for key, day in (
        ("ArrowRight", "2026-11-19"),
        ("ArrowDown", "2026-11-26"),
        ("ArrowLeft", "2026-11-25"),
        ("ArrowUp", "2026-11-18"),
    ):
        page.keyboard.press(key)
        assert focused() == day
    page.keyboard.press("PageDown")
    page.wait_for_url(re.compile("month=12"))
    assert focused() == "2026-12-18"
    page.keyboard.press("PageUp")
    page.wait_for_url(re.compile("month=11"))
    page.goto("/planning/calendar?year=2026&month=11&view=quarter#d-2026-12-31")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("year=2027"))
    assert focused() == "2027-01-01"
    page.keyboard.press("t")
    page.wait_for_url(re.compile(f"#d-{today().isoformat()}"))


@pytest.mark.parametrize("view", ["month", "quarter", "year", "agenda"])
def test_each_view_prints_on_landscape_paper(office, view: str) -> None:
    page = office.sign_in("press")
    page.goto(f"/planning/calendar?view={view}")
    content = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert boxes
    assert all(float(wide) > float(high) for wide, high in boxes)
    page.emulate_media(media="print")
    assert page.locator(".masthead").is_hidden()
    assert page.locator(".calendar__tools").is_hidden()


def test_of_two_who_edit_the_same_event_the_second_is_told_and_loses_nothing(office) -> None:
    first, second = office.sign_in("press"), office.sign_in("press")
    number = event_number(movable(first))
    for page in (first, second):
        page.goto(f"/planning/events/{number}/edit")
    first.get_by_label("地点").fill("新闻发布厅一号厅")
    first.get_by_role("button", name="保存").click()
    expect(first.get_by_role("status").first).to_contain_text("已保存")

    typed = "改在二号厅，并请三家媒体提前到场"
    second.get_by_label("发布内容").fill(typed)
    second.get_by_role("button", name="保存").click()
    expect(second.get_by_role("alert").first).to_contain_text("刚被别人修改过")
    expect(second.get_by_label("发布内容").first).to_have_value(typed)
    expect(second.get_by_label("地点").first).to_have_value("新闻发布厅一号厅")
    first.goto(f"/planning/events/{number}")
    expect(first.locator("main")).to_contain_text("新闻发布厅一号厅")
    expect(first.locator("main")).not_to_contain_text(typed)
