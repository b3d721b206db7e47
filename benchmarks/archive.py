"""An archive gathered by one process, by two, and by a Dask cluster of one worker and of two.

    python -m benchmarks.archive [--messages 100000] [--rounds 1]

Made-up messages in an empty SQLite database. Each kind of hands reads the same topics in turn
(names, keywords, telling messages, tones, heat) and finds the same repeats; ``same`` says that
what it found is that of one process, digest by digest. ``times`` is the speed beside one process
here, by the clock on the wall, so other work on the machine makes it smaller; ``load`` says how
busy the machine was. What is not spread is measured too, in microseconds a message of this
process's own time: gathering, vectors, and what it would take to send vectors to and fro.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import pickle
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

from distributed import LocalCluster
from sqlalchemy import insert, select

from benchmarks.generated import stream
from benchmarks.search import EPOCH
from nlp import BigramVectorizer, warm_up
from nlp.spreading import Spread
from responder import create_app
from responder.cli import prepare_database
from responder.core.database import db, transaction
from responder.core.executors import hands, processes
from responder.core.permissions import CONSOLE
from responder.intake.models import Arrival, Message
from responder.intake.repeats import regrouping
from responder.settings import Settings
from responder.topics import crowd, heat_reading, tallying
from responder.topics.describing import Words, describe
from responder.topics.gathering import Gathering, gather, newest_headings
from responder.topics.heat_reading import HeatView
from responder.topics.restating import HEADINGS
from responder.topics.tallying import Belonging

MESSAGES = 100_000
KINDS = ("here", "processes 1", "processes 2", "dask 1", "dask 2")
WINDOW = timedelta(days=365)


def measure(messages: int = MESSAGES, rounds: int = 1) -> dict[str, Any]:
    """Seconds of each kind of hands, the least of some rounds, and what is not spread."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(state_dir=Path(folder)))
        with app.app_context():
            with redirect_stdout(io.StringIO()):
                prepare_database("admin", "管理员", "only for measuring 1")
            serial = _stored(messages)
            warm_up()
            started = time.process_time()
            found, view = _gathered()
            serial["gathering_us"] = _a_message(time.process_time() - started, messages)
            kinds = _compared(found, view, rounds)
            db.engine.dispose()
    return {"messages": messages, "load": [*os.getloadavg()], "hands": kinds, "serial": serial}


def _stored(count: int) -> dict[str, Any]:
    made = stream(count, repeats=True)
    rows = [
        {
            "id": n + 1, "channel": "mailbox", "fingerprint": str(n), "title": title,
            "body": body, "author_key": str(n), "occurred_at": EPOCH + timedelta(seconds=moment),
            "received_at": EPOCH,
        }
        for n, ((title, body), moment) in enumerate(
            zip(made.documents, made.moments.tolist(), strict=True)
        )
    ]  # fmt: skip
    with transaction(CONSOLE) as session:
        session.execute(insert(Message), rows)
        waits = select(Message.id, Message.occurred_at)
        session.execute(insert(Arrival).from_select(["message_id", "occurred_at"], waits))
    started = time.process_time()
    vectors = BigramVectorizer().fit_transform(made.documents)
    vectorising = time.process_time() - started
    started = time.process_time()
    pickle.loads(pickle.dumps(made.documents))
    pickle.loads(pickle.dumps((vectors.indptr, vectors.indices, vectors.data)))
    return {
        "vectors_us": _a_message(vectorising, count),
        "sending_texts_and_vectors_us": _a_message(time.process_time() - started, count),
    }


def _gathered() -> tuple[Gathering, HeatView]:
    session = db.session
    newest = session.scalars(select(Message.occurred_at).order_by(Message.occurred_at.desc()))
    as_of = newest.first() or EPOCH
    found = gather(session, as_of, WINDOW)
    voices = (one.voice for one in found.new)
    spoke = crowd.lately(session, None, voices, as_of, WINDOW)
    return found, heat_reading.read(session, as_of, spoke)


def _compared(found: Gathering, view: HeatView, rounds: int) -> dict[str, Any]:
    told: dict[str, dict[str, Any]] = {}
    for _ in range(rounds):
        for kind in KINDS:
            with _hands(kind) as spread:
                one = _taken(found, view, spread)
            least = told.setdefault(kind, one)
            least |= {name: min(least[name], one[name]) for name in one if name != "digest"}
    floor = dict(told["here"])
    for one in told.values():
        one["same"] = one.pop("digest") == floor["digest"]
        one["times"] = round(floor["topics_s"] / one["topics_s"], 2)
        one["times_repeats"] = round(floor["repeats_s"] / one["repeats_s"], 2)
    return told


def _taken(found: Gathering, view: HeatView, spread: Spread) -> dict[str, Any]:
    count = len(found.new)
    belonging = Belonging(view.as_of, (), joins=found.joins)
    tallies = tallying.count(db.session, belonging, found.texts.of).tallies
    words = Words(lambda ids: tallying.members(db.session, belonging.of(ids)), found.texts.of)
    headings = list(newest_headings(db.session, HEADINGS))
    own, started = time.process_time(), time.perf_counter()
    described = describe(tallies, view, headings, words, spread=spread)
    topics, own = time.perf_counter() - started, time.process_time() - own
    started = time.perf_counter()
    grouped = regrouping.work_out(db.session, spread)
    repeats = time.perf_counter() - started
    digest = blake2b(grouped.firsts.tobytes())
    for topic_id, one in described.items():
        told = [topic_id, one.name.__dict__, sorted(one.tones.items()), one.level]
        digest.update(json.dumps(told, ensure_ascii=False).encode())
    return {
        "topics_s": round(topics, 2),
        "own_us_a_message": _a_message(own, count),
        "repeats_s": round(repeats, 2),
        "digest": digest.hexdigest(),
    }


@contextmanager
def _hands(kind: str) -> Iterator[Spread]:
    """Hands that have begun: starting Python is left out."""
    name, _, number = kind.partition(" ")
    if name == "here":
        yield Spread()
        return
    workers = int(number)
    with ExitStack() as open_hands:
        if name == "dask":
            cluster = open_hands.enter_context(
                LocalCluster(
                    n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
                )
            )
            found = open_hands.enter_context(hands(0, cluster.scheduler_address))
        else:
            found = open_hands.enter_context(processes(workers))
        spread = Spread(found.executor, found.at_once)
        list(spread.map(_begun, range(workers * 4)))
        yield spread


def _begun(number: int) -> int:
    warm_up()
    time.sleep(0.2)  # so that another process takes the next
    return number


def _a_message(seconds: float, messages: int) -> float:
    return round(seconds / messages * 1e6, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    print(json.dumps({"benchmark": "archive", **measure(given.messages, given.rounds)}))


if __name__ == "__main__":
    main()
