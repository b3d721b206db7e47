"""An event is put to another day: looked at, confirmed, taken back."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI
from responder.planning.events.models import EventMove, PreparationTask
from responder.planning.models import EventState, PressEvent
from tests.factories import NOW, People
from tests.planning import factories as make
from tests.planning.calendars.test_pages import task

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
    values = {"to": "2026-12-16", "version": event.version_id, "reason": "场地冲突", "back": ""}
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


def test_the_reason_is_kept(press: FlaskClient, event: PressEvent) -> None:
    post(press, event)
    assert db.session.scalars(select(EventMove.reason)).all() == ["场地冲突"]


def test_who_saw_an_older_version_is_told_and_keeps_the_reason(
    press: FlaskClient, event: PressEvent
) -> None:
    seen = event.version_id
    with transaction(CONSOLE, NOW):
        event.place = "别的厅"
    answer = post(press, event, version=seen)
    assert answer.status_code == 409
    assert "刚被别人修改过" in answer.text
    assert 'value="场地冲突"' in answer.text
    assert stored(event)[0] == "12-10 09:30"
    assert post(press, event, version="").status_code == 409


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
