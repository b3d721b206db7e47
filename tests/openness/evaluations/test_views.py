"""The pages of evaluations: what each post sees, sends and is refused."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.openness.evaluations import queries, scoring
from responder.openness.evaluations.models import EvaluationRound, RoundState
from tests.factories import NOW, People
from tests.openness.evaluations import factories as make
from tests.openness.evaluations.factories import again, attempt, brought_to, d, score_file
from tests.responses.pages import strict

S = RoundState
HOME = "/openness/evaluations"
ROUND = {
    "year": "2026", "kind": "third_party", "number": "", "name": "年中测评", "evaluator": "某中心",
    "evaluated_on": "2026-06-20", "bottom": "1", "explain_by": "2026-12-20",
}  # fmt: skip


@pytest.fixture
def office(people: People, client):
    return people.sign_in(client, people.openness_officer)


def last_round() -> EvaluationRound:
    found = db.session.query(EvaluationRound).order_by(EvaluationRound.id.desc()).first()
    return again(found)


def test_a_round_goes_all_the_way_through_its_pages(office, tmp_path) -> None:
    make.units()
    assert office.post(f"{HOME}/new", data=ROUND).status_code == 302
    one = last_round()
    assert (one.name, one.number, one.bottom) == ("年中测评", 1, 1)
    rows = {
        "version": str(one.version_id), "group-1": "公开平台", "name-1": "主动公开",
        "weight-1": "60", "full-1": "60", "id-1": "0", "name-2": "政策解读", "weight-2": "40",
        "full-2": "40",
    }  # fmt: skip
    assert office.post(f"{HOME}/{one.id}/indicators", data=rows).status_code == 302
    file = score_file(tmp_path, ["A", "", 54, 36], ["B", "", 60, 40], ["不存在", "", 1, 1])
    sent = {"file": (BytesIO(file.read_bytes()), "得分.xlsx")}
    answer = office.post(f"{HOME}/{one.id}/import", data=sent)
    assert answer.status_code == 302
    result = office.get(answer.location)
    strict(result.text)
    assert "不在单位名册中" in result.text
    with office.get(f"{answer.location}/errors.xlsx") as refused:
        assert refused.status_code == 200
    for action in ("score", "circulate"):
        version = {"version": str(again(one).version_id)}
        assert office.post(f"{HOME}/{one.id}/steps/{action}", data=version).status_code == 302
    page = office.get(f"{HOME}/{one.id}")
    strict(page.text)
    assert "待表态发言" in page.text
    assert again(one).state is S.CIRCULATED


@pytest.mark.parametrize("state", list(RoundState))
def test_every_page_is_well_formed(office, state) -> None:
    before = brought_to(S.CIRCULATED, bottom=0)
    one = brought_to(state)
    unit_id = one.participants[3].unit_id
    paths = ["", "?year=2026", "?year=2020", f"/{one.id}", f"/{one.id}/units/{unit_id}",
             f"/{one.id}/circular", "/circular-template", "/new", f"/{before.id}"]  # fmt: skip
    if state is S.PREPARING:
        paths += [f"/{one.id}/{name}" for name in ("edit", "indicators", "import")]
    for path in paths:
        answer = office.get(f"{HOME}{path}")
        assert answer.status_code == 200, path
        strict(answer.text)


def test_an_empty_list_says_what_to_do(office, people, client) -> None:
    assert "新建一轮" in office.get(HOME).text
    page = people.sign_in(client, make.liaison_of("B")).get(HOME).text
    assert "还没有通报过的测评" in page
    assert "新建一轮" not in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"year": "1999"}, "2008 到 2100"),
        ({"evaluated_on": "六月"}, "请填写 2000 年至 2100 年之间的日期"),
        ({"bottom": "-1"}, "0 到 50"),
        ({"number": "x"}, "1 到 99"),
    ],
)
def test_a_wrong_fact_keeps_what_was_typed(office, changed, said) -> None:
    answer = office.post(f"{HOME}/new", data={**ROUND, **changed})
    assert answer.status_code == 422
    assert said in answer.text
    assert "年中测评" in answer.text
    assert db.session.query(EvaluationRound).count() == 0


def test_of_two_who_write_indicators_the_second_is_told_and_keeps_their_words(office) -> None:
    one = make.a_round(indicators=())
    rows = {"version": str(one.version_id), "name-1": "网站", "weight-1": "100", "full-1": "100"}
    assert office.post(f"{HOME}/{one.id}/indicators", data=rows).status_code == 302
    answer = office.post(f"{HOME}/{one.id}/indicators", data={**rows, "name-1": "新媒体"})
    assert answer.status_code == 409
    assert "新媒体" in answer.text
    assert [each.name for each in again(one).indicators] == ["网站"]
    wrong = {**rows, "version": str(again(one).version_id), "weight-1": "很多"}
    answer = office.post(f"{HOME}/{one.id}/indicators", data=wrong)
    assert answer.status_code == 422
    assert 'href="#weight-1"' in answer.text
    strict(answer.text)


def test_scores_are_entered_unit_by_unit_and_a_stale_form_is_told(office) -> None:
    make.units()
    one = make.a_round()
    unit_id = make.units()[0].id
    office.post(f"{HOME}/{one.id}/units", data={"unit_id": str(unit_id)})
    page = f"{HOME}/{one.id}/units/{unit_id}"
    (found,) = again(one).participants
    first, second = (each.id for each in one.indicators)
    typed = {"version": str(found.version_id), f"score-{first}": "54", f"na-{second}": "1",
             "group": "市直部门"}  # fmt: skip
    assert office.post(page, data=typed).status_code == 302
    (found,) = again(one).participants
    assert (found.group, [mark.score for mark in found.scores]) == ("市直部门", [d("54"), None])
    answer = office.post(page, data={**typed, f"score-{first}": "50"})
    assert answer.status_code == 409
    assert 'value="50"' in answer.text
    wrong = {**typed, "version": str(found.version_id), f"score-{first}": "61"}
    answer = office.post(page, data=wrong)
    assert answer.status_code == 422
    assert "0 到 60" in answer.text
    strict(answer.text)
    version = {"version": str(found.version_id)}
    assert office.post(f"{page}/remove", data=version).status_code == 302
    assert again(one).participants == []


def test_a_correction_is_reasoned_and_open(office) -> None:
    one = brought_to(S.CIRCULATED)
    found = next(each for each in one.participants if each.unit.code == "D")
    page = f"{HOME}/{one.id}/units/{found.unit_id}"
    typed = {"version": str(found.version_id), "indicator_id": str(one.indicators[0].id),
             "new": "60", "note": ""}  # fmt: skip
    answer = office.post(f"{page}/correct", data=typed)
    assert answer.status_code == 422
    assert "理由" in answer.text
    strict(answer.text)
    assert office.post(f"{page}/correct", data={**typed, "note": "漏计三条"}).status_code == 302
    for path in (page, f"{HOME}/{one.id}"):
        text = office.get(path).text
        assert "30 → 60" in text
        assert "漏计三条" in text
        strict(text)


def test_a_liaison_sees_the_own_scores_and_the_ranking_and_explains(people, client) -> None:
    one = brought_to(S.CIRCULATED)
    hidden = brought_to(S.SCORED)
    own = next(each for each in one.participants if each.unit.code == "D")
    other = next(each for each in one.participants if each.unit.code == "B")
    me = people.sign_in(client, make.liaison_of("D"))
    listed = me.get(HOME).text
    assert one.name in listed
    assert hidden.name not in listed
    assert "请报送表态发言" in listed
    page = me.get(f"{HOME}/{one.id}").text
    strict(page)
    assert "市教育局" in page
    assert f"/units/{own.unit_id}" in page
    assert f"/units/{other.unit_id}" not in page
    assert me.get(f"{HOME}/{hidden.id}").status_code == 404
    assert me.get(f"{HOME}/{one.id}/units/{other.unit_id}").status_code == 403
    mine = f"{HOME}/{one.id}/units/{own.unit_id}"
    assert "原因、整改措施和时限" in me.get(mine).text
    sent = {"version": str(own.version_id), "explanation": "栏目更新不及时，月底前整改。"}
    theirs = f"{HOME}/{one.id}/units/{other.unit_id}/explanation"
    assert me.post(theirs, data=sent).status_code == 403
    assert me.post(f"{mine}/explanation", data=sent).status_code == 302
    assert "月底前整改" in me.get(mine).text
    assert me.post(f"{mine}/explanation", data=sent).status_code == 409
    for path in ("/new", f"/{one.id}/edit", f"/{one.id}/import", "/circular-template"):
        assert me.get(f"{HOME}{path}").status_code == 403
    assert me.get(f"{HOME}/{one.id}/export.xlsx").status_code == 200
    assert me.get(f"{HOME}/{one.id}/circular.docx").status_code == 200


def test_the_circular_is_what_went_out_also_after_a_correction(office) -> None:
    one = brought_to(S.CIRCULATED)
    before = office.get(f"{HOME}/{one.id}/circular").text
    with transaction(CONSOLE, NOW) as session:
        held = queries.hold(session, one.id, CONSOLE)
        last = next(each for each in held.participants if each.unit.code == "D")
        scoring.correct(session, last, held.indicators[0], d("60"), attempt(note="复核"))
    assert office.get(f"{HOME}/{one.id}/circular").text == before
    word = office.get(f"{HOME}/{one.id}/circular.docx")
    assert "关于2026年第1次第三方测评情况的通报" in "\n".join(
        each.text for each in Document(BytesIO(word.data)).paragraphs
    )


def test_the_template_is_changed_on_a_page_and_wrong_placeholders_are_named(office) -> None:
    typed = {"title": "{名称}", "body": "{什么}", "sender": "政务公开办", "version": "1"}
    answer = office.post(f"{HOME}/circular-template", data=typed)
    assert answer.status_code == 422
    assert "{什么}" in answer.text
    good = {**typed, "body": "共{单位数}个。"}
    assert office.post(f"{HOME}/circular-template", data=good).status_code == 302
    assert office.post(f"{HOME}/circular-template", data=good).status_code == 302
    assert office.post(f"{HOME}/circular-template", data=good | {"version": "9"}).status_code == 409


def test_indicators_are_copied_on_the_page(office) -> None:
    source, one = make.a_round(), make.a_round(indicators=())
    assert source.name in office.get(f"{HOME}/{one.id}/indicators").text
    sent = {"source_id": str(source.id), "version": str(one.version_id)}
    assert office.post(f"{HOME}/{one.id}/indicators/copy", data=sent).status_code == 302
    assert len(again(one).indicators) == 2


def test_a_file_that_is_no_table_is_refused_on_the_page(office) -> None:
    one = make.a_round()
    answer = office.post(f"{HOME}/{one.id}/import", data={})
    assert answer.status_code == 422
    assert "请先选择" in answer.text
    assert office.get(f"{HOME}/{one.id}/import/template.xlsx").status_code == 200
