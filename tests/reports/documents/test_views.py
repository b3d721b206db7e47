"""Pages of reports: who sees and does what, links, stale slots, the file."""

from __future__ import annotations

import html
import re
from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import select

from responder.core.database import db
from responder.core.permissions import Role
from responder.orders.models import OrderState
from responder.reports.documents import rules
from responder.reports.documents.models import Report, ReportState
from tests.orders import factories as orders
from tests.reports.documents.factories import (
    SUMMARY,
    TODAY,
    brought_to,
    made,
    take,
    worried_topic,
    write,
)
from tests.responses.pages import strict


@pytest.fixture
def press(client, people):
    return people.sign_in(client, people.press_officer)


def special() -> Report:
    return made("special", rules.of_topic(worried_topic().id, TODAY))


def page(client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    if status == 200:
        strict(answer.text)
    return answer.text


def test_an_empty_list_says_what_to_do_next(press) -> None:
    text = page(press, "/reports")
    assert "还没有报告" in text
    for label in ("舆情日报", "热线月报", "群众关切月度分析", "舆情专报"):
        assert label in text


def test_reports_are_listed_by_kind_and_year(press) -> None:
    made()
    made("concerns")
    assert "热线月报〔2026〕1号" in page(press, "/reports?kind=hotline&year=2026")
    assert "关切分析〔2026〕1号" not in page(press, "/reports?kind=hotline&year=2026")
    assert "没有符合条件的报告" in page(press, "/reports?kind=hotline&year=2020")
    assert page(press, "/reports?kind=nonsense&year=x")


@pytest.mark.parametrize("code", ["daily", "hotline", "concerns", "special"])
def test_each_kind_has_its_form(press, code) -> None:
    page(press, f"/reports/new/{code}")
    assert press.post(f"/reports/new/{code}", data={}).status_code in (422, 302)
    assert press.get("/reports/new/none").status_code == 404


def test_a_month_is_composed_and_shown_with_links(press) -> None:
    orders.brought_to(OrderState.DISPATCHED)
    answer = press.post("/reports/new/hotline", data={"month": "2026-11"})
    assert answer.status_code == 302
    text = page(press, answer.location)
    assert "热线月报〔" in text
    hrefs = [html.unescape(one) for one in re.findall(r'href="(/orders[^"]*)"', text)]
    found = [one for one in hrefs if "month=2026-11" in one and "unit=" in one]
    assert found
    for href in found:
        assert "共 1 件" in page(press, href)


def test_a_month_that_is_none_is_refused_beside_its_field(press) -> None:
    answer = press.post("/reports/new/hotline", data={"month": "11月"})
    assert answer.status_code == 422
    assert "请写成 2026-10" in answer.text
    made()
    again = press.post("/reports/new/hotline", data={"month": "2026-11"})
    assert again.status_code == 409
    assert "热线月报〔2026〕1号" in again.text


def test_a_special_report_begins_on_the_page_of_its_topic(press) -> None:
    topic = worried_topic()
    text = press.get(f"/topics/{topic.id}").text
    assert f"/reports/new/special?topic={topic.id}" in html.unescape(text)
    assert f'value="{topic.id}"' in page(press, f"/reports/new/special?topic={topic.id}")
    answer = press.post("/reports/new/special", data={"topic_id": str(topic.id)})
    assert "舆情专报〔" in press.get(f"/topics/{topic.id}").text
    text = page(press, answer.location)
    assert "13812345678" not in text
    assert "张建国" not in text
    assert "（待填写）" in text


@pytest.mark.parametrize("code", ["daily", "hotline", "concerns", "special"])
@pytest.mark.parametrize("role", [Role.ANALYST, Role.FIRST_REVIEWER, Role.PRESS_OFFICER])
def test_all_desks_read_and_no_link_is_shown_that_they_may_not_open(
    client, people, code, role
) -> None:
    orders.brought_to(OrderState.DISPATCHED)
    topic = worried_topic(heat=70.0)
    asked = {
        "daily": rules.of_day(TODAY, TODAY), "special": rules.of_topic(topic.id, TODAY)
    }.get(code)  # fmt: skip
    report = made(code, asked)
    people.sign_in(client, people.holding(role))
    text = page(client, f"/reports/{report.id}")
    article = text[text.index("<article") : text.index("</article>")]
    for href in set(re.findall(r'href="(/[^"]*)"', article)):
        assert client.get(html.unescape(href)).status_code in (200, 302), href


def test_who_reads_only_may_not_write(client, people) -> None:
    report = made()
    people.sign_in(client, people.analyst)
    assert "重新汇总" not in page(client, f"/reports/{report.id}")
    for path in (f"/reports/{report.id}/edit", f"/reports/{report.id}/compose"):
        assert client.get(path).status_code == 403
    assert client.post(f"/reports/{report.id}/submit", data={}).status_code == 403
    people.sign_in(client, people.liaison)
    assert client.get("/reports").status_code == 403


def test_slots_are_written_handed_in_and_signed(client, people) -> None:
    report = special()
    people.sign_in(client, people.press_officer)
    assert page(client, f"/reports/{report.id}/edit").count("<textarea") == 3
    saved = client.post(
        f"/reports/{report.id}/edit", data={"summary": SUMMARY, "version": report.version_id}
    )
    assert saved.status_code == 302
    db.session.expire_all()
    assert SUMMARY in page(client, f"/reports/{report.id}")
    client.post(f"/reports/{report.id}/submit", data={"version": report.version_id})
    db.session.expire_all()
    people.sign_in(client, people.signer)
    assert "签发" in page(client, f"/reports/{report.id}")
    client.post(f"/reports/{report.id}/sign", data={"version": report.version_id})
    db.session.expire_all()
    assert report.state is ReportState.SIGNED
    assert people.signer.display_name in page(client, f"/reports/{report.id}")


def test_what_is_too_long_is_refused_and_kept(press) -> None:
    report = special()
    answer = press.post(
        f"/reports/{report.id}/edit", data={"summary": "长" * 201, "version": report.version_id}
    )
    assert answer.status_code == 422
    assert "现有 201 字" in answer.text
    assert "长" * 201 in answer.text


def test_two_who_write_lose_nothing(press, people) -> None:
    report = special()
    seen = report.version_id
    write(report, {"summary": SUMMARY})
    data = {"summary": "另一种写法。", "outlook": "趋于平稳。", "version": seen}
    answer = press.post(f"/reports/{report.id}/edit", data=data)
    assert answer.status_code == 409
    strict(answer.text)
    for text in ("另一种写法。", "趋于平稳。", SUMMARY):
        assert text in answer.text
    db.session.expire_all()
    again = press.post(f"/reports/{report.id}/edit", data={**data, "version": report.version_id})
    assert again.status_code == 302
    db.session.expire_all()
    assert {slot.code: slot.text for slot in report.said.slots}["summary"] == "另一种写法。"


def test_what_was_handed_in_meanwhile_keeps_the_typed_text_in_sight(press, people) -> None:
    report = made()
    seen = report.version_id
    take(report, "submit", people.press_officer.actor)
    answer = press.post(
        f"/reports/{report.id}/edit", data={"analysis": "写了一半", "version": seen}
    )
    assert answer.status_code == 409


def test_composing_anew_shows_first_what_would_change(press) -> None:
    report = made()
    assert "数字没有变化" in page(press, f"/reports/{report.id}/compose")
    orders.brought_to(OrderState.DISPATCHED)
    text = page(press, f"/reports/{report.id}/compose")
    assert "合计 · 派遣总数" in text
    stale = press.post(f"/reports/{report.id}/compose", data={"version": "99"})
    assert stale.status_code == 409
    done = press.post(f"/reports/{report.id}/compose", data={"version": report.version_id})
    assert done.status_code == 302
    text = page(press, f"/reports/{report.id}")
    assert "处有变化" in text


def test_steps_that_need_a_reason_ask_for_it(client, people) -> None:
    report = brought_to(ReportState.SUBMITTED)
    people.sign_in(client, people.signer)
    assert 'id="note-return"' in page(client, f"/reports/{report.id}")
    bare = client.post(f"/reports/{report.id}/return", data={"version": report.version_id})
    assert bare.status_code == 422
    client.post(
        f"/reports/{report.id}/return",
        data={"version": report.version_id, "note": "请补充原因"},
    )
    assert "请补充原因" in page(client, f"/reports/{report.id}")


def test_the_file_is_downloaded_under_its_number(press) -> None:
    report = made()
    answer = press.get(f"/reports/{report.id}.docx")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert Document(BytesIO(answer.data)).paragraphs[0].text.startswith("热线月报〔2026〕1号")


def test_an_unknown_report_is_not_found(press) -> None:
    for path in ("/reports/999", "/reports/999.docx", "/reports/999/edit"):
        assert press.get(path).status_code == 404
    report = made()
    assert press.post(f"/reports/{report.id}/dance", data={"version": "1"}).status_code == 422
    assert press.post(f"/reports/{report.id}/write", data={"version": "1"}).status_code == 422
    assert len(db.session.scalars(select(Report)).all()) == 1


def test_the_room_stands_in_the_navigation(press) -> None:
    assert '<a href="/reports" aria-current="page">报告' in page(press, "/reports")
