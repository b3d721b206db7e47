"""Lines of the log: structured, kept by the day, and without anybody in them."""

from __future__ import annotations

import gzip
import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from responder.core.errors import Invalid
from responder.core.logs import files, logger
from responder.core.logs.files import DailyFile, tidy
from responder.core.times import SHANGHAI
from responder.settings import Settings
from tests.kept_logs import kept_logs, lines_of

PHONE, ID_NUMBER, MAIL = "13812345678", "11010519491231002X", "wang.xiaoming@example.com"


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


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the way")
    handler = DailyFile(tmp_path / "logs", SHANGHAI)
    handler.handle(logging.makeLogRecord({"msg": "x", "levelno": logging.WARNING}))
    handler.close()


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
