"""舆情日报: what it covers, and that the job makes one, once, on working days from 8:00."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from responder.alerts.models import Alert, Kind
from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI
from responder.core.work_calendar import store_year
from responder.jobs import JOBS
from responder.planning.models import EventState
from responder.reports.documents import service
from responder.reports.documents.models import Report, ReportState
from responder.settings import Settings
from tests.alerts.factories import rule
from tests.databases import DATABASES
from tests.factories import NOW, People
from tests.installations import installation
from tests.orders import factories as orders
from tests.planning import factories as planning
from tests.reports.documents.factories import (
    TODAY,
    composed,
    day,
    made,
    rows,
    said,
    tables,
    take,
    worried_topic,
)
from tests.responses.factories import opened

EIGHT = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)  # Friday, 8:00 in Shanghai
LIST = "热点话题和新提醒"


def run_job(now: datetime) -> object:
    return JOBS["make-daily-brief"].work(now, Settings())


def briefs() -> list[Report]:
    db.session.expire_all()
    return list(db.session.scalars(select(Report).where(Report.kind == "daily")))


def raised(topic, delivered_at: datetime) -> None:
    asked = rule(Kind.RISING, speed_points=1)
    with transaction(CONSOLE, NOW) as session:
        session.add(
            Alert(
                rule_id=asked.id,
                topic_id=topic.id,
                crossing="rising:x",
                raised_at=delivered_at,
                delivered_at=delivered_at,
                facts={},
            )
        )


@pytest.mark.parametrize(
    ("moment", "count"),
    [
        (EIGHT - timedelta(seconds=1), 0),
        (EIGHT, 1),
        (EIGHT + timedelta(hours=9), 1),
        (EIGHT + timedelta(days=1), 0),  # Saturday
        (datetime(2026, 10, 1, 1, 0, tzinfo=UTC), 0),  # National Day, a Thursday
    ],
)
def test_it_is_made_at_eight_on_working_days(app, moment, count) -> None:
    run_job(moment)
    assert len(briefs()) == count


def test_a_make_up_saturday_has_its_brief(app) -> None:
    saturday = date(2027, 2, 20)
    with transaction(CONSOLE) as session:
        store_year(session, 2027, [(saturday, True, "调休")], "通知")
    run_job(datetime(2027, 2, 20, 0, 30, tzinfo=UTC))
    assert [one.period_end for one in briefs()] == [saturday]


def test_however_often_it_is_asked_there_is_one(app) -> None:
    for minutes in (0, 1, 500):
        run_job(EIGHT + timedelta(minutes=minutes))
    (first,) = briefs()
    assert (first.state, first.author_name, first.sequence) == (ReportState.DRAFT, "系统", 1)
    assert first.writer_ids == []
    take(first, "void", People().press_officer.actor, "今天不发")
    run_job(EIGHT + timedelta(hours=2))
    assert len(briefs()) == 1
    run_job(EIGHT + timedelta(days=3))  # Monday
    assert sorted(one.sequence for one in briefs()) == [1, 2]


def test_what_a_person_made_before_is_the_brief(app) -> None:
    made("daily", day(), EIGHT - timedelta(minutes=30))
    run_job(EIGHT)
    assert len(briefs()) == 1


@pytest.fixture(params=DATABASES)
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with installation(request.param, tmp_path) as app:
        yield app


def test_two_schedulers_at_once_make_one(instance: Flask) -> None:
    start = threading.Barrier(3)
    problems: list[Exception] = []

    def run() -> None:
        with instance.app_context():
            start.wait()
            try:
                run_job(EIGHT)
            except Exception as error:
                problems.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with instance.app_context():
        assert problems == []
        assert db.session.scalar(select(func.count(Report.id))) == 1


def test_a_scheduler_that_was_down_makes_that_of_its_day_alone(app) -> None:
    run_job(EIGHT + timedelta(hours=7))
    assert [one.period_end for one in briefs()] == [TODAY]


def test_hot_topics_and_new_alerts_stand_in_the_table(app) -> None:
    hot = worried_topic(heat=70.0, last_seen=EIGHT - timedelta(hours=2))
    cool = worried_topic(heat=10.0, last_seen=EIGHT - timedelta(hours=3))
    worried_topic(heat=80.0, last_seen=EIGHT - timedelta(days=2))
    raised(cool, EIGHT - timedelta(hours=1))
    found = rows(tables(composed("daily", day()))[LIST])
    assert [row[0] for row in found] == ["1", "2"]
    assert found[0][4:6] == ["70.0", "平常"]
    assert found[1][4:6] == ["10.0", "平常、升温"]
    assert found[0][1:3] == ["11月19日 09:00", "市长热线（共 4 条）"]
    assert hot.label in found[0][3]


@pytest.mark.parametrize(("hours", "told"), [(0, True), (23, True), (25, False), (-1, False)])
def test_it_covers_from_eight_to_eight(app, hours, told) -> None:
    topic = worried_topic(heat=10.0)
    raised(topic, EIGHT - timedelta(hours=hours))
    assert (LIST in tables(composed("daily", day()))) is told


def test_after_a_weekend_it_covers_the_weekend(app) -> None:
    monday = TODAY + timedelta(days=3)
    content = composed("daily", day(monday), EIGHT + timedelta(days=3, hours=1))
    assert content.subtitle.startswith("11月20日 08:00 至 11月23日 08:00")


def test_a_quote_is_masked_and_names_its_message(app) -> None:
    topic = worried_topic(heat=70.0, last_seen=EIGHT - timedelta(hours=2))
    ids = [member.message_id for member in topic.memberships]
    with transaction(CONSOLE, NOW):
        topic.representatives = [ids[3], ids[0]]
    cell = rows(tables(composed("daily", day()))[LIST])[0][3]
    assert "13812345678" not in cell
    assert f"（留言 {ids[3]}）" in cell or f"（留言 {ids[0]}）" in cell


def test_what_is_due_and_what_is_held_today(app) -> None:
    item = opened(NOW - timedelta(days=2))
    orders.opened()
    held = planning.event(starts_at=NOW + timedelta(hours=5), state=EventState.CONFIRMED)
    planning.event("不再举行的活动", starts_at=NOW, state=EventState.CANCELLED)
    planning.event("明天的活动", starts_at=NOW + timedelta(days=1), state=EventState.CONFIRMED)
    content = composed("daily", day())
    due = rows(tables(content)["今日到期"])
    assert ("已超时", f"{item.title}（作出回应）") in {(row[0], row[1]) for row in due}
    events = rows(tables(content)["今日发布活动"])
    assert [(row[0], row[1]) for row in events] == [("14:00", held.theme)]
    assert "工单：已超时 0 件，24 小时内到期" in said(content)


def test_a_quiet_day_says_so(app) -> None:
    text = said(composed("daily", day()))
    for sentence in ("没有热点话题，也没有新提醒", "今日没有到期", "今日没有发布活动"):
        assert sentence in text


def test_a_holiday_has_no_brief(app) -> None:
    with pytest.raises(Invalid, match="不是工作日"):
        composed("daily", day(TODAY + timedelta(days=1)), NOW + timedelta(days=1))


def test_a_zone_is_that_of_the_office(app) -> None:
    assert service.brief_is_due(db.session, EIGHT, SHANGHAI)
