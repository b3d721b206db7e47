"""Calendars that somebody subscribed to."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import User
from responder.core import database
from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid, NotFound
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.planning.calendars import feeds
from responder.planning.calendars.models import CalendarFeed
from responder.planning.models import EventState, PressEvent
from tests.factories import NOW, People, unit
from tests.installations import installation
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


def test_no_feed_comes_back_with_an_account_that_is_opened_again(
    client: FlaskClient, people: People, session: Session
) -> None:
    owner, admin = people.press_officer, people.administrator
    issued, other = created(owner), created(admin)
    people.sign_in(client, admin)
    form = {"username": owner.username, "display_name": "某人", "unit_id": "0"}
    form |= {"roles": ["press_officer"]}
    for version, change in enumerate(({}, {"active": "y"}), start=owner.version_id):
        changed = client.post(
            f"/people/{owner.id}", data={**form, **change, "version_id": str(version)}
        )
        assert changed.status_code == 302, changed.text
    assert owner.active
    assert read(client, issued).status_code == 410
    assert read(client, other).status_code == 200
    lines = select(AuditEvent).where(AuditEvent.object_type == "calendar_feed")
    [line] = session.scalars(lines.where(AuditEvent.action == "revoke"))
    assert (line.object_id, line.actor_id) == (issued.feed.id, admin.id)


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

    def noted() -> datetime | None:
        db.session.expire_all()
        return db.session.get_one(CalendarFeed, issued.feed.id).read_at

    with read(client, issued) as answer:
        assert answer.status_code == 200
        assert noted() is None  # the answer is there before anything is written
    first = noted()
    assert first is not None
    read(client, issued).close()
    assert noted() == first


def test_a_busy_database_costs_no_reader_the_calendar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody writes for longer than the note would wait; the calendar is read all the same."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    with installation("sqlite", tmp_path) as app:
        with app.app_context():
            issued = created(People().press_officer)
            make.event("车位", utc_now())
        with closing(sqlite3.connect(tmp_path / "responder.db")) as writer:
            writer.execute("BEGIN IMMEDIATE")
            with read(app.test_client(), issued) as answer:
                assert "车位" in answer.text
    assert "was not noted" in caplog.text
