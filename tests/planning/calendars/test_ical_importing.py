"""Calendar files are taken into the plan: new, newer, cancelled, never twice."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Actor
from responder.core.times import SHANGHAI
from responder.planning import service
from responder.planning.calendars import ical_importing, ical_storing
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


def test_a_file_of_many_series_is_asked_for_in_a_few_queries(session: Session) -> None:
    rule = "RRULE:FREQ=DAILY;COUNT=1"
    few, many = ([entry(STARTS, rule, uid=f"u{n}") for n in range(count)] for count in (1, 1_500))

    def look(entries: list[str]) -> int:
        reading = read(file(*entries), SHANGHAI, TODAY)
        return count_queries(lambda: ical_importing.intents(db.session, reading, TODAY))

    assert look(many) - look(few) == 4  # two more chunks, of entries and of series


def test_a_look_tells_what_stands_in_the_way_of_what_would_be_stored(session: Session) -> None:
    make.event("已定的另一项", NOW + timedelta(days=12))
    with transaction(CONSOLE, NOW):
        stored()[0].place = "三楼"
    found = f"DTSTART:{NOW + timedelta(days=12):%Y%m%dT%H%M%SZ}"
    saturday = "DTSTART:20261128T013000Z"
    reading = read(
        file(
            entry(found, "LOCATION:三楼", uid="room"),
            entry(saturday, uid="off"),
            entry(STARTS, "STATUS:CANCELLED", uid="none"),
            entry("DTSTART:20261230T013000Z", uid="free"),
        ),
        SHANGHAI,
        TODAY,
    )
    wanted = ical_importing.intents(db.session, reading, TODAY, unit_id=unit().id)
    told = {row.number: [c.sentence for c in row.clashes] for row in preview_of(wanted).rows}
    assert "已定的另一项" in told[1][0]
    assert "不是工作日" in told[2][0]
    assert told[3] == told[4] == []
    assert preview_of(wanted).clashing == 2


def preview_of(wanted: list[ical_importing.Intent]) -> ImportRun:
    return ical_importing.preview(wanted, [])


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


def advance(event: PressEvent, *actions: str) -> None:
    with transaction(CONSOLE, NOW) as writing:
        for action in actions:
            service.advance_event(writing, event, action, CONSOLE, NOW, "数据核实")


def our_own() -> bytes:
    db.session.expire_all()
    return year_as_ics(db.session, 2026, SHANGHAI, NOW, CONSOLE)


def taken(content: bytes) -> ImportRun:
    reading = read(content, SHANGHAI, TODAY)
    with transaction(CONSOLE, NOW) as writing:
        wanted = ical_importing.intents(writing, reading, TODAY)
        return ical_importing.take(
            writing, wanted, reading.refused, unit(), Form.CONFERENCE, CONSOLE, NOW
        )


def test_our_own_calendar_comes_in_again_as_nothing_new(session: Session) -> None:
    """Whatever stands in it: new, moved, postponed, cancelled, held, or itself from a file."""
    imported(entry(STARTS, "SEQUENCE:0", uid="from-elsewhere"))
    advance(stored()[0], "approve", "prepare")
    fresh, moved, late, off, held = (
        make.event(f"第{n}项", starts_at=NOW + timedelta(days=n)) for n in range(5)
    )
    with transaction(CONSOLE, NOW) as writing:
        service.move_event(writing, moved, NOW + timedelta(days=9), CONSOLE, NOW, accepted=True)
        held.state = EventState.HELD
    advance(late, "approve", "postpone")
    advance(off, "cancel")
    before = [(one.id, one.state, one.theme, one.summary, one.sequence) for one in stored()]
    assert counted(taken(our_own())) == {"unchanged": 6}
    assert [(o.id, o.state, o.theme, o.summary, o.sequence) for o in stored()] == before
    assert fresh.state is EventState.PROPOSED


def test_of_what_was_made_here_a_calendar_elsewhere_says_the_time_alone(session: Session) -> None:
    """The texts went out masked and with lines made for the calendar: they do not come back."""
    event = make.event("车位租售 13812345678", NOW + timedelta(days=2), summary="只写给自己的内容")
    own = (event.uid, event.theme, event.form, event.place, event.summary)
    later = ["DTSTART:20261202T013000Z", "DTEND:20261202T023000Z"]
    copied = entry(*later, "SEQUENCE:3", "LOCATION:别处", "DESCRIPTION:自动生成", uid=event.uid)
    assert counted(imported(copied)) == {"updated": 1}
    assert counted(imported(copied)) == {"unchanged": 1}
    (moved,) = stored()
    assert (moved.uid, moved.theme, moved.form, moved.place, moved.summary) == own
    assert moved.starts_at == datetime(2026, 12, 2, 1, 30, tzinfo=UTC)
    assert moved.ends_at == datetime(2026, 12, 2, 2, 30, tzinfo=UTC)
    assert moved.sequence == 3
    again = entry(STARTS, "SEQUENCE:4", "LOCATION:别处", uid=event.uid)
    assert counted(imported(again)) == {"updated": 1}
    assert stored()[0].place == own[3]
    gone = entry(STARTS, "SEQUENCE:5", "STATUS:CANCELLED", uid=event.uid)
    assert counted(imported(gone)) == {"cancelled": 1}
    assert (stored()[0].state, stored()[0].sequence) == (EventState.CANCELLED, 5)


def test_an_older_copy_of_our_own_calendar_brings_nothing_either(session: Session) -> None:
    event = make.event(starts_at=NOW + timedelta(days=2))
    advance(event, "approve", "postpone")
    copy = our_own()
    advance(event, "resume")
    assert counted(taken(copy)) == {"unchanged": 1}
    assert stored()[0].state is EventState.PREPARING


def test_a_cancellation_of_an_older_version_cancels_nothing(session: Session) -> None:
    imported(entry(STARTS, "SEQUENCE:9"))
    assert counted(imported(entry(STARTS, "SEQUENCE:2", "STATUS:CANCELLED"))) == {"unchanged": 1}
    assert stored()[0].state is EventState.PROPOSED


def test_a_postponed_event_waits_for_its_day_whatever_a_file_says(session: Session) -> None:
    imported(entry(STARTS), entry(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=9", uid="series"))
    for event in stored():
        advance(event, "approve", "postpone")
    run = imported(
        entry(STARTS, "SEQUENCE:9", "STATUS:CANCELLED"),
        entry(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=2", "SEQUENCE:9", uid="series"),
    )
    assert counted(run) == {"unchanged": 2}
    assert {row.reason for row in run.rows} == {
        "活动已推迟，等待新的时间；确需取消，请在活动页办理"
    }
    assert {event.state for event in stored()} == {EventState.POSTPONED}


@pytest.mark.parametrize(
    ("rule", "refused"),
    [("FREQ=HOURLY", "只支持按日、周、月、年重复"), ("FREQ=DAILY;INTERVAL=0", "重复规则")],
)
def test_a_series_whose_new_rule_is_refused_stays_as_it_was(
    session: Session, rule: str, refused: str
) -> None:
    imported(entry(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=20"))
    run = imported(entry(*WEEKLY, f"RRULE:{rule}", "SEQUENCE:5"))
    assert counted(run) == {"refused": 1}
    assert refused in run.rows[0].reason
    assert {event.state for event in stored()} == {EventState.PROPOSED}


def test_a_series_of_which_an_identity_is_too_long_loses_nothing(session: Session) -> None:
    uid = "u" * 243  # a day fits behind it, a moment does not
    whole = ("DTSTART;VALUE=DATE:20261124", "RRULE:FREQ=WEEKLY;COUNT=2")
    assert counted(imported(entry(*whole, uid=uid))) == {"created": 2}
    timed = ("DTSTART:20261124T010000Z", "RRULE:FREQ=WEEKLY;COUNT=2", "SEQUENCE:1")
    assert counted(imported(entry(*timed, uid=uid))) == {"refused": 2}
    assert {event.state for event in stored()} == {EventState.PROPOSED}


def test_an_occurrence_moved_out_of_the_year_moves_and_is_not_cancelled(
    session: Session,
) -> None:
    rule = "RRULE:FREQ=WEEKLY;UNTIL=20261203T010000Z"
    imported(entry(*WEEKLY, rule))
    far = entry(
        "RECURRENCE-ID;TZID=Asia/Shanghai:20261126T090000",
        "DTSTART;TZID=Asia/Shanghai:20281127T100000",
        "SEQUENCE:2",
    )
    assert counted(imported(entry(*WEEKLY, rule, "SEQUENCE:2"), far)) == {"updated": 2}
    assert [event.starts_at.year for event in stored()] == [2026, 2028]


def test_steps_taken_here_do_not_hide_a_newer_version_of_the_file(session: Session) -> None:
    imported(
        entry(STARTS, "SEQUENCE:0"),
        entry(*WEEKLY, "RRULE:FREQ=WEEKLY;UNTIL=20261203T010000Z", uid="series"),
    )
    for event in stored():
        advance(event, "approve", "prepare")
    exception = "EXDATE;TZID=Asia/Shanghai:20261126T090000"
    run = imported(
        entry("DTSTART:20261204T013000Z", "SEQUENCE:1"),
        entry(
            *WEEKLY, "RRULE:FREQ=WEEKLY;UNTIL=20261203T010000Z", exception, "SEQUENCE:1",
            uid="series",
        ),
    )  # fmt: skip
    assert counted(run) == {"updated": 2, "cancelled": 1}
    found = {event.uid: event for event in stored()}
    assert found["a@b"].starts_at.day == 4
    assert found["a@b"].imported_sequence == 1
    assert found["a@b"].sequence > 2  # who subscribed takes each change as newer


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


@pytest.mark.parametrize("size", [1, 2, 100])
def test_a_file_is_stored_in_portions_and_told_as_one(
    session: Session, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(ical_storing, "STORED_AT_ONCE", size)
    until = "RRULE:FREQ=WEEKLY;UNTIL=20261210T010000Z"
    first = (entry(STARTS), entry("DTSTART:明天", uid="bad"), entry(*WEEKLY, until, uid="series"))
    later = entry(*WEEKLY, until.replace("1210", "1203"), "SEQUENCE:1", uid="series")
    own = entry(
        "RECURRENCE-ID;TZID=Asia/Shanghai:20261126T090000",
        "DTSTART;TZID=Asia/Shanghai:20261127T100000",
        uid="series",
    )  # keeps its version, whatever becomes of the others

    unit_id = unit().id

    def store(*entries: str) -> ImportRun:
        reading = read(file(*entries), SHANGHAI, TODAY)
        return ical_storing.store(
            reading,
            lambda s: s.get_one(Unit, unit_id),
            Form.CONFERENCE,
            CONSOLE,
            NOW,
            TODAY,
            SHANGHAI,
        )

    run = store(*first, own)
    assert counted(run) == {"created": 4, "refused": 1}
    assert [row.number for row in run.rows] == [1, 2, 3, 3, 4]
    assert counted(store(first[0], later, own)) == {"updated": 1, "cancelled": 1, "unchanged": 2}
    assert [event.state for event in stored()].count(EventState.CANCELLED) == 1


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
