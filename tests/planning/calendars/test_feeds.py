"""Calendars that somebody subscribed to."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import User
from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid, NotFound
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.planning import service
from responder.planning.calendars import feeds
from responder.planning.calendars.models import CalendarFeed
from responder.planning.models import EventState, PressEvent
from tests.factories import NOW, People, unit
from tests.planning import factories as make
from tests.planning.calendars import rfc5545


def created(user: User, unit_id: int | None = None, name: str = "我的手机") -> feeds.Issued:
    with transaction(user.actor, NOW) as session:
        return feeds.create_feed(session, user.actor, name, unit_id, NOW)


def read(client: FlaskClient, issued: feeds.Issued, **headers: str):
    return client.get(f"/calendar/{issued.token}.ics", headers=headers)


def told(client: FlaskClient, issued: feeds.Issued) -> dict[str, str]:
    """Theme → status of what the feed gives."""
    answer = read(client, issued)
    assert answer.status_code == 200
    events = rfc5545.check(answer.data).walk("VEVENT")
    return {str(event["SUMMARY"]): str(event["STATUS"]) for event in events}


def of(event: PressEvent, **changes: object) -> PressEvent:
    with transaction(CONSOLE, NOW):
        for name, value in changes.items():
            setattr(event, name, value)
    return event


@pytest.fixture
def liaison(people: People) -> User:
    """Somebody of the unit that the factories' events are of."""
    user = people.liaison
    responsible = unit()
    with transaction(CONSOLE, NOW):
        user.unit = responsible
    return user


def test_a_feed_gives_what_its_owner_sees_to_whoever_knows_the_address(
    client: FlaskClient, people: People
) -> None:
    issued = created(people.press_officer)
    soon = utc_now() + timedelta(days=3)
    make.event("供水", soon, EventState.CONFIRMED)
    make.event("公交", soon, EventState.PROPOSED)
    make.event("物业", soon, EventState.CANCELLED)
    make.event("两年前的", soon - timedelta(days=700), EventState.HELD)
    assert told(client, issued) == {"供水": "CONFIRMED", "公交": "TENTATIVE", "物业": "CANCELLED"}
    answer = read(client, issued)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "private" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_only_the_digest_of_the_token_is_kept(session: Session, people: People) -> None:
    issued = created(people.press_officer)
    feed = session.scalar(select(CalendarFeed))
    assert feed is not None
    assert issued.token not in feed.digest
    lines = session.scalars(select(AuditEvent).where(AuditEvent.object_type == "calendar_feed"))
    assert all(issued.token not in f"{one.changes}{one.note}" for one in lines)
    assert all(feed.digest not in f"{one.changes}" for one in lines)


def test_a_feed_that_nobody_made_is_not_found(client: FlaskClient) -> None:
    answer = client.get("/calendar/no-such-token.ics")
    assert answer.status_code == 404
    assert "重新建立" in answer.text


def test_a_revoked_feed_is_gone(client: FlaskClient, people: People) -> None:
    owner = people.press_officer
    issued = created(owner)
    with transaction(owner.actor, NOW) as session:
        feeds.revoke_feed(session, owner.actor, issued.feed.id, NOW)
    assert read(client, issued).status_code == 410


def test_the_feed_of_somebody_who_left_is_gone(client: FlaskClient, people: People) -> None:
    owner = people.press_officer
    issued = created(owner)
    with transaction(CONSOLE, NOW):
        owner.active = False
    assert read(client, issued).status_code == 410


def test_who_may_no_longer_read_the_plan_gets_an_empty_calendar(
    client: FlaskClient, people: People
) -> None:
    owner = people.press_officer
    issued = created(owner)
    make.event("供水", utc_now())
    assert told(client, issued) != {}
    with transaction(CONSOLE, NOW):
        owner.posts = []
    assert told(client, issued) == {}


def test_a_units_feed_gives_its_events_alone(
    client: FlaskClient, people: People, liaison: User
) -> None:
    mine, other = make.event("车位", utc_now()), unit("jyj", "市教育局")
    of(make.event("食堂", utc_now()), unit=other)
    assert told(client, created(people.press_officer, mine.unit_id)) == {"车位": "TENTATIVE"}
    issued = created(liaison, mine.unit_id)
    assert told(client, issued) == {"车位": "TENTATIVE"}
    with transaction(CONSOLE, NOW):
        liaison.unit = other
    assert told(client, issued) == {}


def test_a_unit_sees_its_own_events_in_full_and_others_in_outline(
    client: FlaskClient, liaison: User
) -> None:
    other = unit("jyj", "市教育局")
    of(make.event("车位", utc_now()), summary="本单位的口径")
    of(make.event("食堂", utc_now()), unit=other, summary="别单位的口径")
    text = read(client, created(liaison)).data.decode().replace("\r\n ", "")
    assert "本单位的口径" in text
    assert "SUMMARY:食堂" in text
    assert "别单位的口径" not in text


def test_nobody_makes_a_feed_of_another_unit_or_without_a_name(
    session: Session, people: People, liaison: User
) -> None:
    other = unit("jyj", "市教育局")
    with pytest.raises(Forbidden, match="本单位"):
        created(liaison, other.id)
    with pytest.raises(Invalid, match="没有这个单位"):
        created(people.press_officer, 999_999)
    with pytest.raises(Invalid, match="用在哪里"):
        created(people.press_officer, name="  ")
    with pytest.raises(Forbidden, match="登录"), transaction(CONSOLE) as writing:
        feeds.create_feed(writing, CONSOLE, "控制台", None, NOW)


def test_a_person_has_a_limited_number_of_feeds(session: Session, people: People) -> None:
    owner = people.press_officer
    issued = [created(owner) for _ in range(feeds.MOST)]
    with pytest.raises(Invalid, match="先撤销"):
        created(owner)
    with transaction(owner.actor, NOW) as writing:
        feeds.revoke_feed(writing, owner.actor, issued[0].feed.id, NOW)
    assert created(owner)


def test_nobody_revokes_what_somebody_else_made(session: Session, people: People) -> None:
    issued = created(people.press_officer)
    with pytest.raises(NotFound), transaction(people.editor.actor) as writing:
        feeds.revoke_feed(writing, people.editor.actor, issued.feed.id, NOW)


def test_a_calendar_that_has_not_changed_is_not_sent_again(
    client: FlaskClient, people: People
) -> None:
    issued = created(people.press_officer)
    event = make.event("供水", utc_now())
    tag = read(client, issued).headers["ETag"]
    unchanged = read(client, issued, **{"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    of(event, theme="供水管网")
    assert read(client, issued, **{"If-None-Match": tag}).status_code == 200


def test_when_it_was_last_read_is_noted_now_and_then(client: FlaskClient, people: People) -> None:
    issued = created(people.press_officer)
    assert db.session.get_one(CalendarFeed, issued.feed.id).read_at is None
    read(client, issued)
    first = db.session.get_one(CalendarFeed, issued.feed.id).read_at
    assert first is not None
    read(client, issued)
    db.session.expire_all()
    assert db.session.get_one(CalendarFeed, issued.feed.id).read_at == first


def test_the_page_shows_a_new_address_once_and_it_works(
    client: FlaskClient, people: People
) -> None:
    people.sign_in(client, people.press_officer)
    make.event("供水", utc_now())
    assert "还没有订阅" in client.get("/planning/feeds").text
    answer = client.post("/planning/feeds", data={"name": "我的手机", "unit_id": 0})
    page = client.get(answer.location).text
    (address,) = re.findall(r'value="http://localhost(/calendar/[^"]+\.ics)"', page)
    assert "webcal://localhost/calendar/" in page
    assert "供水" in str(Calendar.from_ical(client.get(address).data).walk("VEVENT")[0]["SUMMARY"])
    again = client.get("/planning/feeds").text
    assert address not in again
    assert "我的手机" in again
    (revoke,) = re.findall(r'action="(/planning/feeds/\d+/revoke)"', again)
    assert client.post(revoke).status_code == 302
    assert client.get(address).status_code == 410
    assert "已撤销" in client.get("/planning/feeds").text


def test_the_page_says_what_is_missing(client: FlaskClient, people: People) -> None:
    people.sign_in(client, people.press_officer)
    answer = client.post("/planning/feeds", data={"name": "", "unit_id": 0})
    assert answer.status_code == 422
    assert "请填写这个订阅用在哪里" in answer.text


def test_a_liaison_is_offered_the_own_unit_alone(
    client: FlaskClient, people: People, liaison: User
) -> None:
    unit("jyj", "市教育局")
    page = people.sign_in(client, liaison).get("/planning/feeds").text
    assert "只要市住房和城乡建设局的活动" in page
    assert "市教育局" not in page


def test_a_years_events_are_a_file(client: FlaskClient, people: People) -> None:
    people.sign_in(client, people.press_officer)
    make.event("供水", NOW)
    answer = client.get("/planning/calendar/2026.ics")
    assert "calendar-2026.ics" in answer.headers["Content-Disposition"]
    (event,) = rfc5545.check(answer.data).walk("VEVENT")
    assert event["SUMMARY"] == "供水"
    assert rfc5545.check(client.get("/planning/calendar/2025.ics").data).walk("VEVENT") == []
    assert client.get("/planning/calendar/99999.ics").status_code == 404


def test_every_change_is_told_with_a_higher_sequence(client: FlaskClient, people: People) -> None:
    press = people.press_officer
    issued = created(press)
    event = make.event("供水", utc_now() + timedelta(days=9), EventState.APPROVED)
    before = read(client, issued).data
    now = utc_now()
    with transaction(press.actor, now) as session:
        service.move_event(session, event, event.starts_at + timedelta(days=1), press.actor, now)
    moved = read(client, issued).data
    rfc5545.check(moved, before=before)
    assert moved != before
    with transaction(press.actor, now) as session:
        service.advance_event(session, event, "cancel", press.actor, now, "不办了")
    cancelled = read(client, issued).data
    (was,) = rfc5545.check(moved).walk("VEVENT")
    (found,) = rfc5545.check(cancelled, before=moved).walk("VEVENT")
    assert found["STATUS"] == "CANCELLED"
    assert found["SEQUENCE"] > was["SEQUENCE"]
