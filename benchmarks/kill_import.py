"""Kill imports with SIGKILL at random moments, run them again, and count what is stored.

    python -m benchmarks.kill_import        10 made-up files of 20,000 rows, then one file by two
                                            at once, on both databases
    python -m benchmarks.kill_import --times 20 --mapping taidi --channel mailbox FILE

Prints a JSON object a line; exit code 1 when a message was lost or doubled. With a FILE the
database is a new SQLite one in a temporary folder unless ``--database-url`` names an empty one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from benchmarks.postgresql import postgresql

COMMAND = (sys.executable, "-m", "responder")


class Process(Protocol):
    """What runs, and can be killed."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def kill(self) -> None: ...
    def wait(self) -> int: ...


class Console:
    """``responder WORDS``, each time as a new Python."""

    def run(
        self, words: Sequence[str], environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Until it ends."""
        return subprocess.run(
            [*COMMAND, *words], env=environment, capture_output=True, text=True, check=False
        )

    def start(self, words: Sequence[str], environment: Mapping[str, str]) -> Process:
        """And say nothing; its input stays open as long as this process lives."""
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            [*COMMAND, *words], env=environment, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet
        )


CONSOLE = Console()


# The same, but it says that it has started, and begins when it is told to.
STARTED = (
    sys.executable,
    "-c",
    "from responder.cli import main; print(flush=True); input(); main()",
)


@dataclass(frozen=True)
class Proof:
    """What was stored after all kills, beside what the file holds.

    :param killed: runs that were still alive when the signal came.
    :param stored_at_kill: messages stored when each killed run ended.
    """

    times: int
    killed: int
    stored_at_kill: tuple[int, ...]
    rows: int
    errors: int
    messages: int
    distinct_messages: int
    batches: int
    unfinished_batches: int
    batch_counts: dict[str, int]
    nothing_lost: bool
    nothing_doubled: bool
    batch_agrees: bool

    @property
    def holds(self) -> bool:
        return self.nothing_lost and self.nothing_doubled and self.batch_agrees


def prove(
    file: Path,
    times: int,
    options: Sequence[str],
    environment: dict[str, str],
    database_url: str,
    seed: int = 0,
    console: Console = CONSOLE,
) -> Proof:
    """Import ``file`` into an empty database, killed ``times`` times on the way.

    :param environment: RESPONDER_* for the commands; must name ``database_url``.
    :param console: runs and starts the commands.
    """
    chance = random.Random(seed)
    words = ["import", str(file), *options, "--json"]
    expected = dict(json.loads(_run([*words, "--dry-run"], environment, console)))
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    before, stored = _messages(engine), []
    for left in range(times, 0, -1):
        remaining = expected["created"] - (_messages(engine) - before)
        further = chance.randint(0, remaining * 9 // 10 if times == 1 else remaining // (left + 1))
        delay = chance.uniform(0, 0.1)
        if _killed(engine, lambda: console.start(words, environment), further, delay):
            stored.append(_messages(engine) - before)
    _run(words, environment, console)
    return _proof(engine, times, stored, expected, before, file.name)


@dataclass(frozen=True)
class Shared:
    """What two imports of one file at the same moment stored between them."""

    rows: int
    messages: int
    created: tuple[int, ...]
    batches: int
    every_row_once: bool


def share(
    file: Path,
    options: Sequence[str],
    environment: dict[str, str],
    url: str,
    console: Console = CONSOLE,
) -> Shared:
    """Import ``file``, of which nothing is stored, by two processes at once."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    before = _messages(engine)
    words = ["import", str(file), *options, "--json"]
    expected = dict(json.loads(_run([*words, "--dry-run"], environment, console)))
    pipe = subprocess.PIPE
    running = [
        subprocess.Popen(
            [*STARTED, *words], env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )
        for _ in range(2)
    ]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate() for process in running]
    for process, (_, errors) in zip(running, said, strict=True):
        if process.returncode not in {0, 1}:
            raise SystemExit(errors)
    reports = [json.loads(out) for out, _ in said]
    messages = _messages(engine) - before
    created = tuple(report["created"] for report in reports)
    whole = all(
        report["rows"] == report["created"] + report["duplicates"] + report["errors"]
        for report in reports
    )
    return Shared(
        rows=expected["rows"],
        messages=messages,
        created=created,
        batches=len({report["batch"] for report in reports}),
        every_row_once=whole and messages == expected["created"] == sum(created),
    )


def _run(words: Sequence[str], environment: dict[str, str], console: Console = CONSOLE) -> str:
    done = console.run(words, environment)
    if done.returncode not in {0, 1} or "Traceback" in done.stderr:
        raise SystemExit(f"{' '.join(words)}\n{done.stderr}")
    return done.stdout


def _killed(engine: sa.Engine, starting: Callable[[], Process], further: int, delay: float) -> bool:
    """Kill a run that has stored so many more messages, ``delay`` seconds after.

    Most of a run is starting Python; waiting by the clock would seldom hit the rest.

    :returns: whether it was still alive when the signal came.
    """
    goal = _stored(engine) + further
    process = starting()
    while process.poll() is None and _stored(engine) < goal:
        time.sleep(0.01)
    time.sleep(delay)
    alive = process.poll() is None
    process.kill()
    process.wait()
    return alive


def _messages(engine: sa.Engine) -> int:
    return _scalar(engine, "SELECT count(*) FROM message")


def _stored(engine: sa.Engine) -> int:
    """The same as the messages after each chunk, and quickly told."""
    return _scalar(engine, "SELECT sum(created) FROM import_batch")


def _scalar(engine: sa.Engine, query: str, **values: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(sa.text(query), values).scalar_one() or 0)


def _proof(
    engine: sa.Engine,
    times: int,
    stored: Sequence[int],
    expected: dict[str, int],
    before: int,
    name: str,
) -> Proof:
    messages = _messages(engine) - before
    distinct = _scalar(engine, "SELECT count(DISTINCT fingerprint) FROM message") - before
    of_file = "FROM import_batch WHERE file_name = :name"
    counts = {
        column: _scalar(engine, f"SELECT sum({column}) {of_file} AND created > 0", name=name)
        for column in ("rows", "created", "duplicates", "errors")
    }
    unfinished = _scalar(engine, f"SELECT count(*) {of_file} AND state <> 'done'", name=name)
    return Proof(
        times=times,
        killed=len(stored),
        stored_at_kill=tuple(stored),
        rows=expected["rows"],
        errors=expected["errors"],
        messages=messages,
        distinct_messages=distinct,
        batches=_scalar(engine, f"SELECT count(*) {of_file}", name=name),
        unfinished_batches=unfinished,
        batch_counts=counts,
        nothing_lost=messages == expected["created"],
        nothing_doubled=messages == distinct,
        batch_agrees=unfinished == 0
        and counts["created"] == messages
        and counts == {name: expected[name] for name in counts},
    )


def write_rows(path: Path, rows: int, first: int) -> Path:
    """A made-up file: some rows repeat, some carry no number, some are refused."""
    lines = ["编号,标题,内容,姓名,电话,时间"]
    for number in range(first, first + rows):
        cells = [
            f"K{number}", f"第 {number} 件事", f"第 {number} 件事的经过：{number * 7919} 号院",
            f"市民{number % 997}", "", "2026-03-05 09:30",
        ]  # fmt: skip
        if number % 1000 == 1:
            cells[0] = f"K{number - 1}"
            cells[1:3] = [
                f"第 {number - 1} 件事",
                f"第 {number - 1} 件事的经过：{(number - 1) * 7919} 号院",
            ]
        elif number % 1000 == 2:
            cells[0] = ""
        elif number % 1000 == 3:
            cells[5] = "昨天"
        lines.append(",".join(cells))
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


@contextmanager
def _databases(folder: Path) -> Iterator[dict[str, str]]:
    """An empty database of each kind."""
    with postgresql(folder / "pg") as url:
        yield {"sqlite": f"sqlite:///{folder}/responder.db", "postgresql": url}


def _environment(folder: Path, url: str, chunk_rows: int) -> dict[str, str]:
    environment = {
        **os.environ,
        "RESPONDER_STATE_DIR": str(folder),
        "RESPONDER_DATABASE_URL": url,
        "RESPONDER_IMPORT_CHUNK_ROWS": str(chunk_rows),
    }
    _run(["init", "--password", "only for measuring 1"], environment)
    return environment


def both_databases(folder: Path, imports: int, rows: int, chunk_rows: int, seed: int) -> bool:
    """Each file killed once and resumed; then one file by two at once. Prints a line each."""
    options, holds = ("--channel", "mailbox"), True
    with _databases(folder) as urls:
        for database, url in urls.items():
            environment = _environment(folder, url, chunk_rows)
            for number in range(imports):
                file = write_rows(folder / f"{number}.csv", rows, number * rows)
                proof = prove(file, 1, options, environment, url, seed + number)
                holds = holds and proof.holds
                print(json.dumps({"database": database, "import": number + 1, **asdict(proof)}))
            file = write_rows(folder / "twice.csv", rows, imports * rows)
            shared = share(file, options, environment, url)
            holds = holds and shared.every_row_once
            print(json.dumps({"database": database, "at_once": asdict(shared)}), flush=True)
    return holds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--times", type=int, default=20, help="how often FILE is killed")
    parser.add_argument("--mapping", default="default")
    parser.add_argument("--channel", default="mailbox")
    parser.add_argument("--chunk-rows", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--imports", type=int, default=10, help="made-up files, without FILE")
    parser.add_argument("--rows", type=int, default=20_000, help="rows of each of them")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="responder-kill-") as name:
        folder = Path(name)
        if given.file is None:
            chunk_rows = max(given.chunk_rows, 500)
            sys.exit(not both_databases(folder, given.imports, given.rows, chunk_rows, given.seed))
        url = given.database_url or f"sqlite:///{folder}/responder.db"
        environment = _environment(folder, url, given.chunk_rows)
        options = ("--mapping", given.mapping, "--channel", given.channel)
        proof = prove(given.file, given.times, options, environment, url, given.seed)
    print(json.dumps(asdict(proof)))
    sys.exit(0 if proof.holds else 1)


if __name__ == "__main__":
    main()
