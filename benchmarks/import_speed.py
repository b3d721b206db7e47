"""How fast a file comes in, beside the floor: reading it and inserting its rows, no more.

    python -m benchmarks.import_speed        (or: make bench-import)

A workbook and a CSV file of 20,000 made-up messages go into an empty SQLite database twice:
by the product (columns read and checked, each message stored once, cut into words for the
search, compared with all others for repeats, searched for personal data), and by the floor:
the same library reads the file, ``executemany`` inserts the same columns into the same table
with its indexes, in one transaction. Seconds are of this process alone, the medians of three.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from flask import Flask
from python_calamine import load_workbook

from benchmarks.generated import stream
from benchmarks.timing import RUNS, timed
from responder import create_app
from responder.cli import prepare_database
from responder.core.database import db
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.intake.imports.importing import ImportRequest, import_file
from responder.intake.imports.mapping import load_mapping
from responder.intake.models import Channel, Message
from responder.settings import Settings

ROWS = 20_000
HEADINGS = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "反对数", "点赞数")
EPOCH = 1_740_000_000.0  # a day of 2025
ASKED = 3.0


def measure(rows: int = ROWS) -> dict[str, Any]:
    """Rows a second of both, and the ratio, for each kind of file."""
    with tempfile.TemporaryDirectory() as folder:
        files = write(Path(folder), rows)
        return {"rows": rows, "asked": ASKED} | {
            path.suffix[1:]: compared(path, rows, Path(folder)) for path in files
        }


def compared(path: Path, rows: int, folder: Path) -> dict[str, float]:
    """Seconds of one kind of file; an instance for each run is made beforehand."""
    apps = iter(instances(folder / path.suffix, 2 * RUNS))
    ours, _ = timed(lambda: by_product(path, next(apps), rows))
    floor, _ = timed(lambda: by_floor(path, next(apps)))
    return {
        "rows_a_second": round(rows / ours),
        "floor_rows_a_second": round(rows / floor),
        "times_the_floor": round(ours / floor, 2),
    }


def instances(folder: Path, count: int) -> list[Flask]:
    apps = [create_app(Settings(state_dir=folder / str(number))) for number in range(count)]
    for app in apps:
        with app.app_context(), redirect_stdout(io.StringIO()):
            prepare_database("admin", "管理员", "only for measuring 1")
    return apps


def by_product(path: Path, app: Flask, rows: int) -> None:
    with app.app_context():
        request = ImportRequest(path, Channel.MAILBOX, load_mapping("taidi"))
        report = import_file(request, CONSOLE, app.extensions["settings"], utc_now())
    if report.created != rows:
        raise SystemExit(f"{report.created} of {rows} rows were stored: {report}")


def by_floor(path: Path, app: Flask) -> None:
    with app.app_context():
        database = db.engine.url.database
    columns = [column.name for column in Message.__table__.columns if column.name != "id"]
    marks = ", ".join("?" * len(columns))
    insert = f"INSERT INTO message ({', '.join(columns)}) VALUES ({marks})"
    with sqlite3.connect(str(database)) as connection:
        connection.executemany(insert, (_values(row, columns) for row in _cells(path)))


def _cells(path: Path) -> Iterator[Sequence[Any]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from list(csv.reader(file))[1:]
    else:
        yield from load_workbook(path).get_sheet_by_index(0).to_python()[1:]


def _values(row: Sequence[Any], columns: Sequence[str]) -> list[Any]:
    number, user, title, moment, body, against, likes = row
    known = {
        "fingerprint": number,
        "external_id": number,
        "channel": "mailbox",
        "title": title,
        "body": body,
        "author": user,
        "author_key": user,
        "occurred_at": moment,
        "received_at": moment,
        "likes": likes,
        "dislikes": against,
        "nature": None,
        "urgent": 0,
        "comments": 0,
        "shares": 0,
        "replied_at": None,
        "batch_id": None,
        "logged_by_id": None,
    }
    return [known.get(name, "") for name in columns]


def write(folder: Path, rows: int) -> list[Path]:
    """The same made-up messages as a workbook and as a CSV file."""
    made = stream(rows)
    cells = [
        (str(n), f"市民{n}", title, _written(made.moments[n]), body, 0, n % 7)
        for n, (title, body) in enumerate(made.documents)
    ]
    workbook_path, csv_path = folder / "messages.xlsx", folder / "messages.csv"
    with xlsxwriter.Workbook(workbook_path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate([HEADINGS, *cells]):
            sheet.write_row(number, 0, row)
    with csv_path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *cells])
    return [workbook_path, csv_path]


def _written(seconds: float) -> str:
    return f"{datetime.fromtimestamp(EPOCH + seconds, UTC):%Y-%m-%d %H:%M:%S}"


def main() -> None:
    print(json.dumps(measure(), ensure_ascii=False))


if __name__ == "__main__":
    main()
