"""The pages of the assessment: what each post sees, sends and is refused."""

from __future__ import annotations

from io import BytesIO

import pytest
import python_calamine
from docx import Document

from responder.core.database import db
from responder.openness.assessment.models import AssessmentScheme, SchemeState
from responder.planning.models import EventState
from tests.factories import People, unit
from tests.openness.assessment import factories as make
from tests.openness.assessment.factories import again, d, sheet
from tests.openness.evaluations.factories import liaison_of, units
from tests.planning import factories as planning
from tests.responses.pages import strict

S = SchemeState
HOME = "/openness/assessment"


@pytest.fixture
def office(people: People, client):
    return people.sign_in(client, people.openness_officer)


def typed(scheme: AssessmentScheme, **changed: str) -> dict[str, str]:
    """The form of criteria as it is shown."""
    data = {"version": str(scheme.version_id)}
    for number, one in enumerate(scheme.criteria, 1):
        data |= {
            f"id-{number}": str(one.id), f"group-{number}": one.group, f"name-{number}": one.name,
            f"points-{number}": str(one.points), f"measure-{number}": one.measure,
            f"scoring-{number}": one.scoring, f"target-{number}": str(one.target or ""),
        }  # fmt: skip
        data |= {f"deduction-{number}": "1"} if one.deduction else {}
    return data | changed


def test_a_scheme_is_made_of_the_example_and_comes_into_force(office) -> None:
    assert "还没有考核方案" in office.get(f"{HOME}?year=2026").text
    assert office.post(f"{HOME}/schemes", data={"year": "2026"}).status_code == 302
    page = office.get(f"{HOME}?year=2026")
    strict(page.text)
    assert "示例" in page.text
    one = db.session.query(AssessmentScheme).one()
    sent = {"version": str(one.version_id)}
    assert office.post(f"{HOME}/{one.id}/steps/enact", data=sent).status_code == 302
    assert again(one).state is S.IN_FORCE
    assert office.post(f"{HOME}/schemes", data={"year": "2026"}).status_code == 422
    assert (
        office.post(f"{HOME}/schemes", data={"year": "2027", "source": "2026"}).status_code == 302
    )


@pytest.mark.parametrize("state", make.STATES)
def test_every_page_is_well_formed(office, state) -> None:
    home = unit()
    planning.event(state=EventState.HELD)
    one = make.brought_to(state, home)
    if state is S.IN_FORCE:
        make.adjust(one, home, "0.5")
    first = one.criteria[0].id
    paths = [f"?year={one.year}", "?year=2020", f"/{one.id}/units/{home.id}",
             f"/{one.id}/units/{home.id}/criteria/{first}"]  # fmt: skip
    if state is S.DRAFT:
        paths += [f"/{one.id}/edit", f"/{one.id}/criteria"]
    for path in paths:
        answer = office.get(f"{HOME}{path}")
        assert answer.status_code == 200, path
        strict(answer.text)


def test_a_point_opens_the_records_behind_it(office) -> None:
    home = unit()
    event = planning.event(state=EventState.HELD)
    one = make.brought_to(S.IN_FORCE, home)
    page = office.get(f"{HOME}/{one.id}/units/{home.id}").text
    address = f"{HOME}/{one.id}/units/{home.id}/criteria/{one.criteria[0].id}"
    assert "1 场 ÷ 目标 2" in page
    assert address in page
    text = office.get(address).text
    assert f"/planning/events/{event.id}" in text
    assert event.theme in text
    by_hand = f"{HOME}/{one.id}/units/{home.id}/criteria/{one.criteria[1].id}"
    assert office.get(by_hand).status_code == 404


def test_a_record_that_one_may_not_open_is_named_without_a_link(people, client) -> None:
    # The office of openness reads no work orders.
    client = people.sign_in(client, people.openness_officer)
    with client.application.test_request_context("/openness/assessment"):
        pass
    opens = client.application.jinja_env.globals["opens_for_me"]
    with client:
        client.get(HOME)
        assert opens("planning.show_event")
        assert opens("publishing.show")
        assert not opens("orders.show")
        assert not opens("gone.show")


def test_facts_are_changed_and_wrong_ones_kept_on_the_page(office) -> None:
    one = make.draft()
    data = {"version": str(one.version_id), "name": "新方案", "total": "8", "share": "5",
            "allowance": "0.5", "source": "市考核办〔2026〕1号", "all_units": "y"}  # fmt: skip
    for changed, said in (
        ({"total": "很多"}, "0 到 1000"),
        ({"share": "101"}, "0 到 100"),
        ({"total": "0"}, "须大于 0"),
        ({"name": " "}, "请填写方案名称"),
    ):
        answer = office.post(f"{HOME}/{one.id}/edit", data={**data, **changed})
        assert answer.status_code == 422
        assert said in answer.text
        strict(answer.text)
    assert office.post(f"{HOME}/{one.id}/edit", data=data).status_code == 302
    assert (again(one).total, again(one).allowance) == (d("8"), d("0.5"))
    assert office.post(f"{HOME}/{one.id}/edit", data=data).status_code == 409


def test_criteria_are_changed_row_by_row(office) -> None:
    one = make.draft()
    wrong = office.post(f"{HOME}/{one.id}/criteria", data=typed(one, **{"points-2": "一"}))
    assert wrong.status_code == 422
    assert 'href="#points-2"' in wrong.text
    strict(wrong.text)
    answer = office.post(f"{HOME}/{one.id}/criteria", data=typed(one, **{"name-2": "制度建设"}))
    assert answer.status_code == 302
    assert [each.name for each in again(one).criteria] == ["新闻发布", "制度建设", "通报批评"]
    seen = {"version": "1", "name-2": "别的"}
    late = office.post(f"{HOME}/{one.id}/criteria", data=typed(one, **seen))
    assert late.status_code == 409
    assert "别的" in late.text


def test_people_decide_with_a_reason_on_the_page_of_a_unit(office) -> None:
    home = unit()
    one = make.brought_to(S.IN_FORCE, home)
    page = f"{HOME}/{one.id}/units/{home.id}"
    counted, by_hand = (each.id for each in one.criteria[:2])
    for path, data, said in (
        (f"criteria/{counted}/adjustments", {"points": "0.5", "seen": "0"}, "请写明理由"),
        (f"criteria/{counted}/adjustments", {"points": "x", "note": "理由"}, "须是数字"),
        (
            f"criteria/{counted}/adjustments",
            {"points": "1.5", "note": "理由", "seen": "0"},
            "不超过 ±1 分",
        ),
        (f"criteria/{by_hand}/points", {"points": "2", "note": "理由"}, "0 到 1 的数"),
        (f"criteria/{by_hand}/points", {"points": "-1", "note": "理由"}, "须是数字"),
    ):
        answer = office.post(f"{page}/{path}", data=data)
        assert answer.status_code == 422, path
        assert said in answer.text
        strict(answer.text)
    rated = {"points": "0.8", "note": "制度齐全"}
    assert office.post(f"{page}/criteria/{by_hand}/points", data=rated).status_code == 302
    assert office.post(f"{page}/criteria/{by_hand}/points", data=rated).status_code == 409
    added = {"points": "+0.5", "note": "承办现场会", "seen": "0"}
    assert office.post(f"{page}/criteria/{counted}/adjustments", data=added).status_code == 302
    again_sent = office.post(f"{page}/criteria/{counted}/adjustments", data=added)
    assert again_sent.status_code == 409
    assert "承办现场会" in again_sent.text
    assert sheet(one).row(home.id).total == d("1.3")
    (change,) = sheet(one).row(home.id).cells[0].adjustments
    back = f"{page}/adjustments/{change.id}/take-back"
    assert office.post(back, data={"note": ""}).status_code == 422
    assert office.post(back, data={"note": "佐证不实"}).status_code == 302
    text = office.get(page).text
    assert "佐证不实" in text
    assert "制度齐全" in text
    assert sheet(one).row(home.id).total == d("0.8")


def test_a_liaison_sees_the_own_unit_alone_and_no_draft(people, client) -> None:
    units()
    me = people.sign_in(client, liaison_of("B"))
    draft = make.draft(year=2025)
    assert "还没有考核方案" in me.get(f"{HOME}?year=2025").text
    assert me.get(f"{HOME}/{draft.id}/units/{units()[1].id}").status_code == 404
    one = make.in_force()
    page = me.get(f"{HOME}?year=2026").text
    strict(page)
    assert "本单位得分" in page
    assert "市教育局" in page
    assert "市民政局" not in page
    own, other = units()[1].id, units()[2].id
    assert me.get(f"{HOME}/{one.id}/units/{own}").status_code == 200
    assert me.get(f"{HOME}/{one.id}/units/{other}").status_code == 403
    evidence = f"{HOME}/{one.id}/units/{other}/criteria/{one.criteria[0].id}"
    assert me.get(evidence).status_code == 403
    book = python_calamine.CalamineWorkbook.from_filelike(
        BytesIO(me.get(f"{HOME}/{one.id}/export.xlsx").data)
    )
    assert [row[1] for row in book.get_sheet_by_name("得分").to_python()[3:]] == ["市教育局"]
    for path in (f"/{one.id}/edit", f"/{one.id}/criteria"):
        assert me.get(f"{HOME}{path}").status_code == 403
    assert me.post(f"{HOME}/{one.id}/steps/settle").status_code == 403


def test_what_moved_after_the_settlement_is_shown_beside_it(office) -> None:
    home = unit()
    one = make.brought_to(S.SETTLED, home)
    planning.event(state=EventState.HELD)
    assert "现为 2" in office.get(f"{HOME}?year=2026").text
    assert "核定后记录有变化" in office.get(f"{HOME}/{one.id}/units/{home.id}").text
    assert sheet(one).row(home.id).total == d("1")


def test_the_files_hold_the_points_and_how_they_came_about(office) -> None:
    home = unit()
    planning.event(state=EventState.HELD)
    one = make.brought_to(S.IN_FORCE, home)
    make.adjust(one, home, "0.5", note="承办现场会")
    book = python_calamine.CalamineWorkbook.from_filelike(
        BytesIO(office.get(f"{HOME}/{one.id}/export.xlsx").data)
    )
    points = book.get_sheet_by_name("得分").to_python()
    assert points[2] == [
        "序号",
        "单位",
        "新闻发布 2分",
        "日常管理 1分",
        "通报批评 扣1分",
        "合计",
        "名次",
    ]
    assert points[3] == [1, home.name, "1.5", "0", "0", 1.5, 1]
    detail = book.get_sheet_by_name("计分明细").to_python()
    assert detail[3][5:] == ["1 场 ÷ 目标 2（至多 1）× 2 分，得 1 分", "0.5（承办现场会）", 1.5]
    word = Document(BytesIO(office.get(f"{HOME}/{one.id}/export.docx").data))
    assert len(word.tables) == 2
    assert office.get(f"{HOME}/{one.id}/export.pdf").status_code == 404


def test_on_paper_many_criteria_are_told_by_group(office) -> None:
    home = unit()
    rows = [make.row(f"指标{number}", "0.2", group="甲") for number in range(15)]
    one = make.in_force(*rows, all_units=False, units=(home,))
    word = Document(BytesIO(office.get(f"{HOME}/{one.id}/export.docx").data))
    head = [cell.text for cell in word.tables[0].rows[0].cells]
    assert head == ["序号", "单位", "甲 3分", "合计", "名次"]
    assert len(word.tables[1].rows) == 16
