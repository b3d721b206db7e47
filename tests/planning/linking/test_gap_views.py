"""The gap list and what needs no answer, as people with different posts meet them."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from responder.core.database import db
from responder.planning.linking import verdicts
from responder.planning.linking.models import TopicVerdict
from responder.planning.models import LinkState
from tests.factories import NOW, People
from tests.planning import factories as make
from tests.planning.linking.test_gaps import answer_in_writing, settle, warm
from tests.planning.queries import count_queries


@pytest.fixture
def press(client: FlaskClient, people: People) -> FlaskClient:
    """A browser in which the press officer has signed in."""
    return people.sign_in(client, people.press_officer)


def test_each_gap_has_its_four_ways_out(press: FlaskClient) -> None:
    topic = make.topic("金浦华庭车位", heat=70.0)
    page = press.get("/planning/gaps").text
    assert f"/planning/events/new?topic_id={topic.id}" in page
    assert f"attach={topic.id}" in page
    assert f"topic_id={topic.id}" in page.partition("书面回应")[0].rpartition("<a ")[2]
    assert f'action="/planning/gaps/{topic.id}/no-answer' in page
    assert "已超" in page or "还剩" in page
    assert "48 小时" in page


def test_a_gap_is_attached_to_an_event_chosen_from_the_menu(press: FlaskClient) -> None:
    topic, event = make.topic(), make.event("车位租售管理")
    assert "attach-event" not in press.get("/planning/gaps").text
    page = press.get(f"/planning/gaps?order=clock&attach={topic.id}").text
    assert f'<option value="{event.id}">' in page
    back = "/planning/gaps?order=clock&page=1"
    form = {"topic_id": topic.id, "event_id": event.id, "next": back, "decisions": 0}
    assert press.post("/planning/links", data=form).location == back
    [link] = make.links()
    assert (link.topic_id, link.state) == (topic.id, LinkState.CONFIRMED)
    assert topic.label not in press.get("/planning/gaps").text


def test_a_topic_is_said_to_need_no_answer_and_that_is_taken_back(press: FlaskClient) -> None:
    topic = make.topic("外地视频误传", heat=50.0)
    form = {"reason": "视频不是本市", "next": "/planning/gaps?order=heat&page=1"}
    answer = press.post(
        f"/planning/gaps/{topic.id}/no-answer", data=form, follow_redirects=True
    ).text
    assert "已记为无需回应" in answer
    assert "外地视频误传" not in answer
    settled = press.get("/planning/gaps/settled").text
    for told in ("外地视频误传", "视频不是本市", "当时热度 50"):
        assert told in settled
    [verdict] = db.session.scalars(verdicts.settled())
    press.post(f"/planning/verdicts/{verdict.id}/withdraw")
    assert "外地视频误传" in press.get("/planning/gaps").text
    assert "还没有判为无需回应的话题" in press.get("/planning/gaps/settled").text


def test_a_verdict_without_a_reason_is_refused_in_its_place_and_keeps_what_was_typed(
    press: FlaskClient,
) -> None:
    topic = make.topic()
    address = f"/planning/gaps/{topic.id}/no-answer"
    answer = press.post(address, data={"reason": " "})
    assert answer.status_code == 422
    assert "请写明无需回应的理由" in answer.text
    long = "长" * 400
    assert f'value="{long}"' in press.post(address, data={"reason": long}).text
    assert db.session.query(TopicVerdict).count() == 0


def test_what_came_back_says_who_had_settled_it(press: FlaskClient, people: People) -> None:
    topic = make.topic("谣言", heat=40.0)
    settle(topic, people, "已澄清")
    warm(topic, 95.0)
    page = press.get("/planning/gaps").text
    assert "热度又升一级" in page
    assert f"{people.press_officer.display_name} 于" in page
    assert "已澄清" in page
    assert "已回到清单" in press.get("/planning/gaps/settled").text


def test_what_people_wrote_is_masked(press: FlaskClient, people: People) -> None:
    topic = make.topic("张建国先生13812345678反映停水", heat=70.0)
    pages = [press.get("/planning/gaps").text]
    settle(topic, people, "与13812345678通话核实")
    pages.append(press.get("/planning/gaps/settled").text)
    assert not any("13812345678" in page for page in pages)


def test_the_list_is_exported_in_its_order_and_no_cell_is_a_formula(press: FlaskClient) -> None:
    make.topic("=HYPERLINK(1)", heat=60.0, last_seen=NOW)
    make.link(make.topic("金浦华庭车位", heat=80.0), make.event("车位租售管理"))
    with press.get("/planning/gaps/list.xlsx?order=heat") as answer:
        book = BytesIO(answer.data)
    sheet = CalamineWorkbook.from_filelike(book).get_sheet_by_index(0)
    head, first, second = sheet.to_python()
    assert head[:3] == ["话题", "热度", "级别"]
    assert (first[0], second[0]) == ("金浦华庭车位", "=HYPERLINK(1)")
    assert "车位租售管理" in first[9]
    assert first[7] - first[6] == timedelta(hours=48)
    assert b"<f>" not in ZipFile(book).read("xl/worksheets/sheet1.xml")


def test_gaps_are_found_by_their_name_and_by_what_came_back(press, people) -> None:
    make.topic("金浦华庭车位", heat=80.0)
    back = make.topic("谣言", heat=40.0)
    settle(back, people)
    warm(back, 95.0)
    for query, shown, hidden in (("q=车位", "车位", "谣言"), ("risen=1", "谣言", "车位")):
        page = press.get(f"/planning/gaps?{query}").text
        assert "共 1 个" in page
        assert shown in page
        with press.get(f"/planning/gaps/list.csv?{query}") as answer:
            assert hidden not in answer.text
            assert len(answer.text.splitlines()) == 2


def test_many_verdicts_are_withdrawn_at_once(press, people) -> None:
    found = [settle(make.topic(f"谣言{n}", heat=80.0), people) for n in range(3)]
    chosen = {"chosen": [str(one.id) for one in found[:2]], "action": "withdraw"}
    answer = press.post("/planning/gaps/settled/bulk", data=chosen)
    assert answer.location == "/planning/gaps/settled"
    assert [one.topic.label for one in db.session.scalars(verdicts.settled())] == ["谣言2"]
    people.sign_in(press, people.editor)
    left = {"chosen": str(found[2].id), "action": "withdraw"}
    press.post("/planning/gaps/settled/bulk", data=left)
    assert db.session.scalars(verdicts.settled()).all() == [found[2]]


def test_who_may_not_read_topics_sees_how_many_and_exports_nothing(
    client: FlaskClient, people: People
) -> None:
    topic = make.topic("某局乱罚款", heat=80.0)
    settle(make.topic("某所不作为", heat=80.0), people)
    people.sign_in(client, people.liaison)
    page = client.get("/planning/gaps").text
    assert "话题 1 个" in page
    settled = client.get("/planning/gaps/settled").text
    assert not any(label in page + settled for label in (topic.label, "某所不作为"))
    for address in ("gaps", "gaps/settled"):
        assert client.get(f"/planning/{address}/list.xlsx").status_code == 403


def test_who_may_only_read_settles_nothing(client: FlaskClient, people: People) -> None:
    topic = make.topic()
    verdict = settle(make.topic("另一个"), people)
    people.sign_in(client, people.editor)
    page = client.get(f"/planning/gaps?attach={topic.id}").text
    assert "no-answer" not in page
    assert "attach-event" not in page
    assert "withdraw" not in client.get("/planning/gaps/settled").text
    for address in (f"gaps/{topic.id}/no-answer", f"verdicts/{verdict.id}/withdraw"):
        assert client.post(f"/planning/{address}", data={"reason": "甲"}).status_code == 403


@pytest.mark.parametrize("query", ["", "order=nonsense&page=99&attach=x", "order=clock&page=0"])
def test_addresses_that_make_no_sense_show_the_list(press: FlaskClient, query: str) -> None:
    make.topic("某事")
    page = press.get(f"/planning/gaps?{query}")
    assert page.status_code == 200
    assert "某事" in page.text


def test_a_long_list_has_pages(press: FlaskClient) -> None:
    for n in range(33):
        make.topic(f"话题{n:02}", heat=90.0 - n / 2)
    first, second = (press.get(f"/planning/gaps?page={n}").text for n in (1, 2))
    assert "话题00" in first
    assert "话题32" not in first
    assert "话题32" in second


@pytest.mark.parametrize("address", ["gaps?attach=1", "gaps?order=clock", "gaps/settled"])
def test_a_page_takes_the_same_queries_for_few_topics_as_for_many(
    press: FlaskClient, session: Session, people: People, address: str
) -> None:
    def more(n: int) -> None:
        make.link(make.topic(f"建议{n}"), make.event())
        settle(make.topic(f"已判{n}"), people)
        answer_in_writing(make.topic(f"已答{n}"))
        back = make.topic(f"又热{n}", heat=40.0)
        settle(back, people)
        warm(back, 95.0)

    more(0)
    press.get(f"/planning/{address}")
    session.expire_all()
    few = count_queries(lambda: press.get(f"/planning/{address}"))
    for n in range(1, 5):
        more(n)
    session.expire_all()
    assert count_queries(lambda: press.get(f"/planning/{address}")) == few


def test_the_event_page_shows_five_topics_and_folds_the_rest(press: FlaskClient) -> None:
    event = make.event()
    for n in range(7):
        make.link(make.topic(f"话题{n}"), event)
    page = press.get(f"/planning/events/{event.id}").text
    assert "另有 2 个可能相关的话题" in page
    assert all(f"话题{n}" in page for n in range(7))
