"""How fast a file comes in, beside the floor: reading it and inserting its rows, no more.

    python -m benchmarks.import_speed        (or: make bench-import)

A workbook and a CSV file of 20,000 made-up messages go into an empty database twice, on SQLite
and on PostgreSQL: by the product (columns read and checked, each message stored once, cut into
words for the search, compared with all others for repeats, searched for personal data), and by
the floor: the same library reads the file, ``executemany`` inserts the same columns into the same
table with its indexes, in one transaction. Medians of three: on SQLite of this process's own
seconds, on PostgreSQL, which works in processes of its own, of the seconds that went by.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import xlsxwriter
from flask import Flask
from python_calamine import load_workbook

from benchmarks.generated import stream
from benchmarks.postgresql import postgresql
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


Clock = Callable[[], float]


def measure(rows: int = ROWS) -> dict[str, Any]:
    """Rows a second of both, and the ratio, for each database and kind of file."""
    with tempfile.TemporaryDirectory() as name, postgresql(Path(name, "server")) as server:
        folder = Path(name)
        files = write(folder, rows)
        addresses = {
            "sqlite": (lambda number: f"sqlite:///{folder / number}.db", time.process_time),
            "postgresql": (lambda number: database_on(server, number), time.perf_counter),
        }
        return {"rows": rows, "asked": ASKED} | {
            kind: {
                path.suffix[1:]: compared(path, rows, instances(folder, address, path), clock)
                for path in files
            }
            for kind, (address, clock) in addresses.items()
        }


def compared(path: Path, rows: int, apps: Iterator[Flask], clock: Clock) -> dict[str, float]:
    """Seconds of one kind of file, each run into an empty database of its own."""
    ours, _ = timed(lambda: by_product(path, next(apps), rows), clock=clock)
    floor, _ = timed(lambda: by_floor(path, next(apps)), clock=clock)
    return {
        "rows_a_second": round(rows / ours),
        "floor_rows_a_second": round(rows / floor),
        "times_the_floor": round(ours / floor, 2),
    }


def instances(folder: Path, address: Callable[[str], str], path: Path) -> Iterator[Flask]:
    """As many as the runs need, all made before the first is taken."""
    made = []
    for number in range(2 * RUNS):
        name = f"{path.suffix[1:]}_{number}"
        made.append(prepared(Settings(database_url=address(name), state_dir=folder / name)))
    return iter(made)


def prepared(settings: Settings) -> Flask:
    """A new installation, as ``responder init`` leaves it."""
    app = create_app(settings)
    with app.app_context(), redirect_stdout(io.StringIO()):
        prepare_database("admin", "管理员", "only for measuring 1")
    return app


def database_on(server: str, name: str) -> str:
    """The address of a new database on a PostgreSQL."""
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


def by_product(path: Path, app: Flask, rows: int) -> None:
    with app.app_context():
        request = ImportRequest(path, Channel.MAILBOX, load_mapping("taidi"))
        report = import_file(request, CONSOLE, app.extensions["settings"], utc_now())
    if report.created != rows:
        raise SystemExit(f"{report.created} of {rows} rows were stored: {report}")


def by_floor(path: Path, app: Flask) -> None:
    columns = [column.name for column in Message.__table__.columns if column.name != "id"]
    with app.app_context(), db.engine.begin() as connection:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        marks = ", ".join([mark] * len(columns))
        insert = f"INSERT INTO message ({', '.join(columns)}) VALUES ({marks})"
        rows = [tuple(_values(row, columns)) for row in _cells(path)]
        connection.exec_driver_sql(insert, rows)


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
        "urgent": False,
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
