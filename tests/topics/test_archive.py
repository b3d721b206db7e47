"""A backlog is gathered alike in this process, in two, and on a cluster that loses a worker."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from benchmarks.generated import stream
from nlp.spreading import HERE, Spread
from responder.core import executors
from responder.core.database import db, transaction
from responder.core.errors import Invalid, Stale
from responder.core.executors import hands
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI
from responder.intake import service as intake
from responder.intake.models import Channel, Message, MessageRepeat, MessageSketch
from responder.intake.new_message import NewMessage
from responder.intake.repeats import grouping, regrouping
from responder.topics import archive, describing, progress
from responder.topics.models import Membership, Topic
from tests.factories import NOW
from tests.nlp import far
from tests.topics.factories import WINDOW

MESSAGES = 240


def store_many(count: int = MESSAGES) -> None:
    """The first of 240 made-up messages, oldest first; a fifth repeat an earlier one."""
    made = stream(MESSAGES, repeats=True)
    messages = [
        NewMessage(
            channel=Channel.FORUM,
            title=title,
            body=body,
            author=f"市民{n}",
            occurred_at=NOW - timedelta(hours=MESSAGES - n),
        )
        for n, (title, body) in enumerate(made.documents[:count])
    ]
    with transaction(CONSOLE, NOW) as session:
        intake.store_messages(session, messages, NOW)


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(describing, "TEXTS_A_PART", 20)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """Two workers of Dask, each a process of its own; begun once for both databases."""
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0",
        silence_logs=logging.CRITICAL,
    ) as found:  # fmt: skip
        yield found


def gathered(spread: Spread = HERE, portion: int = 100_000) -> list[Any]:
    """What the topics are after a refresh, by their messages; then all of it is undone."""
    db.session.close()
    with db.session.get_bind().begin_nested() as before:
        for _ in archive.refreshes(
            NOW, NOW, WINDOW, CONSOLE, SHANGHAI, None, portion=portion, spread=spread
        ):
            pass
        found = topics()
        db.session.close()
        before.rollback()
    return found


def topics() -> list[Any]:
    members: dict[int, list[int]] = {}
    for one in db.session.scalars(select(Membership).order_by(Membership.message_id)):
        members.setdefault(one.topic_id, []).append(one.message_id)
    found = db.session.scalars(select(Topic).where(Topic.message_count > 0))
    return sorted(
        [
            members[one.id], one.label, one.place, one.keywords, one.representatives, one.tones,
            one.heat, one.heat_parts,
        ]
        for one in found
    )  # fmt: skip


def differing(found: list[Any], wanted: list[Any]) -> list[Any]:
    """Each field that is not the same, with both of its values: short enough to be read."""
    assert [one[0] for one in found] == [one[0] for one in wanted]
    pairs = (pair for one in zip(found, wanted, strict=True) for pair in zip(*one, strict=True))
    return [pair for pair in pairs if pair[0] != pair[1]]


def groups() -> tuple[list[Any], ...]:
    repeats = select(MessageRepeat.message_id, MessageRepeat.first_id).order_by("message_id")
    keys = select(MessageSketch.key, MessageSketch.message_id).order_by("key", "message_id")
    return tuple([tuple(row) for row in db.session.execute(one)] for one in (repeats, keys))


def test_topics_and_repeats_are_the_same_here_in_processes_and_on_a_cluster(app, cluster) -> None:
    store_many()
    arrived, here = groups(), gathered()
    assert len(here) > 20
    assert len(arrived[0]) > 10
    for workers, dask in ((2, ""), (0, cluster.scheduler_address)):
        with hands(workers, dask) as found:
            spread = Spread(found.executor, found.at_once)
            assert differing(gathered(spread), here) == []
            regrouped = regrouping.work_out(db.session, spread)
        with transaction(CONSOLE, NOW) as session:
            assert regrouping.store(session, regrouped) == MESSAGES
        assert groups() == arrived


class Deadly(Executor):
    """Has the process killed that is given the third part, once."""

    def __init__(self, executor: Executor, marker: Path) -> None:
        self.executor, self.marker, self.submitted = executor, marker, 0

    def submit(self, fn, /, *given, **named):
        self.submitted += 1
        if self.submitted == 3:
            return self.executor.submit(far.killed_once, str(self.marker), fn, *given)
        return self.executor.submit(fn, *given)


def test_a_worker_killed_half_way_changes_nothing(app, cluster, tmp_path: Path) -> None:
    store_many()
    here = gathered()
    with hands(0, cluster.scheduler_address) as found:
        deadly = Deadly(found.executor, tmp_path / "killed")
        assert differing(gathered(Spread(deadly, found.at_once)), here) == []
    assert deadly.submitted > 5
    assert (tmp_path / "killed").read_text() not in ("", str(os.getpid()))


def test_portions_gather_all_and_each_is_stored(app) -> None:
    store_many()
    runs = list(
        archive.refreshes(NOW, NOW, WINDOW, CONSOLE, SHANGHAI, None, portion=100, spread=HERE)
    )
    assert [run.messages_added for run in runs] == [100, 100, 40]
    assert sum(len(members) for members, *_ in topics()) == MESSAGES


def test_a_command_that_is_stopped_says_how_to_go_on_and_reads_no_text_twice(
    app, monkeypatch
) -> None:
    store_many()
    kept: list[bool] = []
    told = progress.Progress.told

    def stops(self: progress.Progress, was_kept: bool) -> None:
        told(self, was_kept)
        kept.append(was_kept)
        if len(kept) == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(progress.Progress, "told", stops)
    run = partial(app.test_cli_runner().invoke, args=["topics", "refresh", "--workers", "1"])
    stopped = run()
    assert isinstance(stopped.exception, Stale)
    assert "再次运行同一命令即从断点继续" in str(stopped.exception.message)
    assert topics() == []
    assert run().exit_code == 0
    assert kept[:3] == [False] * 3
    assert kept[3:6] == [True] * 3
    assert not any(kept[6:])
    assert not any((app.extensions["settings"].topic_memory / "read").iterdir())


def test_regrouping_leaves_out_who_went_and_takes_in_who_came(app) -> None:
    store_many(120)
    found = regrouping.work_out(db.session, HERE)
    with transaction(CONSOLE, NOW) as session:
        first = session.scalars(select(MessageRepeat.first_id)).first()
        grouping.leave(session, [first])
        session.delete(session.get_one(Message, first))
    store_many(160)
    arrived = groups()
    with transaction(CONSOLE, NOW) as session:
        regrouping.store(session, found)
    assert groups() == arrived


def test_an_address_without_a_cluster_is_told(monkeypatch) -> None:
    monkeypatch.setattr(executors, "SECONDS_TO_CONNECT", 0.2)
    with pytest.raises(Invalid, match="连不上 Dask"), hands(0, "tcp://127.0.0.1:1"):
        pass


def test_a_cluster_that_asks_for_certificates_is_told_where_there_are_none() -> None:
    pytest.importorskip("distributed", reason="Dask is not installed")
    with pytest.raises(Invalid, match="证书"), hands(0, "tls://127.0.0.1:1"):
        pass


def test_what_dask_calls_its_failures_is_said_in_words_of_ours() -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    for error, said in (
        (distributed.KilledWorker("part", None, 3), "一再意外结束"),
        (CancelledError(), "连接中断"),
        (distributed.comm.CommClosedError(), "连接中断"),
    ):
        with pytest.raises(BrokenExecutor, match=said), executors._told_as_ours("tcp://a"):
            raise error


def test_a_worker_that_joins_later_is_asked_for_its_version_too(cluster, monkeypatch) -> None:
    def run_by_another_version() -> None:
        with hands(0, cluster.scheduler_address) as found:
            monkeypatch.setattr(executors.spreading, "program", lambda: "of this process")
            list(Spread(found.executor, found.at_once).map(len, ["一", "二"]))

    with pytest.raises(Invalid, match="后来加入"):
        run_by_another_version()


def test_workers_of_another_version_are_refused(cluster, monkeypatch) -> None:
    monkeypatch.setattr(executors.spreading, "program", far.another_program)
    with pytest.raises(Invalid, match="版本与本机不同"), hands(0, cluster.scheduler_address):
        pass
