"""Lines of the log: structured, kept by the day, and without anybody in them."""

from __future__ import annotations

import gzip
import json
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from responder.core.errors import Invalid
from responder.core.logs import files, keep, logger
from responder.core.logs.files import DailyFile, tidy
from responder.core.times import SHANGHAI, local, utc_now
from responder.settings import Settings
from tests.kept_logs import kept_logs, lines_of

PHONE, ID_NUMBER, MAIL = "13812345678", "11010519491231002X", "wang.xiaoming@example.com"
TODAY = local(utc_now(), SHANGHAI).date()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with kept_logs(tmp_path / "logs") as kept:
        yield kept


def test_a_line_has_its_fields_and_only_its_owner_reads_it(folder: Path) -> None:
    logger("responder.x").info("begun", number=3)
    [line] = lines_of(folder)
    assert line.pop("timestamp")
    assert line == {"event": "begun", "level": "info", "logger": "responder.x", "number": 3}
    [path] = folder.iterdir()
    assert path.stat().st_mode & 0o077 == folder.stat().st_mode & 0o077 == 0


def test_lines_of_other_libraries_are_told_alike(folder: Path) -> None:
    logging.getLogger("apscheduler.executors.default").error('Job "%s" raised', "x")
    logging.getLogger("gunicorn.error").warning("worker %s left", 7)
    logging.getLogger("urllib3").info("noise")
    assert [(one["logger"], one["event"]) for one in lines_of(folder)] == [
        ("apscheduler.executors.default", 'Job "x" raised'),
        ("gunicorn.error", "worker 7 left"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"of {PHONE}", "of 138******78"),
        (f"of {ID_NUMBER}.", None),
        (f"to {MAIL} failed", None),
        ("GET /search?q=王小明 failed", "GET /search?… failed"),
        ("at https://u:secret@host.cn/hook/abc?k=1", "at https://host.cn/…"),
        ("at https://u:secret@host.cn:8443: refused", "at https://host.cn:8443/… refused"),
        ("at 'http://[::1]:80/secret', too", "at 'http://[::1]:80/… too"),
        ("postgresql://u:se@cret/w@host/db failed", "postgresql:///… failed"),
        ("postgresql://u:12/secret@host/db failed", "postgresql:///… failed"),
        ("postgresql://u:12?secret@host/db failed", "postgresql:///… failed"),
        ("postgresql://u:12#secret@host failed", "postgresql:///… failed"),
        ("postgresql://u:12'secret@host/db failed", "postgresql://host/… failed"),
        ("https://weibo.com/@王小明", "https:///…"),
        ("POST /hook/secret", "POST /hook/…"),
        ("POST /hook//secret/x failed", "POST /hook/… failed"),
        ("POST //hook/secret", "POST //…"),
        ("of '/hook/secret'", "of '/hook/…"),
        ("route=/hook/secret", "route=/hook/…"),
        ("path:/hook/secret", "path:/hook/…"),
        ("/messages?王小明", "/messages?…"),
        ("/messages??王小明 failed", "/messages?… failed"),
        ("?王小明", "?…"),
        (
            "is it so? yes / no, and/or responder/jobs.py:3",
            "is it so? yes / no, and/or responder/jobs.py:3",
        ),
        ("Error handling request /calendars/secret.ics", "Error handling request …"),
    ],
)
def test_the_last_net_takes_people_and_addresses_out(
    folder: Path, text: str, told: str | None
) -> None:
    logging.getLogger("somebody.else").warning(text)
    logger("responder.x").warning("said", what=[text])
    plain, field = lines_of(folder)
    for said in (plain["event"], field["what"][0]):  # type: ignore[index]
        assert said == told or (told is None and said != text)
        assert not any(one in str(said) for one in (PHONE, ID_NUMBER, MAIL, "王小明", "secret"))


def test_an_exception_is_told_by_kind_and_place_alone(folder: Path, capsys) -> None:
    try:
        try:
            raise KeyError(f"王小明 {PHONE}")
        except KeyError as error:
            raise Invalid(f"找不到王小明 {PHONE}") from error
    except Invalid:
        logging.getLogger("responder.x").exception("job %s failed", "x")
        logger("responder.x").error("failed", exc_info=True)
    plain, field = lines_of(folder)
    for line in (plain, field):
        first, second = line["exception"]  # type: ignore[misc]
        assert first["type"] == "responder.core.errors.Invalid"
        assert second["type"] == "KeyError"
        assert first["at"][-1].startswith("tests/core/test_logs.py:")
        assert "王小明" not in json.dumps(line, ensure_ascii=False)
    assert "王小明" not in capsys.readouterr().err


def test_what_a_thread_dies_of_is_told_without_its_words(folder: Path, capsys) -> None:
    def die() -> None:
        raise ValueError(f"王小明 {PHONE}")

    thread = threading.Thread(target=die)
    thread.start()
    thread.join()
    [line] = lines_of(folder)
    assert (line["event"], line["level"]) == ("uncaught", "critical")
    assert "王小明" not in json.dumps(line, ensure_ascii=False) + capsys.readouterr().err


def test_a_line_goes_to_the_file_of_the_offices_day(folder: Path, time_machine) -> None:
    time_machine.move_to(datetime(2026, 11, 20, 15, 59, tzinfo=UTC), tick=False)
    logger("responder.x").info("before midnight")
    time_machine.shift(120)
    logger("responder.x").info("after")
    assert sorted(path.name for path in folder.iterdir()) == [
        "responder-2026-11-20.jsonl", "responder-2026-11-21.jsonl",
    ]  # fmt: skip


def test_a_folder_that_cannot_be_written_stops_nobody_and_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "logs"
    place.write_text("in the way")
    with kept_logs(place):
        for _ in range(3):
            logger("responder.x").info("of nobody")
        told = capsys.readouterr().err
        assert told.count("lines are lost") == 1
        assert " critical responder.core.logs.files: " in told
        assert "FileExistsError File exists" in told
        assert files.problem_of(place, TODAY) is not None
        place.unlink()
        logger("responder.x").info("kept")
        assert [line["event"] for line in lines_of(place)] == ["kept"]
        assert files.problem_of(place, TODAY) is None
        for _ in range(2):
            _lose_a_line(place)
        assert capsys.readouterr().err.count("lines are lost") == 1


def _lose_a_line(place: Path) -> None:
    """Today's file gives way to something that takes no lines."""
    for path in place.iterdir():
        if path.is_file():
            path.unlink()
            path.mkdir()
    logger("responder.x").info("of nobody")


def test_a_line_that_comes_while_the_process_ends_is_kept(folder: Path, capsys) -> None:
    logger("responder.x").info("before")
    for handler in logging.getLogger().handlers:
        if isinstance(handler, DailyFile):
            handler.close()
    logger("responder.x").info("after")
    assert [line["event"] for line in lines_of(folder)] == ["before", "after"]
    assert "lines are lost" not in capsys.readouterr().err


def test_a_folder_that_is_deleted_meanwhile_is_made_anew(folder: Path) -> None:
    logger("responder.x").info("before")
    shutil.rmtree(folder)
    logger("responder.x").info("after")
    assert [line["event"] for line in lines_of(folder)] == ["after"]


def test_what_is_to_be_kept_says_so_when_it_is_not(tmp_path: Path) -> None:
    place, log = tmp_path / "logs", logger("responder.x")
    with pytest.raises(Invalid, match="没有记入日志"):
        keep(log, "x")  # there is no file at all
    with kept_logs(place):
        keep(log, "kept", number=3)
        assert [(one["event"], one["number"]) for one in lines_of(place)] == [("kept", 3)]
        shutil.rmtree(place)
        place.write_text("in the way")
        with pytest.raises(Invalid, match="没有记入日志"):
            keep(log, "x")


def test_a_handler_that_flask_made_tells_nothing_beside(folder: Path, capsys) -> None:
    product = logging.getLogger("responder")
    product.addHandler(logging.StreamHandler(sys.stderr))
    with kept_logs(folder):
        product.warning("of %s", PHONE)
    assert PHONE not in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "responder.webserver", "--host", "127.0.0.1", "--port", "0", "--workers", "1"),
        ("-c", "import wsgi"),
    ],
)
def test_a_wrong_setting_is_told_in_its_sentence(command: tuple[str, ...], tmp_path: Path) -> None:
    wrong = {"RESPONDER_STATE_DIR": str(tmp_path), "RESPONDER_DATABASE_URL": "nonsense"}
    done = subprocess.run(
        [sys.executable, *command], env=os.environ | wrong, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "RESPONDER_DATABASE_URL 不是可用的数据库地址" in done.stderr


def test_older_days_are_packed_and_the_oldest_deleted(tmp_path: Path) -> None:
    now = datetime(2026, 11, 20, 1, tzinfo=UTC)
    for day in ("2025-11-19", "2025-11-18", "2026-11-17", "2026-11-18", "2026-11-20"):
        (tmp_path / f"responder-{day}.jsonl").write_text(day)
    (tmp_path / "other-2020-01-01.jsonl").write_text("not ours")
    days = Settings.model_fields["log_days"].default
    assert tidy(tmp_path, now, SHANGHAI, days) == 1
    assert tidy(tmp_path, now, SHANGHAI, days) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "other-2020-01-01.jsonl", "responder-2025-11-19.jsonl.gz",
        "responder-2026-11-17.jsonl.gz", "responder-2026-11-18.jsonl",
        "responder-2026-11-20.jsonl",
    ]  # fmt: skip
    packed = tmp_path / "responder-2026-11-17.jsonl.gz"
    assert gzip.decompress(packed.read_bytes()) == b"2026-11-17"
    assert packed.stat().st_mode & 0o077 == 0
    assert files.name_of(now.date()) == "responder-2026-11-20.jsonl"


def test_a_day_that_comes_back_is_added_to_what_is_packed(tmp_path: Path) -> None:
    now, plain = datetime(2026, 11, 20, 1, tzinfo=UTC), tmp_path / "responder-2026-11-10.jsonl"
    for line in ("one\n", "two\n", "three\n"):
        plain.write_text(line)
        assert tidy(tmp_path, now, SHANGHAI, 366) == 0
    [packed] = tmp_path.iterdir()
    assert gzip.decompress(packed.read_bytes()) == b"one\ntwo\nthree\n"
    assert packed.stat().st_mode & 0o077 == 0


def test_who_writes_to_a_day_while_it_is_packed_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, day = datetime(2026, 11, 20, 1, tzinfo=UTC), datetime(2026, 11, 10, 1, tzinfo=UTC)
    late = DailyFile(tmp_path, SHANGHAI)

    def write(text: str) -> None:
        line = {"msg": text, "levelno": logging.WARNING, "created": day.timestamp()}
        late.handle(logging.makeLogRecord(line))

    write("one")
    unlink = Path.unlink

    def unlink_late(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".jsonl":
            write("two")
        unlink(path, missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", unlink_late)
        tidy(tmp_path, now, SHANGHAI, 366)
    write("three")
    tidy(tmp_path, now, SHANGHAI, 366)
    late.close()
    [packed] = tmp_path.iterdir()
    assert gzip.decompress(packed.read_bytes()) == b"one\ntwo\nthree\n"


def test_what_somebody_else_put_there_ends_no_tidying(tmp_path: Path) -> None:
    now, old = datetime(2026, 11, 20, 1, tzinfo=UTC), tmp_path / "responder-2020-01-01.jsonl"
    strays = ["responder-2020-13-45.jsonl", "responder-2020-02-30.jsonl.gz", "responder-x"]
    for name in (*strays, old.name):
        (tmp_path / name).write_text("x")
    (tmp_path / "responder-2020-01-02.jsonl").mkdir()
    assert tidy(tmp_path, now, SHANGHAI, 366) == 1
    assert not old.exists()
    assert len(list(tmp_path.iterdir())) == len(strays) + 1


@pytest.mark.parametrize("name", ["log_days", "sign_in_keep_days"])
def test_nothing_that_the_law_wants_is_kept_for_less_than_its_longest_six_months(name: str) -> None:
    longest = max(date(2026, month + 6, 1) - date(2026, month, 1) for month in range(1, 7))
    assert getattr(Settings(**{name: longest.days}), name) == longest.days
    with pytest.raises(ValidationError):
        Settings(**{name: longest.days - 1})
    assert f"{longest.days} 天" in str(Settings.model_fields[name].description)
