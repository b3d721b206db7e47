"""Each job says how it went; people see it, and may have it run now."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask

from responder import create_app, jobs
from responder.accounts.models import Unit
from responder.core.audit import AuditEvent, chain
from responder.core.database import alembic, db, transaction
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.jobs import Job
from responder.scheduling import service
from responder.scheduling.labels import JOB_LABELS
from responder.scheduling.models import SchedulerTurn
from responder.scheduling.rules import TURN
from responder.scheduling.service import Journal, Run
from responder.settings import Settings
from responder.timing import Timetable
from tests.factories import NOW
from tests.kept_logs import kept_logs, lines_of

BEFORE, AFTER = NOW - timedelta(seconds=3), NOW


@pytest.fixture
def installation(tmp_path) -> Iterator[Flask]:
    """A product of its own, whose scheduler may use threads."""
    app = create_app(Settings(state_dir=tmp_path, secret_key="only-for-tests"))
    with app.app_context():
        alembic.upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


def test_every_job_has_a_name_for_people() -> None:
    assert list(jobs.JOBS) == list(JOB_LABELS)


def test_the_head_of_the_trail_is_noted_each_hour(installation: Flask, tmp_path) -> None:
    slow = create_app(Settings(state_dir=tmp_path, scheduler_interval_seconds=45))
    trigger = Timetable(slow)._scheduler.get_job("note-trail").trigger
    assert trigger.interval == timedelta(hours=1)
    with kept_logs(tmp_path / "logs") as folder, installation.app_context():
        with transaction(CONSOLE) as session:
            session.add(Unit(code="a", name="甲局"))
        jobs.run(installation, "note-trail")
        [line] = [one for one in lines_of(folder) if one["event"] == "audit head"]
        assert f"{line['number']}:{line['digest']}" == str(chain.head(db.session))


def test_a_head_that_could_not_be_noted_fails_the_job(installation: Flask, tmp_path) -> None:
    (tmp_path / "logs").write_text("in the way")
    journal = Journal()
    with kept_logs(tmp_path / "logs"):
        jobs.run(installation, "note-trail", journal)
    assert "没有记入日志" in journal.take()[-1].problem


def _written(*runs: Run) -> None:
    with transaction(CONSOLE) as session:
        service.write_down(session, list(runs))


def _job(session, name: str = "publish-due"):
    session.expire_all()
    return next(job for job in service.jobs(session) if job.name == name)


def test_a_run_is_running_then_done(session) -> None:
    _written(Run("publish-due", BEFORE))
    assert _job(session).is_running
    _written(Run("publish-due", BEFORE, AFTER, 3.0))
    job = _job(session)
    assert (job.is_running, job.seconds, job.runs, job.failures) == (False, 3.0, 1, 0)


def test_failures_count_in_a_row_and_end_with_a_success(session) -> None:
    _written(*[Run("publish-due", BEFORE, AFTER, 1.0, "KeyError（due:3）")] * 2)
    assert (_job(session).failures, [job.name for job in service.failing(session)]) == (
        2,
        ["publish-due"],
    )
    _written(Run("publish-due", BEFORE, AFTER, 1.0))
    assert (_job(session).failures, _job(session).problem, service.failing(session)) == (0, "", [])


def _fail(words: str) -> Exception:
    try:
        raise ValueError(words)
    except ValueError as error:
        return error


def test_a_problem_tells_nobodys_words() -> None:
    assert "13800138000" not in service.problem_of(_fail("13800138000"))
    assert service.problem_of(_fail("13800138000")) == "ValueError"
    assert service.problem_of(Invalid("请先设置邮件服务器")) == "请先设置邮件服务器"


def test_a_failed_run_is_noted_and_the_next_goes_well(app, monkeypatch) -> None:
    outcomes = iter([RuntimeError("a caller's words"), None])

    def work(_now: datetime, _settings: object) -> None:
        if (problem := next(outcomes)) is not None:
            raise problem

    monkeypatch.setitem(jobs.JOBS, "publish-due", Job(work))
    journal = Journal()
    jobs.run(app, "publish-due", journal)
    jobs.run(app, "publish-due", journal)
    begun, failed, _again, well = journal.take()
    assert (begun.ended_at, well.problem) == (None, "")
    assert re.fullmatch(r"RuntimeError（jobs:\d+）", failed.problem)
    assert journal.take() == []


def test_runs_that_could_not_be_written_stand_first_when_it_is_tried_again() -> None:
    journal = Journal()
    journal.note(Run("b", AFTER))
    journal.put_back([Run("a", BEFORE)])
    assert [run.name for run in journal.take()] == ["a", "b"]


def test_an_administrator_sees_them_and_has_one_run(client, people, session) -> None:
    people.sign_in(client, people.administrator)
    page = client.get("/jobs").text
    assert "调度器还没有运行过" in page
    assert page.count("还没有运行</span>") == len(JOB_LABELS)
    client.post("/jobs/publish-due/run")
    assert service.wanted(session) == ["publish-due"]
    assert "等待运行" in client.get("/jobs").text
    event = session.query(AuditEvent).filter_by(action="run_now").one()
    assert (event.actor_name, event.changes) == (
        people.administrator.display_name,
        {"name": "publish-due"},
    )


def test_nobody_else_does_and_no_unknown_job_runs(client, people) -> None:
    people.sign_in(client, people.press_officer)
    assert client.get("/jobs").status_code == 403
    assert client.post("/jobs/publish-due/run").status_code == 403
    with pytest.raises(NotFound), transaction(CONSOLE) as within:
        service.want(within, "format-disk", NOW)


def test_a_timetable_runs_every_job_what_is_wanted_and_gives_up_its_turn(
    installation, monkeypatch
) -> None:
    stop, ran = threading.Event(), []

    def work(_now: datetime, _settings: object) -> None:
        ran.append(len(ran))
        if len(ran) == 1:
            with transaction(CONSOLE) as within:
                service.want(within, "publish-due", NOW)
        else:
            stop.set()

    monkeypatch.setattr(jobs, "JOBS", {"publish-due": Job(work, every=1000)})
    at_last = threading.Timer(60, stop.set)
    at_last.start()
    Timetable(installation).follow(stop)
    at_last.cancel()
    with installation.app_context():
        job = _job(db.session)
        turn = db.session.get_one(SchedulerTurn, 1)
        assert (ran, job.runs, job.is_running, job.wanted_at) == ([0, 1], 2, False, None)
        assert (turn.holder, turn.renewed_at is None) == ("", False)


def test_a_timetable_whose_turn_it_is_not_runs_nothing(installation, monkeypatch) -> None:
    ran: list[datetime] = []
    monkeypatch.setattr(
        jobs, "JOBS", {"publish-due": Job(lambda now, _settings: ran.append(now), every=1000)}
    )
    with installation.app_context(), transaction(CONSOLE) as within:
        turn = within.get_one(SchedulerTurn, 1)
        turn.holder, turn.until = "another", utc_now() + TURN
    stop = threading.Event()
    timetable = Timetable(installation)
    threading.Timer(2.5, stop.set).start()
    timetable.follow(stop)
    assert ran == []


def test_a_timetable_outlives_whatever_goes_wrong_with_the_database(
    installation, monkeypatch
) -> None:
    stop, ran = threading.Event(), []

    def work(_now: datetime, _settings: object) -> None:
        ran.append(len(ran))

    def broken(*_given: object) -> list[str]:
        stop.set()
        raise TimeoutError("no connection is free")

    monkeypatch.setattr(jobs, "JOBS", {"publish-due": Job(work, every=1000)})
    monkeypatch.setattr(service, "wanted", broken)
    Timetable(installation).follow(stop)
    with installation.app_context():
        assert (ran, _job(db.session).runs) == ([0], 1)


def test_what_is_asked_for_while_it_runs_is_asked_for_still(session) -> None:
    with transaction(CONSOLE) as within:
        service.want(within, "publish-due", NOW)
    _written(Run("publish-due", BEFORE))
    assert service.wanted(session) == []
    _written(Run("publish-due", BEFORE, AFTER, 1.0))
    assert service.wanted(session) == ["publish-due"]


def test_after_a_jump_of_the_clock_every_job_runs_at_once(installation, monkeypatch) -> None:
    monkeypatch.setattr(jobs, "JOBS", {"publish-due": Job(lambda *_given: None, every=1000)})
    timetable = Timetable(installation)
    (job,) = timetable._scheduler.get_jobs()
    job.modify(next_run_time=utc_now() + timedelta(hours=1))
    timetable._begin_anew()
    (job,) = timetable._scheduler.get_jobs()
    assert job.next_run_time <= utc_now()
