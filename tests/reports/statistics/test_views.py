"""Pages and commands of the statistics."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from responder.planning.models import EventState, Form
from responder.reports.statistics.models import EnteredFigure, FrozenYear
from tests.factories import unit
from tests.planning import factories as make
from tests.responses.pages import strict

FIELDS = {
    "name": "行政权力事项",
    "value": "1619",
    "measure": "项",
    "meaning": "市级保留的行政权力事项。",
    "basis": "市政府权力清单（2026年本）",
}


@pytest.fixture
def events(session) -> None:
    for month, form in ((3, Form.CONFERENCE), (3, Form.BRIEFING), (5, Form.ONLINE_INTERVIEW)):
        make.event(
            theme=f"{month}月{form}", starts_at=datetime(2026, month, 5, 2, tzinfo=UTC),
            state=EventState.HELD, form=form,
        )  # fmt: skip


@pytest.fixture
def office(client, people, events):
    return people.sign_in(client, people.openness_officer)


def test_the_year_shows_each_figure_and_leads_to_its_rows(office) -> None:
    page = office.get("/statistics?year=2026")
    strict(page.text)
    assert 'href="/statistics/press_events?year=2026">3<' in page.text
    assert "无数据" in page.text
    rows = office.get("/statistics/press_events?year=2026")
    strict(rows.text)
    assert rows.text.count('href="/planning/events/') == 3


@pytest.mark.parametrize(
    ("query", "themes"),
    [
        ("month=3", {"3月conference", "3月briefing"}),
        ("channel=online_interview", {"5月online_interview"}),
        ("unit=0", set()),
        ("month=13", {"3月conference", "3月briefing", "5月online_interview"}),
    ],
)
def test_rows_are_narrowed_as_the_figure_is(office, query: str, themes: set[str]) -> None:
    page = office.get(f"/statistics/press_events?year=2026&{query}").text
    listed = page.split('id="rows"')[1]
    for theme in ("3月conference", "3月briefing", "5月online_interview"):
        assert (theme in listed) == (theme in themes), theme


def test_a_unit_narrows_to_its_own_rows(office) -> None:
    page = office.get(f"/statistics/press_events?year=2026&unit={unit().id}").text
    assert "取消筛选" in page
    assert page.count('href="/planning/events/') == 3


def test_whoever_may_not_see_the_rows_reads_the_figure(client, people, events) -> None:
    people.sign_in(client, people.auditor)
    page = client.get("/statistics/applications_received?year=2026").text
    assert "您没有查看这些记录的权限" in page


@pytest.mark.parametrize(
    "address", ["/statistics/none", "/statistics/entered-99", "/statistics/entered-²"]
)
def test_an_unknown_figure_is_not_found(office, address: str) -> None:
    assert office.get(address).status_code == 404


def test_the_workbook_has_figures_definitions_and_months(office) -> None:
    answer = office.get("/statistics/2026.xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.data))
    assert book.sheet_names == ["指标", "分月"]
    rows = {row[2]: row for row in book.get_sheet_by_name("指标").to_python()}
    assert rows["新闻发布活动"][3] == 3  # a number, to be summed
    assert rows["新闻发布活动"][7].startswith("已举行的")
    months = {row[1]: row[2:] for row in book.get_sheet_by_name("分月").to_python()}
    assert [int(one) for one in months["新闻发布活动"]] == [0, 0, 2, 0, 1, *[0] * 7]


def test_a_figure_is_entered_changed_and_removed(office, session) -> None:
    strict(office.get("/statistics/2026/entered/new").text)
    assert office.post("/statistics/2026/entered/new", data=FIELDS).status_code == 302
    record = session.query(EnteredFigure).one()
    assert "1619" in office.get("/statistics?year=2026").text
    form = office.get(f"/statistics/entered/{record.id}").text
    strict(form)
    changed = FIELDS | {"value": "1620", "version": str(record.version_id)}
    assert office.post(f"/statistics/entered/{record.id}", data=changed).status_code == 302
    assert record.value == 1620
    stale = office.post(f"/statistics/entered/{record.id}", data=changed | {"value": "7"})
    assert stale.status_code == 409
    assert 'value="7"' in stale.text
    assert (
        office.post(
            f"/statistics/entered/{record.id}/remove", data={"version": record.version_id}
        ).status_code
        == 302
    )
    assert session.query(EnteredFigure).count() == 0


@pytest.mark.parametrize("field", FIELDS)
def test_what_is_missing_is_told_beside_its_field_and_nothing_is_lost(office, field: str) -> None:
    answer = office.post("/statistics/2026/entered/new", data=FIELDS | {field: ""})
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text
    assert all(text in answer.text for name, text in FIELDS.items() if name != field)


def test_a_running_year_is_not_frozen_and_a_past_one_is(office, session) -> None:
    refused = office.post("/statistics/2099/freeze")
    assert refused.status_code == 422
    assert "还没有结束" in refused.text
    assert office.post("/statistics/2025/freeze").status_code == 302
    assert session.query(FrozenYear).one().year == 2025
    assert "已于" in office.get("/statistics?year=2025").text


def test_others_read_what_was_entered_and_change_nothing(client, people, office, session) -> None:
    office.post("/statistics/2026/entered/new", data=FIELDS)
    number = session.query(EnteredFigure).one().id
    people.sign_in(client, people.auditor)
    page = client.get(f"/statistics/entered/{number}").text
    strict(page)
    assert "权力清单" in page
    assert "<textarea" not in page
    assert client.post(f"/statistics/entered/{number}", data=FIELDS).status_code == 403
    assert client.post("/statistics/2026/freeze").status_code == 403


def test_the_template_is_kept_and_what_it_cannot_name_is_told(office) -> None:
    page = office.get("/reports/annual-template").text
    strict(page)
    assert "{回应关切}" in page
    bad = office.post("/reports/annual-template", data={"text": "# 总结\n{没有的指标}条"})
    assert bad.status_code == 422
    assert "第 2 行：“{没有的指标}”不是统计指标的名称" in bad.text
    good = office.post("/reports/annual-template", data={"text": "# {年}年总结\n{回应关切}条"})
    assert good.status_code == 302
    stale = office.post("/reports/annual-template", data={"text": "# 又一份"})
    assert stale.status_code == 409
    assert "# 又一份" in stale.text
