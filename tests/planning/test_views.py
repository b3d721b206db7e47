"""The pages as people with different posts meet them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.errands.running import Runner
from responder.planning import service
from responder.planning.events.lifecycle import PRESS_EVENT
from responder.planning.linking import suggesting
from responder.planning.models import EntryState, EventState, LinkState, PlanState, PressEvent
from tests.factories import NOW, People, unit
from tests.planning import factories as make
from tests.planning.queries import count_queries


@pytest.fixture(autouse=True)
def _the_days_that_are_typed_lie_ahead() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 28, 2, tzinfo=UTC)):
        yield


@pytest.fixture
def press(client: FlaskClient, people: People) -> FlaskClient:
    """A browser in which the press officer has signed in."""
    return people.sign_in(client, people.press_officer)


@pytest.fixture
def reader(client: FlaskClient, people: People) -> FlaskClient:
    """A browser of somebody who may read the plan and no more."""
    return people.sign_in(client, people.editor)


def form(**changes: object) -> dict[str, object]:
    values = {
        "theme": "车位租售管理",
        "form": "briefing",
        "starts_at": "2026-12-01T09:30",
        "unit_id": unit().id,
        "plan_entry_id": 0,
        "place": "新闻发布厅",
    }
    return {**values, **changes}


def only_event() -> PressEvent:
    db.session.expire_all()
    (event,) = service.events_between(db.session, NOW - timedelta(999), NOW + timedelta(999))
    return event


def test_the_calendar_shows_the_events_of_its_month(press: FlaskClient) -> None:
    make.event("车位租售管理", NOW)
    make.event("物业收费", NOW, EventState.CANCELLED)
    make.entry(theme="某月要办的事")
    page = press.get("/planning/calendar?year=2026&month=11").text
    assert "车位租售管理" in page
    assert "<s>物业收费</s>" in page
    assert "已取消" in page
    assert "某月要办的事" in page
    assert "车位租售管理" not in press.get("/planning/calendar?year=2027&month=1").text


@pytest.mark.parametrize("query", ["", "year=abc&month=13", "year=99999&month=1", "month=0"])
def test_a_month_that_makes_no_sense_is_this_month(press: FlaskClient, query: str) -> None:
    page = press.get(f"/planning/calendar?{query}")
    assert page.status_code == 200
    assert 'aria-current="date"' in page.text


def test_a_year_without_holidays_says_it_is_provisional(press: FlaskClient) -> None:
    page = press.get("/planning/calendar?year=2091&month=5").text
    assert "2091 年的放假调休安排尚未公布" in page


def test_the_event_list_filters_by_what_the_address_says(press: FlaskClient) -> None:
    make.event("供水管网")
    make.event("公交线网", state=EventState.HELD)
    page = press.get("/planning/events?state=held").text
    assert "公交线网" in page
    assert "供水管网" not in page
    assert "供水管网" in press.get("/planning/events?q=供水&state=nonsense&unit=").text
    assert "没有符合条件的发布活动" in press.get("/planning/events?q=没有的词").text


def test_a_new_event_is_stored_in_local_time(press: FlaskClient) -> None:
    answer = press.post("/planning/events/new", data=form())
    event = only_event()
    assert answer.location == f"/planning/events/{event.id}"
    assert event.starts_at.isoformat() == "2026-12-01T01:30:00+00:00"
    assert "2026-12-01 09:30" in press.get(answer.location).text


def test_what_is_missing_is_said_beside_its_field(press: FlaskClient) -> None:
    page = press.post("/planning/events/new", data=form(theme="", unit_id=0, starts_at="")).text
    for sentence in ("请填写发布主题", "请选择发布单位", "请填写日期和时间"):
        assert sentence in page
    assert service.upcoming_events(db.session, NOW) == []


def test_an_event_opened_for_a_topic_is_linked_to_it_on_saving(press: FlaskClient) -> None:
    topic = make.topic()
    page = press.get(f"/planning/events/new?topic_id={topic.id}").text
    assert f'value="{topic.label}"' in page
    press.post("/planning/events/new", data=form(topic_id=topic.id))
    (link,) = make.links()
    assert (link.topic_id, link.state) == (topic.id, LinkState.CONFIRMED)
    assert service.unanswered(db.session, []).counted == 0


def test_an_event_opened_for_a_row_of_the_plan_takes_its_facts(press: FlaskClient) -> None:
    entry = make.entry(theme="老旧小区改造", speaker="总工程师", year=utc_now().year)
    page = press.get(f"/planning/events/new?entry_id={entry.id}").text
    assert 'value="老旧小区改造"' in page
    assert 'value="总工程师"' in page
    assert f'<option selected value="{entry.id}">' in page
    press.post("/planning/events/new", data=form(plan_entry_id=entry.id))
    assert only_event().plan_entry_id == entry.id


def test_editing_keeps_the_row_that_the_event_came_of(press: FlaskClient) -> None:
    event = make.event(plan_entry=make.entry(year=2025))
    page = press.get(f"/planning/events/{event.id}/edit").text
    assert f'<option selected value="{event.plan_entry_id}">' in page
    changed = form(theme="新主题", version_id=event.version_id, plan_entry_id=event.plan_entry_id)
    assert press.post(f"/planning/events/{event.id}/edit", data=changed).status_code == 302
    assert (only_event().theme, only_event().plan_entry.plan.year) == ("新主题", 2025)
    assert "（发布主题、发布时间、地点）" in press.get(f"/planning/events/{event.id}").text


def test_a_stale_edit_is_refused_and_keeps_what_was_typed(press: FlaskClient) -> None:
    event = make.event()
    path, version = f"/planning/events/{event.id}/edit", event.version_id
    press.post(path, data=form(theme="先保存的", version_id=version))
    answer = press.post(path, data=form(theme="后保存的", version_id=version))
    assert answer.status_code == 409
    assert "刚被别人修改过" in answer.text
    assert 'value="后保存的"' in answer.text
    assert only_event().theme == "先保存的"


def test_buttons_come_from_the_table_and_say_what_blocks_them(press: FlaskClient) -> None:
    event = make.event(state=EventState.CONFIRMED, starts_at=utc_now() + timedelta(days=1))
    page = press.get(f"/planning/events/{event.id}").text
    assert "尚未开始" in page
    shown = {t.action for t in PRESS_EVENT.transitions if f"/{event.id}/{t.action}" in page}
    assert shown == {"hold", "postpone", "cancel"}


def test_an_action_moves_the_event_and_stands_in_its_history(press: FlaskClient) -> None:
    event = make.event()
    seen = {"version": event.version_id}
    answer = press.post(f"/planning/events/{event.id}/cancel", data={"note": "并入下一场", **seen})
    assert answer.status_code == 302
    assert only_event().state is EventState.CANCELLED
    page = press.get(answer.location).text
    assert "并入下一场" in page
    assert "已取消" in page


@pytest.mark.parametrize(
    ("action", "status"), [("hold", 409), ("cancel", 422), ("no-such-thing", 422)]
)
def test_an_action_that_cannot_be_is_refused(press: FlaskClient, action: str, status: int) -> None:
    event = make.event()
    seen = {"version": event.version_id}
    answer = press.post(f"/planning/events/{event.id}/{action}", data=seen)
    assert answer.status_code == status
    assert only_event().state is EventState.PROPOSED


@pytest.mark.parametrize("seen", [{}, {"version": "x"}, {"version": "0"}])
def test_a_step_on_what_was_not_seen_is_refused(press: FlaskClient, seen: dict[str, str]) -> None:
    event = make.event()
    answer = press.post(f"/planning/events/{event.id}/approve", data=seen)
    assert answer.status_code == 409
    assert "看过最新内容再办理" in answer.text
    assert only_event().state is EventState.PROPOSED


def test_the_form_of_a_step_tells_what_was_seen(press: FlaskClient) -> None:
    event = make.event()
    page = press.get(f"/planning/events/{event.id}").text
    assert f'name="version" value="{event.version_id}"' in page


def test_who_proposed_an_event_reads_why_the_button_is_shut(press: FlaskClient) -> None:
    press.post("/planning/events/new", data=form())
    assert "须由其他同事审批" in press.get(f"/planning/events/{only_event().id}").text


def test_a_double_click_proposes_one_event(press: FlaskClient) -> None:
    first = press.post("/planning/events/new", data=form())
    assert press.post("/planning/events/new", data=form()).location == first.location
    only_event()


def test_the_edit_page_says_that_an_approval_would_be_lost(press: FlaskClient) -> None:
    event = make.event(state=EventState.CONFIRMED)
    path = f"/planning/events/{event.id}/edit"
    assert "须由其他同事重新审批" in press.get(path).text
    changed = form(version_id=event.version_id)
    assert "活动回到“待审批”" in press.post(path, data=changed, follow_redirects=True).text
    assert only_event().state is EventState.PROPOSED
    assert "须由其他同事重新审批" not in press.get(path).text


def test_suggestions_are_shown_with_reasons_and_decided_from_the_event(press: FlaskClient) -> None:
    event = make.event()
    sure, wrong = make.topic("金浦华庭车位"), make.topic("另一件事")
    confirm, refuse = make.link(sure, event), make.link(wrong, event)
    page = press.get(f"/planning/events/{event.id}").text
    assert "建议依据" in page
    assert "100%" in page
    back = {"next": f"/planning/events/{event.id}", "version": "1"}
    answer = press.post(f"/planning/links/{confirm.id}/confirm", data=back)
    assert answer.location == back["next"]
    press.post(f"/planning/links/{refuse.id}/refuse", data=back)
    states = {link.topic_id: link.state for link in make.links()}
    assert states == {sure.id: LinkState.CONFIRMED, wrong.id: LinkState.REFUSED}
    page = press.get(back["next"]).text
    assert "确认关联话题" in page
    assert "已判为不相关" in page


def test_a_link_never_leads_to_another_site(press: FlaskClient) -> None:
    link = make.link(make.topic(), make.event())
    answer = press.post(
        f"/planning/links/{link.id}/confirm", data={"next": "//evil.example", "version": 1}
    )
    assert answer.location == "/planning/gaps"


def test_a_withdrawn_suggestion_is_said_to_be_so(press: FlaskClient) -> None:
    answer = press.post("/planning/links/999/confirm")
    assert answer.status_code == 404
    assert "撤下" in answer.text


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (EntryState.PROPOSED, "待列入"), (EntryState.DECLINED, "未列入"),
        (EntryState.DROPPED, "已取消"),
    ],
)  # fmt: skip
def test_no_event_comes_of_a_row_that_is_not_in_the_plan(
    press: FlaskClient, state: EntryState, said: str
) -> None:
    row = make.entry(theme="不在计划的条目")
    path = f"/planning/events/new?entry_id={row.id}"
    assert press.get(path).status_code == 200
    with transaction(CONSOLE, NOW):
        row.state = state
    opened = press.get(path)
    sent = press.post(path, data=form(plan_entry_id=row.id))
    for answer in (opened, sent):
        assert answer.status_code == 409
        assert f"“不在计划的条目”{said}" in answer.text.replace("单位报送，", "")
        assert "按计划外建立" in answer.text
    assert db.session.scalars(select(PressEvent)).all() == []


def test_a_topic_is_linked_to_an_event_by_hand(press: FlaskClient) -> None:
    topic, event = make.topic(), make.event()
    wish = {"topic_id": topic.id, "event_id": event.id, "decisions": 0}
    press.post("/planning/links", data=wish)
    assert [link.state for link in make.links()] == [LinkState.CONFIRMED]
    assert press.post("/planning/links", data={"topic_id": topic.id}).status_code == 422


def test_the_topic_page_shows_its_events(press: FlaskClient) -> None:
    topic = make.topic()
    make.link(topic, make.event("车位租售管理", utc_now() + timedelta(days=3)))
    make.event("另一项可选的活动", utc_now() + timedelta(days=4))
    page = press.get(f"/topics/{topic.id}").text
    assert "车位租售管理" in page
    assert "建议依据" in page
    assert "另一项可选的活动" in page


def test_gaps_lists_hot_topics_with_what_to_do(press: FlaskClient) -> None:
    topic = make.topic(heat=88.0)
    covered = make.topic("有活动的话题")
    make.link(topic, make.event("车位租售管理"))
    make.link(covered, make.event(), LinkState.CONFIRMED)
    page = press.get("/planning/gaps").text
    assert topic.label in page
    assert "车位租售管理" in page
    assert f"/planning/events/new?topic_id={topic.id}" in page
    assert f"topic_id={topic.id}" in page
    assert "有活动的话题" not in page


def test_who_may_not_read_topics_is_told_how_many_and_not_which(
    client: FlaskClient, people: People
) -> None:
    hot, answered = make.topic("某局乱罚款", heat=88.0), make.topic("某所不作为")
    suggested, refused = make.topic("某站态度差"), make.topic("某处拖着不办")
    event = make.event("车位租售管理")
    make.link(hot, event)
    make.link(suggested, event)
    make.decide(make.link(answered, event), True, people.press_officer)
    make.decide(make.link(refused, event), False, people.press_officer)
    pages = ("/planning/gaps", f"/planning/events/{event.id}")
    people.sign_in(client, people.press_officer)
    seen = "".join(client.get(page).text for page in pages)
    assert all(one.label in seen for one in (hot, answered, suggested, refused))
    make.liaison(people, unit())
    people.sign_in(client, people.liaison)
    gaps, shown = (client.get(page).text for page in pages)
    for page in (gaps, shown):
        assert not any(one.label in page for one in (hot, answered, suggested, refused))
        assert "/topics" not in page
    assert "没有发布活动也没有回应的话题 3 个" in gaps
    assert "已关联 1 个话题" in shown


def test_suggestions_are_refreshed_on_request(press: FlaskClient) -> None:
    answer = press.post("/planning/links/refresh", follow_redirects=True)
    assert "已更新关联建议" in answer.text


def test_suggestions_among_many_events_are_found_behind_the_page(
    press: FlaskClient, monkeypatch, tmp_path
) -> None:
    monkeypatch.setattr(suggesting, "MOST_AT_ONCE", 1)
    make.event("车位租售管理")
    asked = press.post("/planning/links/refresh")
    assert "排队中" in press.get(asked.location).text
    assert Runner(tmp_path, utc_now).run_once()
    assert "已更新关联建议" in press.get(asked.location).text


def entry_form(**changes: object) -> dict[str, object]:
    values = {"theme": "养老服务", "form": "conference", "month": 5, "unit_id": unit().id}
    return {**values, **changes}


def test_a_plan_is_drawn_up_and_adopted(press: FlaskClient) -> None:
    assert "还没有条目" in press.get("/planning/plan/2027").text
    assert service.list_plans(db.session) == []  # looking stores nothing
    answer = press.post("/planning/plan/2027/entries", data=entry_form(day=6))
    assert answer.location == "/planning/plan/2027"
    meeting = {"adopted_on": "2026-11-18", "adopted_by": "市政府第3次常务会议"}
    assert "请先提交审议" in press.post("/planning/plan/2027/adopt", data=meeting).text
    press.post("/planning/plan/2027/steps/submit")
    press.post("/planning/plan/2027/adopt", data=meeting)
    page = press.get("/planning/plan/2027").text
    assert "5 月 6 日" in page
    assert "2026-11-18 经市政府第3次常务会议审议通过" in page
    assert "加入条目" not in page
    assert press.post("/planning/plan/2027/entries", data=entry_form()).status_code == 409
    plan = service.find_plan(db.session, 2027)
    assert plan is not None
    assert (plan.state, plan.adopted_on, len(plan.entries)) == (
        PlanState.ADOPTED,
        date(2026, 11, 18),
        1,
    )


def test_an_impossible_day_of_the_plan_is_said_in_its_field(press: FlaskClient) -> None:
    answer = press.post("/planning/plan/2027/entries", data=entry_form(month=2, day=30))
    assert answer.status_code == 422
    assert "2027 年 2 月没有 30 日" in answer.text
    assert 'value="养老服务"' in answer.text
    answer = press.post("/planning/plan/2027/entries", data=entry_form(theme=""))
    assert answer.status_code == 422
    assert "请填写发布主题" in answer.text


def test_adopting_without_a_meeting_or_entries_is_refused(press: FlaskClient) -> None:
    assert press.post("/planning/plan/2027/adopt", data={}).status_code == 422
    meeting = {"adopted_on": "2026-11-18", "adopted_by": "常务会议"}
    answer = press.post("/planning/plan/2027/adopt", data=meeting)
    assert answer.status_code == 422
    assert "请先提交审议" in answer.text
    assert service.list_plans(db.session) == []


def test_a_plan_of_no_possible_year_does_not_exist(press: FlaskClient) -> None:
    assert press.get("/planning/plan/1066").status_code == 404


def test_the_plan_names_the_event_that_came_of_each_row(press: FlaskClient) -> None:
    event = make.event(plan_entry=make.entry(), state=EventState.HELD)
    page = press.get("/planning/plan/2026").text
    assert f'href="/planning/events/{event.id}"' in page
    assert "已举行 1" in page


CHANGES = [
    ("GET", "/planning/events/new"),
    ("POST", "/planning/events/new"),
    ("GET", "/planning/events/{event}/edit"),
    ("POST", "/planning/events/{event}/edit"),
    ("POST", "/planning/events/{event}/approve"),
    ("POST", "/planning/plan/2027/entries"),
    ("POST", "/planning/plan/2027/adopt"),
    ("POST", "/planning/links"),
    ("POST", "/planning/links/{link}/confirm"),
    ("POST", "/planning/links/{link}/refuse"),
    ("POST", "/planning/links/refresh"),
]


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_who_may_only_read_changes_nothing(reader: FlaskClient, method: str, path: str) -> None:
    link = make.link(make.topic(), make.event())
    path = path.format(event=link.event_id, link=link.id)
    assert reader.open(path, method=method).status_code == 403
    assert make.links()[0].state is LinkState.SUGGESTED
    assert only_event().state is EventState.PROPOSED


def test_readers_see_no_buttons(reader: FlaskClient) -> None:
    link = make.link(make.topic(), make.event())
    make.entry()
    for path in (
        "/planning/calendar?year=2026&month=11",
        "/planning/events",
        f"/planning/events/{link.event_id}",
        "/planning/plan/2026",
        "/planning/gaps",
    ):
        page = reader.get(path)
        assert page.status_code == 200
        assert 'method="post" action="/planning' not in page.text, path
        assert "/planning/events/new" not in page.text, path


def test_who_has_no_business_with_the_plan_sees_none_of_it(
    client: FlaskClient, people: People
) -> None:
    people.sign_in(client, people.operator)
    for path in ("calendar", "events", "plan/2026", "gaps"):
        assert client.get(f"/planning/{path}").status_code == 403


@pytest.mark.parametrize("path", ["/planning/calendar?year=2026&month=11", "/planning/events"])
def test_a_page_takes_the_same_queries_for_one_event_as_for_many(
    press: FlaskClient, session: Session, path: str
) -> None:
    make.event(starts_at=NOW)
    few = count_queries(lambda: press.get(path))
    other = unit("jyj", "市教育局")
    for n in range(20):
        event = make.event(starts_at=NOW + timedelta(hours=n))
        with transaction(CONSOLE, NOW):
            event.unit = other
        session.expire_all()
    assert count_queries(lambda: press.get(path)) == few


def test_gaps_take_the_same_queries_for_one_topic_as_for_many(press: FlaskClient) -> None:
    make.link(make.topic(), make.event())
    few = count_queries(lambda: press.get("/planning/gaps"))
    for _ in range(10):
        make.link(make.topic(), make.event())
    assert count_queries(lambda: press.get("/planning/gaps")) == few
