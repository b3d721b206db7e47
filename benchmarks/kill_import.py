"""Kill an import with SIGKILL at random moments, run it again, and count what is stored.

    python -m benchmarks.kill_import --times 20 --mapping taidi --channel mailbox FILE

Prints one JSON object; exit code 1 when a message was lost or doubled. The database is a
new SQLite one in a temporary folder unless ``--database-url`` names an empty one.
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
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa

COMMAND = (sys.executable, "-m", "responder")


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
) -> Proof:
    """Import ``file`` into an empty database, killed ``times`` times on the way.

    :param environment: RESPONDER_* for the commands; must name ``database_url``.
    """
    chance = random.Random(seed)
    words = [*COMMAND, "import", str(file), *options, "--json"]
    expected = dict(json.loads(_run([*words, "--dry-run"], environment)))
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    stored: list[int] = []
    for left in range(times, 0, -1):
        remaining = expected["created"] - _messages(engine)
        further = chance.randint(0, remaining // (left + 1))
        delay = chance.uniform(0, 0.02)
        if _killed(engine, words, environment, further, delay):
            stored.append(_messages(engine))
    _run(words, environment)
    return _proof(engine, times, stored, expected)


def _run(words: Sequence[str], environment: dict[str, str]) -> str:
    done = subprocess.run(words, env=environment, capture_output=True, text=True)
    if done.returncode not in {0, 1}:
        raise SystemExit(f"{' '.join(words)}\n{done.stderr}")
    return done.stdout


def _killed(
    engine: sa.Engine,
    words: Sequence[str],
    environment: dict[str, str],
    further: int,
    delay: float,
) -> bool:
    """Kill a run that has stored so many more messages, ``delay`` seconds after.

    Most of a run is starting Python; waiting by the clock would seldom hit the rest.

    :returns: whether it was still alive when the signal came.
    """
    goal = _messages(engine) + further
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(words, env=environment, stdout=quiet, stderr=quiet)
    while process.poll() is None and _messages(engine) < goal:
        time.sleep(0.001)
    time.sleep(delay)
    alive = process.poll() is None
    process.kill()
    process.wait()
    return alive


def _messages(engine: sa.Engine) -> int:
    return _scalar(engine, "SELECT count(*) FROM message")


def _scalar(engine: sa.Engine, query: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(sa.text(query)).scalar_one() or 0)


def _proof(engine: sa.Engine, times: int, stored: Sequence[int], expected: dict[str, int]) -> Proof:
    messages = _messages(engine)
    distinct = _scalar(engine, "SELECT count(DISTINCT fingerprint) FROM message")
    counts = {
        name: _scalar(engine, f"SELECT sum({name}) FROM import_batch WHERE created > 0")
        for name in ("rows", "created", "duplicates", "errors")
    }
    unfinished = _scalar(engine, "SELECT count(*) FROM import_batch WHERE state <> 'done'")
    return Proof(
        times=times,
        killed=len(stored),
        stored_at_kill=tuple(stored),
        rows=expected["rows"],
        errors=expected["errors"],
        messages=messages,
        distinct_messages=distinct,
        batches=_scalar(engine, "SELECT count(*) FROM import_batch"),
        unfinished_batches=unfinished,
        batch_counts=counts,
        nothing_lost=messages == expected["created"],
        nothing_doubled=messages == distinct,
        batch_agrees=unfinished == 0
        and counts["created"] == messages
        and counts == {name: expected[name] for name in counts},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--mapping", default="default")
    parser.add_argument("--channel", default="mailbox")
    parser.add_argument("--chunk-rows", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--database-url", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="responder-kill-") as folder:
        url = given.database_url or f"sqlite:///{folder}/responder.db"
        environment = {
            **os.environ,
            "RESPONDER_STATE_DIR": folder,
            "RESPONDER_DATABASE_URL": url,
            "RESPONDER_IMPORT_CHUNK_ROWS": str(given.chunk_rows),
        }
        _run([*COMMAND, "init", "--password", "responder-demo"], environment)
        options = ("--mapping", given.mapping, "--channel", given.channel)
        proof = prove(given.file, given.times, options, environment, url, given.seed)
    print(json.dumps(asdict(proof)))
    sys.exit(0 if proof.holds else 1)


if __name__ == "__main__":
    main()
