"""The doctor names what is wrong, how to mend it, and ends with how bad it is."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from responder import create_app
from responder.core import audit
from responder.core.database import alembic, db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.core.work_calendar import CalendarYear
from responder.errands.models import Errand, ErrandState
from responder.operating import doctor, last_backup
from responder.operating.findings import Finding, Level
from responder.scheduling import service as scheduling
from responder.scheduling.models import SchedulerTurn
from responder.scheduling.service import Run
from responder.settings import Settings
from tests.another_user import NOBODY, another_user, require_root
from tests.browser.conftest import free_port
from tests.console import run
from tests.databases import empty_database
from tests.factories import NOW, People, unit


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder of a healthy installation, at ``NOW``."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    last_backup.note(folder, NOW)
    for path in folder.iterdir():
        path.chmod(0o600)
    return folder


def settings_of(state: Path, **changed: object) -> Settings:
    addresses = {"desk_url": "https://desk.example", "public_url": "https://www.example"}
    values = {"secure_cookies": True, **addresses, **changed}
    return Settings(state_dir=state, **values)  # type: ignore[arg-type]


def of_place(state: Path, label: str, now: datetime = NOW, **changed: object) -> list[Finding]:
    return list(doctor.PLACE[label](settings_of(state, **changed), now))


def of_records(app: Flask, label: str, now: datetime = NOW) -> list[Finding]:
    return list(doctor.RECORDS[label](db.session, app.extensions["settings"], now))


def worst(found: list[Finding]) -> Level:
    return max((one.level for one in found), default=Level.OK)


def test_nothing_is_said_of_a_healthy_place(state: Path) -> None:
    for label in doctor.PLACE:
        assert worst(of_place(state, label)) is Level.OK, label


def test_what_is_looked_at_comes_first_and_shows_no_password(state: Path) -> None:
    url = "postgresql+psycopg://responder:s3cret-of-ours@db.intra/responder"
    assert next(iter(doctor.PLACE)) == "所检查的"
    told = [one.sentence for one in of_place(state, "所检查的", database_url=url)]
    assert told == [f"目录 {state}", "数据库 postgresql+psycopg://responder:***@db.intra/responder"]
    [missing, _database] = of_place(state / "elsewhere", "所检查的")
    assert (missing.level, "RESPONDER_STATE_DIR" in missing.remedy) == (Level.WRONG, True)


def test_a_role_that_can_make_no_tables_is_told(tmp_path: Path) -> None:
    """Since PostgreSQL 15 whoever does not own the database cannot."""
    with empty_database("postgresql", tmp_path) as url:
        owner = sa.create_engine(url)
        with owner.begin() as connection:
            connection.exec_driver_sql("CREATE ROLE stranger LOGIN")
            connection.exec_driver_sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        try:
            strangers = sa.make_url(url).set(username="stranger")
            app = create_app(settings_of(tmp_path, database_url=strangers.render_as_string()))
            with app.app_context():
                [found] = of_records(app, "数据库权限")
            assert found.level is Level.WRONG
            assert "OWNER TO" in found.remedy
            with owner.begin() as connection:
                connection.exec_driver_sql("GRANT CREATE ON SCHEMA public TO stranger")
            with app.app_context():
                assert of_records(app, "数据库权限") == []
            with app.app_context():
                db.engine.dispose()
        finally:
            with owner.begin() as connection:
                connection.exec_driver_sql("DROP OWNED BY stranger")
                connection.exec_driver_sql("DROP ROLE stranger")
            owner.dispose()


PLACES = {
    "cookies": ("设置", {"secure_cookies": False}, Level.WARNING, "RESPONDER_SECURE_COOKIES"),
    "http": ("设置", {"desk_url": "http://desk.example"}, Level.WRONG, "RESPONDER_SECURE_COOKIES"),
    "desk": ("设置", {"desk_url": ""}, Level.WARNING, "RESPONDER_DESK_URL"),
}


@pytest.mark.parametrize("case", PLACES)
def test_settings_that_do_harm(state: Path, case: str) -> None:
    label, changed, level, remedy = PLACES[case]
    found = of_place(state, label, **changed)
    assert worst(found) is level
    assert any(remedy in one.remedy for one in found) or not remedy


def test_what_others_may_read_is_told(state: Path) -> None:
    (state / "identity_keys").write_text("people x")
    (state / "identity_keys").chmod(0o644)
    assert any("identity_keys 可被" in one.sentence for one in of_place(state, "目录权限"))
    (state / "identity_keys").chmod(0o600)
    assert of_place(state, "目录权限") == []
    state.chmod(0o755)
    [found] = of_place(state, "目录权限")
    assert (found.level, found.remedy) == (Level.WARNING, f"chmod 700 {state}")


def test_what_another_user_left_in_the_state_folder_is_told_with_its_owner() -> None:
    require_root()
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "event-files").mkdir(mode=0o700)
        for path in (root, root / "event-files"):
            os.chown(path, NOBODY, -1)
        with another_user():
            assert of_place(root, "读写权限") == []
        (root / "topics").mkdir(mode=0o700)
        with another_user():
            [found] = of_place(root, "读写权限")
        assert found.level is Level.WRONG
        assert f"不能写 {root / 'topics'} 等 1 项（所有者 root）" in found.sentence
        assert f"chown -R nobody: {root}" in found.remedy


@contextmanager
def given_to(owner: int) -> Iterator[Path]:
    """A folder that another user may reach, and whose it is."""
    require_root()
    with TemporaryDirectory() as folder:
        os.chown(folder, owner, -1)
        yield Path(folder)


def test_a_database_beside_the_state_folder_is_looked_at_too(tmp_path: Path) -> None:
    require_root()
    state = tmp_path / "none of this user's"
    with given_to(NOBODY) as folder:
        url = f"sqlite:///{folder}/office.db"
        Path(folder, "office.db-wal").touch(0o600)
        Path(folder, "office.db.of-somebody-else").touch(0o600)
        with another_user():
            [found] = of_place(state, "读写权限", database_url=url)
    assert "office.db-wal 等 1 项" in found.sentence
    assert f"chown -R nobody: {folder}/office.db-wal &&" in found.remedy


def test_a_folder_that_a_database_lies_in_is_given_to_nobody(tmp_path: Path) -> None:
    """It may be /srv, with what others keep there."""
    with given_to(0) as srv, given_to(NOBODY) as state:
        srv.chmod(0o755)
        (srv / "office.db").touch(0o600)
        with another_user():
            found = of_place(state, "读写权限", database_url=f"sqlite:///{srv}/office.db")
    assert [one.level for one in found] == [Level.WRONG, Level.WRONG]
    assert f"chown -R nobody: {srv}/office.db &&" in found[0].remedy
    assert str(srv) in found[1].sentence
    told = [word for one in found for word in one.remedy.replace("；", " ").split()]
    assert str(srv) not in told
    assert "RESPONDER_DATABASE_URL" in found[1].remedy


def test_whoever_does_not_own_the_state_folder_is_sent_to_its_owner() -> None:
    with given_to(4321) as state:
        with another_user():
            [found] = of_place(state, "读写权限")
        assert found.level is Level.WRONG
        assert f"sudo -u 4321 RESPONDER_STATE_DIR={state} responder" in found.remedy
        assert "chown" not in found.remedy


def test_a_state_folder_of_roots_is_given_away_only_where_the_service_is_not_roots() -> None:
    with given_to(0) as state:
        (state / "topics").mkdir()
        with another_user():
            [found] = of_place(state, "读写权限")
        assert found.remedy.startswith("服务以 root 运行的，请以 root 运行命令")
        assert f"chown nobody: {state} &&" in found.remedy
        assert "-R" not in found.remedy


def test_few_of_what_cannot_be_written_are_named_and_each_with_what_is_in_it() -> None:
    with given_to(NOBODY) as state:
        for number in range(9):
            (state / f"a folder {number}" / "inner").mkdir(parents=True)
        with another_user():
            [found] = of_place(state, "读写权限")
        assert "等 18 项" in found.sentence
        assert found.remedy.count("chown -R nobody:") == 5
        assert found.remedy.count("inner") == 0
        assert f"'{state}/a folder " in found.remedy
        assert "再运行 responder doctor" in found.remedy


def test_what_the_file_system_keeps_on_a_disk_is_left_alone() -> None:
    with given_to(NOBODY) as state:
        (state / "lost+found").mkdir(mode=0o700)
        with another_user():
            assert of_place(state, "读写权限") == []


def test_logs_that_cannot_be_written_are_told(state: Path) -> None:
    assert of_place(state, "日志") == []
    (state / "logs" / "responder-2026-11-20.jsonl").mkdir(parents=True)  # in the way
    today = datetime(2026, 11, 20, 1, tzinfo=UTC)
    [found] = of_place(state, "日志", today)
    assert (found.level, "Is a directory" in found.sentence) == (Level.WRONG, True)
    assert of_place(state, "日志", today + timedelta(days=1)) == []
    shutil.rmtree(state / "logs")
    (state / "logs").write_text("in the way")
    assert worst(of_place(state, "日志")) is Level.WRONG


def test_a_full_disk_is_told(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 100 * 1024**2

    monkeypatch.setattr("responder.core.disk.shutil.disk_usage", lambda _path: Usage)
    assert worst(of_place(state, "磁盘空间")) is Level.WRONG


def test_a_scheduler_that_stands_still_is_told(app: Flask, session: Session) -> None:
    [never] = of_records(app, "调度器")
    assert (never.level, never.sentence) == (Level.WARNING, "调度器还没有启动过")
    session.get_one(SchedulerTurn, 1).renewed_at = NOW
    assert worst(of_records(app, "调度器", NOW + timedelta(seconds=50))) is Level.OK
    assert worst(of_records(app, "调度器", NOW + timedelta(seconds=100))) is Level.WRONG


def test_a_job_that_fails_is_told_by_its_name(app: Flask, session: Session) -> None:
    assert of_records(app, "定时任务") == []
    scheduling.write_down(session, [Run("send-warnings", NOW, NOW, 1.0, "KeyError（sending:3）")])
    session.flush()
    [found] = of_records(app, "定时任务")
    assert (found.level, found.sentence) == (
        Level.WARNING,
        "“发送预警消息”连续失败 1 次（KeyError（sending:3））",
    )


def test_a_backup_that_is_overdue_is_told(state: Path) -> None:
    assert worst(of_place(state, "备份", NOW + timedelta(days=7))) is Level.OK
    assert worst(of_place(state, "备份", NOW + timedelta(days=9))) is Level.WARNING
    (state / last_backup.NAME).unlink()
    assert worst(of_place(state, "备份")) is Level.WARNING


def test_a_backup_key_that_others_may_read_is_told(state: Path) -> None:
    key = state.parent / "备份 key"
    key.write_text("k")
    last_backup.note(state, NOW, key)
    assert (last_backup.made_at(state), last_backup.key_file(state)) == (NOW, key)
    key.chmod(0o644)
    [_, found] = of_place(state, "备份")
    assert (found.level, found.remedy) == (Level.WARNING, f"chmod o= {key}")
    key.chmod(0o640)  # its group is the service's
    assert worst(of_place(state, "备份")) is Level.OK
    key.unlink()
    assert worst(of_place(state, "备份")) is Level.OK


def test_the_calendar_is_asked_of_this_year_and_the_next(app: Flask, session: Session) -> None:
    assert worst(of_records(app, "工作日历")) is Level.OK
    december = datetime(2040, 12, 2, tzinfo=UTC)
    assert [one.level for one in of_records(app, "工作日历", december)] == [Level.WARNING] * 2
    with transaction(CONSOLE) as writing:
        writing.add(CalendarYear(year=2040, source="国办发明电"))
    told = of_records(app, "工作日历", december)
    assert [one.level for one in told] == [Level.OK, Level.WARNING]


def test_a_clock_that_was_put_back_is_told(app: Flask, session: Session) -> None:
    office, now = unit(), utc_now()
    with transaction(CONSOLE, now) as writing:
        audit.record(writing, "note", office)
    assert worst(of_records(app, "系统时间", now)) is Level.OK
    [found] = of_records(app, "系统时间", now - timedelta(hours=1))
    assert (found.level, "早于已有的记录" in found.sentence) == (Level.WRONG, True)


def test_what_stands_still_is_told(app: Flask, session: Session, people: People) -> None:
    editor = people.editor.id
    with transaction(CONSOLE, NOW) as writing:
        writing.add(
            Errand(
                kind="x",
                arguments={},
                asked_by_id=editor,
                asked_at=NOW,
                state=ErrandState.WAITING,
            )
        )
    assert of_records(app, "排队的工作", NOW + timedelta(minutes=29)) == []
    [found] = of_records(app, "排队的工作", NOW + timedelta(minutes=31))
    assert "后台任务有 1 项没有办完" in found.sentence


def test_keys_of_another_database_are_told(app: Flask, session: Session) -> None:
    assert of_records(app, "身份信息的密钥") == []
    ring = app.extensions["settings"].resolved_identity_keys
    kept = ring.read_bytes()
    try:
        ring.unlink()
        [found] = of_records(app, "身份信息的密钥")
        assert (found.level, "identity_keys" in found.remedy) == (Level.WRONG, True)
    finally:
        ring.write_bytes(kept)


@pytest.fixture
def unprepared(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(Settings(state_dir=tmp_path, secret_key="only-for-tests"))
    with app.app_context():
        yield app
        db.engine.dispose()


def test_an_unprepared_database_ends_the_questions(unprepared: Flask) -> None:
    settings = unprepared.extensions["settings"]
    checked = list(doctor.examine(db.session, settings, utc_now()))
    assert (checked[-1].label, checked[-1].level) == ("数据库版本", Level.WRONG)
    alembic.upgrade()
    labels = [one.label for one in doctor.examine(db.session, settings, utc_now())]
    assert labels == [*doctor.PLACE, "数据库", *doctor.RECORDS]


def test_the_command_says_it_and_ends_with_how_bad_it_is(tmp_path: Path) -> None:
    assert run("init", "--password", "only for trying it", state=tmp_path).returncode == 0
    told = run("doctor", "--json", state=tmp_path)
    checks = {one["check"]: one for one in json.loads(told.stdout)["checks"]}
    assert (told.returncode, checks["调度器"]["level"]) == (1, "warning")  # nobody began yet
    settings = Settings(state_dir=tmp_path)
    with create_app(settings).app_context(), transaction(CONSOLE) as session:
        now = utc_now()
        session.get_one(SchedulerTurn, 1).renewed_at = now + timedelta(seconds=20)
        session.add(CalendarYear(year=now.year + 1, source="国办发明电"))  # asked for in December
    assert run("doctor", state=tmp_path).returncode == 1
    made = run(
        "backup", str(tmp_path.parent / "b"), state=tmp_path, RESPONDER_BACKUP_PASSPHRASE="x" * 20
    )
    assert made.returncode == 0, made.stderr
    addresses = {
        "RESPONDER_DESK_URL": "http://desk.example",
        "RESPONDER_PUBLIC_URL": "http://www.example",
    }
    well = run("doctor", state=tmp_path, **addresses)
    assert (well.returncode, "办法" in well.stdout) == (0, False), well.stdout


def test_an_absent_database_is_a_finding_and_no_traceback(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/none"
    told = run("doctor", state=tmp_path, RESPONDER_DATABASE_URL=url)
    assert told.returncode == 2
    assert "检查 RESPONDER_DATABASE_URL" in told.stdout
    assert "Traceback" not in told.stderr
