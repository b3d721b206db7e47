"""Calendar files are taken into the plan: new, newer, cancelled, never twice."""

from __future__ import annotations

import io
import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Actor
from responder.core.times import SHANGHAI
from responder.planning.calendars import ical_importing
from responder.planning.calendars.exporting import year_as_ics
from responder.planning.calendars.ical_importing import ImportRun, Outcome
from responder.planning.calendars.ical_reading import read
from responder.planning.models import EventState, Form, PressEvent
from tests.factories import NOW, People, unit
from tests.planning import factories as make
from tests.planning.calendars import rfc5545
from tests.planning.calendars.test_ical_reading import WEEKLY, entry, file
from tests.planning.queries import count_queries

TODAY = date(2026, 11, 20)
STARTS = "DTSTART:20261201T013000Z"


def imported(*entries: str, actor: Actor = CONSOLE) -> ImportRun:
    reading = read(file(*entries), SHANGHAI, TODAY)
    responsible = unit()
    with transaction(actor, NOW) as session:
        wanted = ical_importing.intents(session, reading, TODAY)
        return ical_importing.take(
            session, wanted, reading.refused, responsible, Form.CONFERENCE, actor, NOW
        )


def counted(run: ImportRun) -> dict[str, int]:
    return {outcome.value: count for outcome, count in run.counts.items() if count}


def stored() -> list[PressEvent]:
    db.session.expire_all()
    return list(db.session.scalars(select(PressEvent).order_by(PressEvent.starts_at)))


def test_a_new_entry_is_proposed(session: Session, people: People) -> None:
    who = people.press_officer.actor
    run = imported(
        entry(STARTS, "DTEND:20261201T030000Z", "SEQUENCE:4", "LOCATION:三楼"), actor=who
    )
    assert counted(run) == {"created": 1}
    (event,) = stored()
    assert (event.state, event.proposed_by_id) == (EventState.PROPOSED, who.id)
    assert (event.uid, event.sequence, event.place) == ("a@b", 4, "三楼")
    assert (event.theme, event.form, event.unit.code) == ("供水发布", Form.CONFERENCE, "zjj")
    assert event.ends_at == event.starts_at + timedelta(minutes=90)


def test_the_same_file_again_brings_nothing(session: Session) -> None:
    entries = (entry(STARTS), entry(*WEEKLY, "RRULE:FREQ=MONTHLY", uid="series"))
    assert counted(imported(*entries)) == {"created": 13}
    assert counted(imported(*entries)) == {"unchanged": 13}
    assert len(stored()) == 13


def test_a_higher_sequence_changes_the_event(session: Session) -> None:
    imported(entry(STARTS, "SEQUENCE:1"))
    later = "DTSTART:20261202T013000Z"
    assert counted(imported(entry(later, "SEQUENCE:1", summary="旧"))) == {"unchanged": 1}
    assert counted(imported(entry(later, "SEQUENCE:2", summary="供水新"))) == {"updated": 1}
    (event,) = stored()
    assert (event.theme, event.starts_at.day) == ("供水新", 2)
    assert event.sequence >= 2


def test_what_was_approved_goes_back_for_approval_when_the_file_moves_it(
    session: Session,
) -> None:
    imported(entry(STARTS))
    (event,) = stored()
    with transaction(CONSOLE, NOW):
        event.state = EventState.CONFIRMED
    imported(entry("DTSTART:20261203T013000Z", f"SEQUENCE:{event.sequence + 1}"))
    (event,) = stored()
    assert event.state is EventState.PROPOSED


def test_an_update_leaves_what_the_file_does_not_know(session: Session) -> None:
    imported(entry(STARTS))
    (event,) = stored()
    other = unit("jyj", "市教育局")
    with transaction(CONSOLE, NOW):
        event.unit, event.speaker, event.wording = other, "副局长", "口径"
    imported(entry(STARTS, "SEQUENCE:9", "LOCATION:五楼"))
    (event,) = stored()
    assert (event.unit.code, event.speaker, event.wording) == ("jyj", "副局长", "口径")
    assert event.place == "五楼"


def test_a_cancelled_entry_cancels_and_an_unknown_one_is_left(session: Session) -> None:
    imported(entry(STARTS))
    gone = entry(STARTS, "STATUS:CANCELLED", "SEQUENCE:1")
    assert counted(imported(gone)) == {"cancelled": 1}
    assert stored()[0].state is EventState.CANCELLED
    assert counted(imported(gone)) == {"unchanged": 1}
    assert counted(imported(entry(STARTS, "STATUS:CANCELLED", uid="new"))) == {"unchanged": 1}
    assert len(stored()) == 1


def test_what_was_held_is_not_changed_and_the_rest_is_stored(session: Session) -> None:
    held = make.event(state=EventState.HELD, starts_at=NOW - timedelta(days=9))
    with transaction(CONSOLE, NOW):
        held.uid = "held"
    run = imported(entry(STARTS, "SEQUENCE:9", uid="held"), entry(STARTS, uid="new"))
    assert counted(run) == {"created": 1, "refused": 1}
    (refused,) = [row for row in run.rows if row.outcome is Outcome.REFUSED]
    assert (refused.number, refused.reason) == (1, "活动已举行，不能再改")


def test_what_a_series_no_longer_has_is_cancelled(session: Session) -> None:
    until = "RRULE:FREQ=WEEKLY;UNTIL=20261210T010000Z"
    assert counted(imported(entry(*WEEKLY, until))) == {"created": 3}
    exception = "EXDATE;TZID=Asia/Shanghai:20261203T090000"
    assert counted(imported(entry(*WEEKLY, until, exception, "SEQUENCE:1"))) == {
        "updated": 2,
        "cancelled": 1,
    }
    assert [event.state for event in stored()] == [
        EventState.PROPOSED,
        EventState.CANCELLED,
        EventState.PROPOSED,
    ]


def test_bad_entries_are_named_in_the_order_of_the_file(session: Session) -> None:
    run = imported(entry("DTSTART:明天", uid="x"), entry(STARTS), entry(STARTS, uid=""))
    assert [(row.number, row.outcome.value) for row in run.rows] == [
        (1, "refused"),
        (2, "created"),
        (3, "refused"),
    ]


def test_our_own_calendar_comes_in_again_as_nothing_new(session: Session) -> None:
    make.event(starts_at=NOW)
    content = year_as_ics(db.session, 2026, SHANGHAI, NOW, CONSOLE)
    reading = read(content, SHANGHAI, TODAY)
    (wanted,) = ical_importing.intents(db.session, reading, TODAY)
    assert wanted.outcome is Outcome.UNCHANGED


def test_what_came_in_goes_out_under_the_same_identity_and_grows(session: Session) -> None:
    imported(entry(STARTS, "SEQUENCE:2"))
    before = year_as_ics(db.session, 2026, SHANGHAI, NOW, CONSOLE)
    imported(entry("DTSTART:20261202T013000Z", "SEQUENCE:3"))
    db.session.expire_all()
    after = year_as_ics(db.session, 2026, SHANGHAI, NOW, CONSOLE)
    (event,) = rfc5545.check(after, before=before).walk("VEVENT")
    assert event["UID"] == "a@b"


def test_a_dry_run_takes_the_same_queries_for_few_as_for_many(session: Session) -> None:
    def look(entries: list[str]) -> int:
        reading = read(file(*entries), SHANGHAI, TODAY)
        return count_queries(lambda: ical_importing.intents(db.session, reading, TODAY))

    many = [entry(STARTS, uid=f"u{n}") for n in range(60)]
    assert look(many[:1]) == look(many)


@pytest.fixture
def press(client: FlaskClient, people: People) -> FlaskClient:
    return people.sign_in(client, people.press_officer)


def upload(press: FlaskClient, content: bytes | None, **values: object):
    data = {"unit_id": unit().id, "form": "briefing", **values}
    if content is not None:
        data["file"] = (io.BytesIO(content), "局里.ics")
    return press.post("/planning/import-ics", data=data, content_type="multipart/form-data")


def test_the_page_tries_first_and_stores_what_was_tried(press: FlaskClient) -> None:
    content = file(entry(STARTS), entry("DTSTART:明天", uid="bad"))
    looked = upload(press, content, look="试运行")
    assert looked.status_code == 200
    assert "新建 1" in looked.text
    assert "DTSTART 不是日期或时间" in looked.text
    assert stored() == []
    (kept,) = re.findall(r'name="kept"[^>]*value="([^"]+)"', looked.text)
    done = upload(press, None, store="导入", kept=kept)
    assert "导入结果" in done.text  # one was refused, and is named again
    (event,) = stored()
    assert event.form is Form.BRIEFING
    again = upload(press, None, store="导入", kept=kept)
    assert "没有变化 1" in again.text
    assert len(stored()) == 1


def test_a_good_file_leads_to_what_waits_for_approval(press: FlaskClient) -> None:
    answer = upload(press, file(entry(STARTS)), store="导入")
    assert answer.location == "/planning/events?state=proposed"


@pytest.mark.parametrize(
    ("content", "values", "sentence"),
    [
        (None, {}, "请选择要导入的日历文件"),
        (None, {"kept": "没有"}, "请选择要导入的日历文件"),
        (b"x", {}, "不是 iCalendar 文件"),
        (file(entry(STARTS)), {"unit_id": 0}, "请选择发布单位"),
    ],
)
def test_the_page_says_what_is_wrong_with_the_file(
    press: FlaskClient, content: bytes | None, values: dict[str, object], sentence: str
) -> None:
    answer = upload(press, content, look="试运行", **values)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert stored() == []


def run(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(args=["plan", "import-ics", *arguments])


def test_the_command_imports_and_says_what_it_did(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "calendar.ics"
    path.write_bytes(file(entry(STARTS), entry("DTSTART:明天", uid="bad")))
    unit()
    with time_machine.travel(NOW, tick=False):
        looked = run(app, str(path), "--unit", "zjj", "--dry-run", "--json")
        assert looked.exit_code == 1  # one entry is refused
        assert json.loads(looked.stdout)["created"] == 1
        assert stored() == []
        done = run(app, str(path), "--unit", "zjj", "--form", "briefing", "--json")
        told = json.loads(done.stdout)
        assert (told["created"], told["refused"], told["dry_run"]) == (1, 1, False)
        assert told["entries"][1]["reason"].startswith("DTSTART 不是日期")
        (event,) = stored()
        assert (event.form, told["entries"][0]["event_id"]) == (Form.BRIEFING, event.id)
        in_words = run(app, str(path), "--unit", "zjj")
    assert "没有变化" in in_words.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["missing.ics", "--unit", "zjj"], "无法读取"),
        (["{file}", "--unit", "nobody"], "没有代码为 nobody 的单位"),
    ],
)
def test_the_command_says_what_is_wrong(
    app: Flask, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    path = tmp_path / "calendar.ics"
    path.write_bytes(file(entry(STARTS)))
    done = run(app, *(one.format(file=path) for one in arguments))
    assert done.exit_code != 0
    assert sentence in f"{done.output}{done.exception}"
