"""An event is put to another day: looked at, confirmed, taken back."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI, local, utc_now
from responder.core.work_calendar import store_year
from responder.planning import service
from responder.planning.events import preparing, series
from responder.planning.events.models import EventMove, PreparationTask
from responder.planning.models import EventState, PressEvent
from tests.factories import NOW, People
from tests.planning import factories as make
from tests.planning.calendars.test_pages import task
from tests.planning.queries import count_queries

FIRST = datetime(2026, 12, 10, 9, 30, tzinfo=SHANGHAI)  # a Thursday


@pytest.fixture
def press(client: FlaskClient, people: People) -> FlaskClient:
    return people.sign_in(client, people.press_officer)


@pytest.fixture
def event() -> PressEvent:
    made = make.event("车位租售管理", FIRST, EventState.PREPARING)
    task(made, date(2026, 12, 7), "媒体邀请")  # three working days before
    return made


def page(press: FlaskClient, event: PressEvent, to: str = "") -> str:
    answer = press.get(f"/planning/events/{event.id}/move", query_string={"to": to} if to else {})
    assert answer.status_code == 200
    return answer.text


def post(press: FlaskClient, event: PressEvent, **changes: object):
    seen = f"{event.id}-{event.version_id}"
    values = {"to": "2026-12-16", "seen": seen, "reason": "场地冲突", "back": ""}
    return press.post(f"/planning/events/{event.id}/move", data={**values, **changes})


def stored(event: PressEvent) -> tuple[str, EventState, date | None]:
    """When it is, where it stands, and the day of its task."""
    db.session.expire_all()
    due = db.session.scalar(
        select(PreparationTask.due_on).where(
            PreparationTask.event_id == event.id, PreparationTask.name == "媒体邀请"
        )
    )
    found = db.session.get_one(PressEvent, event.id)
    return f"{found.starts_at.astimezone(SHANGHAI):%m-%d %H:%M}", found.state, due


def test_a_day_of_another_year_says_its_year(press: FlaskClient, event: PressEvent) -> None:
    year = local(utc_now()).year + 1
    shown = press.get(f"/planning/events/{event.id}/move", query_string={"to": f"{year}-03-05"})
    assert f"{year}年3月5日 周" in shown.text


def test_the_page_asks_for_a_day_first(press: FlaskClient, event: PressEvent) -> None:
    shown = page(press, event)
    assert 'type="date"' in shown
    assert 'value="2026-12-10"' in shown
    assert "确认改期" not in shown


def test_what_it_would_bring_about_is_told_before_anything_is_done(
    press: FlaskClient, event: PressEvent
) -> None:
    shown = page(press, event, "2026-12-16")
    assert "12月10日 周四" in shown
    assert "12月16日 周三" in shown
    assert "回到“待审批”" in shown
    row = re.search(r"媒体邀请</th>(.*?)</tr>", shown, re.DOTALL)
    assert row is not None
    assert re.findall(r"12月\d+日", row.group(1)) == ["12月7日", "12月11日"]
    assert "确认改期" in shown
    assert stored(event) == ("12-10 09:30", EventState.PREPARING, date(2026, 12, 7))


def test_clashes_are_told(press: FlaskClient, event: PressEvent) -> None:
    make.event("供水管网", FIRST + timedelta(days=6))
    shown = page(press, event, "2026-12-16")
    assert "供水管网" in shown
    assert "不是工作日" in page(press, event, "2026-12-12")  # a Saturday


def test_a_move_takes_the_checklist_along_and_offers_the_way_back(
    press: FlaskClient, event: PressEvent
) -> None:
    answer = post(press, event, back="view=month&year=2026&month=11&form=briefing&evil=1")
    assert answer.status_code == 302
    assert answer.location == (
        "/planning/calendar?view=month&form=briefing&year=2026&month=12#d-2026-12-16"
    )
    assert stored(event) == ("12-16 09:30", EventState.PROPOSED, date(2026, 12, 11))
    shown = press.get(answer.location).text
    assert "由 12-10 改到 12-16" in shown
    (undo,) = re.findall(r'action="(/planning/moves/\d+/undo)"', shown)
    assert "undo" not in press.get(answer.location).text  # told once
    back = press.post(undo)
    assert "month=12#d-2026-12-10" in back.location
    assert stored(event) == ("12-10 09:30", EventState.PREPARING, date(2026, 12, 7))
    assert "已改回" in press.get(back.location).text
    assert press.post(undo).status_code == 409


def test_a_move_into_other_arrangements_is_confirmed_only_with_the_box(
    press: FlaskClient, event: PressEvent
) -> None:
    assert "仍然保存" not in page(press, event, "2026-12-16")
    make.event("供水管网", FIRST + timedelta(days=6))
    assert "仍然保存" in page(press, event, "2026-12-16")
    refused = post(press, event)
    assert refused.status_code == 422
    assert "请勾选“仍然保存”" in refused.text
    assert "供水管网" in refused.text
    assert 'value="场地冲突"' in refused.text
    assert stored(event)[0] == "12-10 09:30"
    assert post(press, event, accept_clashes="1").status_code == 302
    assert stored(event)[0] == "12-16 09:30"


@pytest.fixture
def weekly(event: PressEvent) -> list[PressEvent]:
    """Four events of one series, a week apart; the second was taken hold of in the tests."""
    with transaction(CONSOLE, NOW) as session:
        store_year(session, 2027, [], "国办通知")  # 1 January is a day like others here
        made = series.make_series(session, event, "FREQ=WEEKLY;COUNT=4", CONSOLE, NOW)
        for one in made:
            preparing.add_task(session, one, "媒体邀请", 3)
    return [event, *made]


def days(events: list[PressEvent]) -> list[int]:
    db.session.expire_all()
    return [
        db.session.get_one(PressEvent, one.id).starts_at.astimezone(SHANGHAI).day for one in events
    ]


def seen_by(shown: str) -> str:
    (found,) = re.findall(r'name="seen" value="([^"]*)"', shown)
    return str(found)


def look(press: FlaskClient, event: PressEvent, scope: str, to: str = "2026-12-18") -> str:
    answer = press.get(f"/planning/events/{event.id}/move", query_string={"to": to, "scope": scope})
    assert answer.status_code == 200
    return answer.text


def move_to(press: FlaskClient, event: PressEvent, scope: str, to: str = "2026-12-18", **values):
    seen = seen_by(look(press, event, scope, to))
    return post(press, event, to=to, scope=scope, seen=seen, **values)


def test_an_event_alone_has_no_reach_to_choose(press: FlaskClient, event: PressEvent) -> None:
    assert "改期范围" not in page(press, event, "2026-12-16")
    post(press, event, scope="all")
    assert stored(event)[0] == "12-16 09:30"


@pytest.mark.parametrize(
    ("scope", "moved"),
    [
        ("this", [10, 18, 24, 31]),
        ("later", [10, 18, 25, 1]),
        ("all", [11, 18, 25, 1]),
        ("nonsense", [10, 18, 24, 31]),
    ],
)
def test_a_move_reaches_as_far_as_it_is_meant(
    press: FlaskClient, weekly: list[PressEvent], scope: str, moved: list[int]
) -> None:
    assert move_to(press, weekly[1], scope).status_code == 302
    assert days(weekly) == moved


def test_what_moves_with_it_is_told_with_its_days_its_checklist_and_its_clashes(
    press: FlaskClient, weekly: list[PressEvent]
) -> None:
    make.event("供水管网", FIRST + timedelta(days=15))
    alone = look(press, weekly[1], "this")
    assert "只改这一场" in alone
    assert "供水管网" not in alone
    shown = look(press, weekly[1], "later")
    assert "其他各场（2 场）" in shown
    assert "确认改期（共 3 场）" in shown
    assert re.search(r"2026-12-24 09:30 → <strong>2026-12-25</strong>", shown)
    rows = re.findall(r"媒体邀请</th>(.*?)</tr>", shown, re.DOTALL)
    assert [re.findall(r"\d+月\d+日", row) for row in rows] == [
        ["12月14日", "12月15日"], ["12月21日", "12月22日"], ["12月28日", "12月29日"],
    ]  # fmt: skip
    assert "供水管网" in shown
    assert move_to(press, weekly[1], "later").status_code == 422
    assert days(weekly) == [10, 17, 24, 31]
    assert move_to(press, weekly[1], "later", accept_clashes="1").status_code == 302
    assert days(weekly) == [10, 18, 25, 1]


def test_what_is_over_or_postponed_does_not_move_with_the_others(
    press: FlaskClient, weekly: list[PressEvent]
) -> None:
    with transaction(CONSOLE, NOW):
        weekly[0].state, weekly[2].state = EventState.HELD, EventState.POSTPONED
    assert move_to(press, weekly[1], "all").status_code == 302
    assert days(weekly) == [10, 18, 24, 1]
    moved = db.session.scalars(select(EventMove.event_id)).all()
    assert set(moved) == {weekly[1].id, weekly[3].id}


def test_somebody_else_having_moved_one_of_them_is_told(
    press: FlaskClient, weekly: list[PressEvent]
) -> None:
    seen = seen_by(look(press, weekly[1], "all"))
    move_to(press, weekly[3], "this", "2026-12-30")
    answer = post(press, weekly[1], to="2026-12-18", scope="all", seen=seen)
    assert answer.status_code == 409
    assert "系列中有活动刚被别人修改过" in answer.text
    assert days(weekly) == [10, 17, 24, 30]


def test_a_move_of_a_series_is_taken_back_as_a_whole(
    press: FlaskClient, weekly: list[PressEvent]
) -> None:
    states = [one.state for one in weekly]
    answer = move_to(press, weekly[1], "all")
    shown = press.get(answer.location).text
    assert "系列中另有 3 场一并改期" in shown
    (undo,) = re.findall(r'action="(/planning/moves/\d+/undo)"', shown)
    assert 'name="together" value="1"' in shown
    back = press.post(undo, data={"together": "1"})
    assert "已撤销 4 场改期" in press.get(back.location).text
    assert days(weekly) == [10, 17, 24, 31]
    assert [db.session.get_one(PressEvent, one.id).state for one in weekly] == states
    assert press.post(undo, data={"together": "1"}).status_code == 409


def test_a_move_of_a_series_is_not_taken_back_in_part_by_accident(
    press: FlaskClient, weekly: list[PressEvent]
) -> None:
    move_to(press, weekly[1], "all")
    first = db.session.scalars(select(EventMove.id).order_by(EventMove.id)).first()
    with transaction(CONSOLE, NOW) as session:
        third = session.get_one(PressEvent, weekly[2].id)
        service.advance_event(session, third, "cancel", CONSOLE, NOW, "另有安排")
    answer = press.post(f"/planning/moves/{first}/undo", data={"together": "1"})
    assert answer.status_code == 409
    assert "改到2026年12月25日的一场不能撤销" in answer.text
    assert days(weekly) == [11, 18, 25, 1]


def test_the_page_of_an_event_offers_to_take_its_latest_move_back(
    press: FlaskClient, weekly: list[PressEvent]
) -> None:
    address = f"/planning/events/{weekly[2].id}"
    assert "/undo" not in press.get(address).text
    move_to(press, weekly[1], "all")
    shown = press.get(address).text
    assert "撤销系列的 4 场" in shown
    (undo, whole) = re.findall(r'action="(/planning/moves/\d+/undo)"', shown)
    assert undo == whole
    back = press.post(undo, data={"next": address})
    assert back.location == address
    assert days(weekly) == [11, 18, 24, 1]
    after = press.get(address).text
    assert "已改回2026年12月24日 09:30" in after
    assert "/undo" not in after  # neither the undoing nor what it undid
    other = press.get(f"/planning/events/{weekly[3].id}").text
    assert "撤销系列的 3 场" in other
    press.post(re.findall(r'action="(/planning/moves/\d+/undo)"', other)[0], data={"together": "1"})
    assert days(weekly) == [10, 17, 24, 31]


def test_a_move_after_which_something_changed_is_not_offered_to_be_taken_back(
    press: FlaskClient, event: PressEvent
) -> None:
    post(press, event)
    address = f"/planning/events/{event.id}"
    assert "/undo" in press.get(address).text
    with transaction(CONSOLE, NOW) as session:
        found = session.get_one(PressEvent, event.id)
        service.advance_event(session, found, "approve", CONSOLE, NOW)
    assert "/undo" not in press.get(address).text


def test_readers_are_not_offered_to_take_a_move_back(
    client: FlaskClient, people: People, press: FlaskClient, event: PressEvent
) -> None:
    post(press, event)
    people.sign_in(client, people.editor)
    assert "/undo" not in client.get(f"/planning/events/{event.id}").text


def test_the_consequences_of_many_take_the_queries_of_few(
    press: FlaskClient, weekly: list[PressEvent]
) -> None:
    def asked(event_id: int, scope: str) -> int:
        db.session.expunge_all()
        address = f"/planning/events/{event_id}/move?to=2027-01-08&scope={scope}"
        return count_queries(lambda: press.get(address))

    first, _second, third, _fourth = (event.id for event in weekly)
    asked(first, "this")  # whoever asks first has more loaded, once
    assert asked(first, "all") == asked(third, "later")  # three others, and one


def test_the_reason_is_kept(press: FlaskClient, event: PressEvent) -> None:
    post(press, event)
    assert db.session.scalars(select(EventMove.reason)).all() == ["场地冲突"]


def test_who_saw_an_older_version_is_told_and_keeps_the_reason(
    press: FlaskClient, event: PressEvent
) -> None:
    seen = f"{event.id}-{event.version_id}"
    with transaction(CONSOLE, NOW):
        event.place = "别的厅"
    answer = post(press, event, seen=seen)
    assert answer.status_code == 409
    assert "刚被别人修改过" in answer.text
    assert 'value="场地冲突"' in answer.text
    assert stored(event)[0] == "12-10 09:30"
    assert post(press, event, seen="").status_code == 409


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("", "请选择新的日期"),
        ("明天", "请选择新的日期"),
        ("2026-02-30", "请选择新的日期"),
        ("1999-01-01", "1999 年不在可安排的范围内"),
        ("2026-12-10", "已经在这"),
    ],
)
def test_a_day_that_cannot_be_is_refused(
    press: FlaskClient, event: PressEvent, to: str, sentence: str
) -> None:
    answer = post(press, event, to=to)
    assert answer.status_code == 422
    assert sentence in answer.text
    if to:
        assert press.get(f"/planning/events/{event.id}/move?to={to}").status_code == 200


def test_what_was_held_stays_where_it_was(press: FlaskClient) -> None:
    held = make.event(state=EventState.HELD)
    shown = page(press, held, "2026-12-16")
    assert "不能改期" in shown
    assert "确认改期" not in shown
    assert post(press, held).status_code == 409


def test_the_month_offers_to_move_what_may_be_moved(press: FlaskClient) -> None:
    movable, held = make.event(starts_at=NOW), make.event(starts_at=NOW, state=EventState.HELD)
    shown = press.get("/planning/calendar?year=2026&month=11&unit=").text
    assert f"/planning/events/{movable.id}/move?back=year" in shown
    assert f"/planning/events/{held.id}/move" not in shown


def test_readers_are_offered_no_move(client: FlaskClient, people: People) -> None:
    event = make.event(starts_at=NOW)
    people.sign_in(client, people.editor)
    assert "/move" not in client.get("/planning/calendar?year=2026&month=11").text
    assert client.get(f"/planning/events/{event.id}/move").status_code == 403


def test_an_all_day_event_stays_all_day(press: FlaskClient, event: PressEvent) -> None:
    with transaction(CONSOLE, NOW):
        event.all_day, event.starts_at = True, datetime(2026, 12, 10, tzinfo=SHANGHAI)
    assert "全天" in page(press, event, "2026-12-16")
    post(press, event)
    assert stored(event)[0] == "12-16 00:00"
    assert db.session.get_one(PressEvent, event.id).all_day


def test_a_move_that_nobody_made_cannot_be_taken_back(press: FlaskClient) -> None:
    assert press.post("/planning/moves/999999/undo").status_code == 404
