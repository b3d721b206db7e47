"""A million messages beside ten thousand: what one costs, and what a page takes.

    python -m benchmarks.million --folder F [--messages 1000000]

Real texts resampled (clauses of one message thinned and shuffled, a clause of another added,
places swapped), 1,000 a day, up to this moment: so ten thousand are ten days, a million 2.7
years. On SQLite and on PostgreSQL an office is first filled up to its last 10,000 messages: one
that gets 10,000 in all not at all. Those 10,000 are then brought in by the product's own import
and gathered by its own refresh, and the office is looked at: Today, the pages of the twenty
hottest topics, searches. Each such step is taken at both sizes one after the other, so that
whatever else the machine does meets both; the refresh three times, on copies before, for a machine
is not always equally fast, and the median counts. Seconds are of processors (of the process and,
on PostgreSQL, of its server). Each step is a process of its own and leaves its figures in the
folder: what was finished is not done again. Prints a JSON object a step, the ratios at the end.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import sqlalchemy as sa

from benchmarks.import_speed import database_on
from benchmarks.million_steps import LAST
from benchmarks.postgresql import postgresql

FILLING = ("texts", "prepare", "fill")
ON_A_COPY = ("refresh-1", "refresh-2")
MEASURED = ("ingest", *ON_A_COPY, "refresh", "more", "pages", "sizes")
DATABASES = ("sqlite", "postgresql")
ASKED_MESSAGE, ASKED_PAGE = 1.5, 2.0


def measure(folder: Path, sizes: tuple[int, int], databases: tuple[str, ...]) -> dict[str, Any]:
    """All steps at both sizes on each database, and the ratios of the larger to the smaller."""
    folder.mkdir(parents=True, exist_ok=True)
    ratios = {}
    for database in databases:
        with _server(database, folder) as address:
            for size in sizes:
                for step in FILLING:
                    _told(step, Office(size, database, folder, address(size)))
            told: dict[int, dict[str, Any]] = {size: {} for size in sizes}
            for step in MEASURED:
                for size in sizes:
                    one = Office(size, database, folder, address(size))
                    told[size][step] = _told(step, one)
            ratios[database] = _ratios(*(told[size] for size in sizes))
    return {
        "messages": sizes[1],
        "beside": sizes[0],
        "asked": {"message": ASKED_MESSAGE, "page": ASKED_PAGE},
        "ratios": ratios,
    }


class Office(NamedTuple):
    """An office of one size; `copy`: part of the names of what is copied of it."""

    size: int
    database: str
    folder: Path
    address: str
    copy: str = ""

    @property
    def state(self) -> Path:
        return self.folder / f"{self.database}-{self.size}{self.copy}"


def _told(step: str, office: Office) -> dict[str, Any]:
    """What a step told, in this run or in an earlier one."""
    of = "any" if step == "texts" else office.database
    where = office.folder / f"{of}-{office.size}-{step}.json"
    if not where.exists():
        if step in ON_A_COPY and (office.folder / f"{of}-{office.size}-refresh.json").exists():
            raise SystemExit("gathered before it was measured on copies: begin in a new folder")
        with _copied(office) if step in ON_A_COPY else nullcontext(office) as one:
            started = time.perf_counter()
            told = _child(step, one)
            told["waited_seconds"] = round(time.perf_counter() - started, 1)
        where.write_text(json.dumps(told), encoding="utf-8")
    found = json.loads(where.read_text(encoding="utf-8"))
    head = {"database": office.database, "messages": office.size, "step": step}
    print(json.dumps(head | found, ensure_ascii=False), flush=True)
    return dict(found)


def _child(step: str, office: Office) -> dict[str, Any]:
    words = [sys.executable, "-m", "benchmarks.million_steps", step]
    words += ["--folder", str(office.folder), "--state", str(office.state)]
    words += ["--messages", str(office.size), "--database", office.database]
    done = subprocess.run(
        [*words, "--database-url", office.address], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{step} at {office.size} on {office.database} failed")
    return dict(json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def _copied(office: Office) -> Iterator[Office]:
    """The same office under another name, dropped afterwards."""
    url = sa.make_url(office.address)
    name = f"{url.database}_copy"
    address = url.set(database=name).render_as_string(hide_password=False)
    copy = office._replace(address=address, copy="-copy")
    shutil.rmtree(copy.state, ignore_errors=True)
    shutil.copytree(office.state, copy.state)
    with ExitStack() as at_last:
        at_last.callback(shutil.rmtree, copy.state)
        if office.database == "sqlite":
            _remove(name)
            shutil.copyfile(str(url.database), name)
            at_last.callback(_remove, name)
        else:
            engine = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
            at_last.callback(engine.dispose)
            with engine.connect() as server:
                server.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}"')
                server.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{url.database}"')
                server.exec_driver_sql("CHECKPOINT")  # or it is paid for by what is measured
                at_last.callback(_drop, engine, name)
        yield copy


def _remove(database: str) -> None:
    for one in Path(database).parent.glob(f"{Path(database).name}*"):
        one.unlink()


def _drop(engine: sa.Engine, name: str) -> None:
    with engine.connect() as server:
        server.exec_driver_sql(f'DROP DATABASE "{name}"')


def _ratios(small: dict[str, Any], large: dict[str, Any]) -> dict[str, Any]:
    def ratio(step: str, name: str) -> float:
        return round(float(large[step][name]) / float(small[step][name]), 2)

    return {
        "ingest_a_message": ratio("ingest", "us_a_message"),
        "refresh_a_message": round(_refresh(large) / _refresh(small), 2),
        "refresh_of_100_more": ratio("more", "seconds"),
        "bytes_a_message": ratio("sizes", "bytes_a_message"),
        "pages": {name: ratio("pages", name) for name in small["pages"] if name.endswith("_ms")},
        "memory_mb_of_the_refresh": [one["refresh"]["memory_mb"] for one in (small, large)],
    }


def _refresh(told: dict[str, Any]) -> float:
    """Microseconds a message, the median of the times that it was done."""
    return median(float(told[step]["us_a_message"]) for step in (*ON_A_COPY, "refresh"))


@contextmanager
def _server(database: str, folder: Path) -> Iterator[Any]:
    """Where the database of a size is, while the server runs."""
    with ExitStack() as running:
        if database == "sqlite":
            yield lambda size: f"sqlite:///{folder / f'{size}.db'}"
            return
        server = running.enter_context(postgresql(folder / "server", keep=True))
        yield lambda size: _on(server, f"messages_{size}")


def _on(server: str, name: str) -> str:
    try:
        return database_on(server, name)
    except sa.exc.ProgrammingError:  # of an earlier run
        return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--database", choices=DATABASES, action="append")
    given = parser.parse_args()
    databases = tuple(given.database or DATABASES)
    told = measure(given.folder.absolute(), (LAST, given.messages), databases)
    print(json.dumps({"benchmark": "million", **told}, ensure_ascii=False))


if __name__ == "__main__":
    main()
