"""Kill schedulers with SIGKILL around the due time, and count what is public.

    python -m benchmarks.kill_publish             25 runs on each database
    python -m benchmarks.kill_publish --runs 5 --database sqlite

Two real ``responder scheduler`` processes run on one database. In each run four items and two
bundles of three fall due; at a random moment around the hour one of the schedulers, or both,
is killed and started again. Prints a JSON object a run and a last line with the totals; exit code 1
when an entry was lost or doubled, a bundle was seen half out, or a webhook did not arrive or
came under two numbers.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from benchmarks.kill_import import CONSOLE as COMMANDS
from benchmarks.kill_import import Console, Process
from benchmarks.postgresql import postgresql
from responder import create_app
from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.publishing.bundles.models import Bundle
from responder.publishing.models import Entry
from responder.publishing.webhooks import service as webhooks
from responder.publishing.webhooks.models import DeliveryState, WebhookDelivery
from responder.responses.models import ItemState, ResponseItem
from responder.settings import Settings

ALONE, BUNDLES, TOGETHER = 4, 2, 3
SCHEDULERS = 2
THREADS_OF_A_SCHEDULER = 6  # its own, the timer's, the watches', the jobs'
AHEAD_SECONDS = 1.5
STARTS_WITHIN_SECONDS = 300  # on a machine that does other things too
SETTLES_WITHIN_SECONDS = 90
ANSWERS_AFTER_SECONDS = 0.03  # so that some are killed while they wait for an answer


class Receiver:
    """A web server that takes every delivery and remembers under which number it came."""

    def __init__(self) -> None:
        self.numbers: dict[str, list[str]] = defaultdict(list)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                time.sleep(ANSWERS_AFTER_SECONDS)
                outer.numbers[body["data"]["index_number"]].append(self.headers["webhook-id"])
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"http://{self.host}/told"


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()


@dataclass(frozen=True)
class Run:
    """What one run left behind.

    :param killed: how many schedulers; ``offset``: seconds from the due time to the signal.
    :param out_at_kill: entries of this run that were public when the signal had come.
    :param restarted_in: seconds until both schedulers had started again; 0: all was done before.
    :param sent: requests that the receiver took; more than ``entries`` when one was sent again.
    """

    killed: int
    offset: float
    out_at_kill: int
    due: int
    entries: int
    doubled: int
    half_out_seen: int
    deliveries: int
    delivered: int
    sent: int
    numbers_per_entry: int
    restarted_in: float
    seconds: float

    @property
    def holds(self) -> bool:
        whole = self.entries == self.due == self.deliveries == self.delivered
        return whole and not self.doubled and not self.half_out_seen and self.numbers_per_entry == 1


class Office:
    """One installation with two schedulers.

    :param console: runs and starts the commands.
    """

    def __init__(
        self, app: Flask, folder: Path, url: str, receiver: Receiver, console: Console
    ) -> None:
        self.app, self.receiver, self.console = app, receiver, console
        self.environment = {
            **os.environ,
            "RESPONDER_STATE_DIR": str(folder),
            "RESPONDER_DATABASE_URL": url,
            "RESPONDER_SCHEDULER_INTERVAL_SECONDS": "1",
            "RESPONDER_SOURCE_FETCH_SECONDS": "2",
            "RESPONDER_SOURCE_PRIVATE_HOSTS": receiver.host,
        }
        self.schedulers: list[Process] = []

    def prepare(self) -> None:
        done = self.console.run(["init", "--password", "only for measuring 1"], self.environment)
        assert done.returncode == 0, done.stderr
        with self.app.app_context(), transaction(CONSOLE) as session:
            webhooks.add(session, "门户网站", self.receiver.url, datetime.now(UTC))
            session.add(Unit(code="zjj", name="市住房和城乡建设局", short_name="市住建局"))

    def start(self) -> None:
        while len(self.schedulers) < SCHEDULERS:
            words = ["scheduler", "--until-stdin-closes"]
            self.schedulers.append(self.console.start(words, self.environment))

    def running(self) -> bool:
        """Whether each scheduler has its threads: until then it could publish nothing."""
        assert all(process.poll() is None for process in self.schedulers), "a scheduler ended"
        return all(
            len(os.listdir(f"/proc/{process.pid}/task")) >= THREADS_OF_A_SCHEDULER
            for process in self.schedulers
        )

    def kill(self, count: int) -> None:
        for process in self.schedulers[:count]:
            process.kill()
        for process in self.schedulers[:count]:
            process.wait()
        self.schedulers = self.schedulers[count:]

    def fill(self, due: datetime) -> tuple[list[int], list[list[int]]]:
        """Items that fall due: those that go alone, and those of each bundle."""
        with self.app.app_context(), transaction(CONSOLE) as session:
            unit = session.scalars(sa.select(Unit).where(Unit.code == "zjj")).one()
            items = [
                ResponseItem(
                    title=f"第 {number} 件",
                    concern="业主反映地下车位只售不租。",
                    answer="经核实，已约谈开发企业并限期整改。",
                    unit=unit,
                    state=ItemState.SCHEDULED,
                    found_at=due,
                    opened_at=due,
                    publish_at=due,
                )
                for number in range(ALONE + BUNDLES * TOGETHER)
            ]
            session.add_all(items)
            session.flush()
            ids = [item.id for item in items]
            groups = [items[ALONE + n * TOGETHER :][:TOGETHER] for n in range(BUNDLES)]
            session.add_all(
                Bundle(name="一组", publish_at=due, made_at=due, made_by_name="新闻办", items=group)
                for group in groups
            )
            return ids, [[item.id for item in group] for group in groups]

    def out(self, ids: list[int]) -> list[int]:
        """The items that are public, as one query sees them."""
        with self.app.app_context():
            query = sa.select(Entry.item_id).where(Entry.item_id.in_(ids))
            return list(db.session.scalars(query))

    def waiting(self) -> int:
        with self.app.app_context():
            query = sa.select(sa.func.count()).where(WebhookDelivery.state == DeliveryState.WAITING)
            return db.session.scalar(query) or 0


def _half_out(out: list[int], groups: list[list[int]]) -> int:
    return sum(0 < len(set(group) & set(out)) < len(group) for group in groups)


def one_run(office: Office, chance: random.Random) -> Run:
    """Let things fall due, kill, start again, wait until all is quiet, and count."""
    began = time.monotonic()
    office.start()
    while not office.running():
        time.sleep(0.05)
    due = datetime.now(UTC) + timedelta(seconds=AHEAD_SECONDS)
    ids, groups = office.fill(due)
    offset, count = chance.uniform(-0.2, 1.4), chance.choice((1, 1, 2))
    half_out = 0
    while datetime.now(UTC) < due + timedelta(seconds=offset):
        half_out += _half_out(office.out(ids), groups)
        time.sleep(0.01)
    office.kill(count)
    at_kill = len(office.out(ids))
    office.start()
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    started_in, restarted = 0.0, time.monotonic()
    while time.monotonic() < until:
        if not started_in and office.running():
            started_in = time.monotonic() - restarted
            until = time.monotonic() + SETTLES_WITHIN_SECONDS
        out = office.out(ids)
        half_out += _half_out(out, groups)
        if len(out) >= len(ids) and not office.waiting():
            break
        time.sleep(0.05)
    return _counted(office, ids, Run(
        count, round(offset, 3), at_kill, len(ids), len(set(out)), len(out) - len(set(out)),
        half_out, 0, 0, 0, 0, round(started_in, 1), round(time.monotonic() - began, 1),
    ))  # fmt: skip


def _counted(office: Office, ids: list[int], run: Run) -> Run:
    """The same with what was told."""
    with office.app.app_context():
        query = (
            sa.select(WebhookDelivery.state, Entry.index_number)
            .join(WebhookDelivery.entry)
            .where(Entry.item_id.in_(ids))
        )
        told = list(db.session.execute(query))
    came = [office.receiver.numbers[number] for _state, number in told]
    counted = {
        "deliveries": len(told),
        "delivered": sum(state is DeliveryState.DELIVERED for state, _number in told),
        "sent": sum(map(len, came)),
        "numbers_per_entry": max((len(set(numbers)) for numbers in came), default=0)
        if all(came)
        else 0,
    }
    return Run(**{**asdict(run), **counted})


def prove(
    database: str,
    url: str,
    folder: Path,
    runs: int,
    seed: int = 0,
    console: Console = COMMANDS,
) -> list[Run]:
    """So many runs on an empty database; prints a line each."""
    chance, done = random.Random(seed), []
    app = create_app(Settings(database_url=url, state_dir=folder, secret_key="bench"))
    with receiving() as receiver:
        office = Office(app, folder, url, receiver, console)
        office.prepare()
        office.start()
        try:
            for number in range(runs):
                run = one_run(office, chance)
                done.append(run)
                line = {"database": database, "run": number + 1, **asdict(run), "holds": run.holds}
                print(json.dumps(line), flush=True)
        finally:
            office.kill(len(office.schedulers))
            with app.app_context():
                db.engine.dispose()
    return done


def _totals(done: list[Run]) -> dict[str, object]:
    return {
        "runs": len(done),
        "held": sum(run.holds for run in done),
        "schedulers_killed": sum(run.killed for run in done),
        "killed_with_some_out": sum(0 < run.out_at_kill < run.due for run in done),
        "due": sum(run.due for run in done),
        "public_once": sum(run.entries for run in done),
        "doubled": sum(run.doubled for run in done),
        "half_out_seen": sum(run.half_out_seen for run in done),
        "deliveries": sum(run.deliveries for run in done),
        "delivered": sum(run.delivered for run in done),
        "sent_again": sum(run.sent - run.delivered for run in done),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=25, help="on each database")
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    done: list[Run] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="responder-kill-")))
        if given.database != "postgresql":
            state = folder / "sqlite"
            state.mkdir()
            url = f"sqlite:///{state}/responder.db"
            done += prove("sqlite", url, state, given.runs, given.seed)
        if given.database != "sqlite":
            state = folder / "state"
            state.mkdir()
            url = stack.enter_context(postgresql(folder / "pg"))
            done += prove("postgresql", url, state, given.runs, given.seed + 1)
    print(json.dumps(_totals(done)))
    sys.exit(not all(run.holds for run in done))


if __name__ == "__main__":
    main()
