"""Push messages by several clients whose connections are cut, and count what is stored.

    python -m benchmarks.push --messages 10000 --clients 8

Starts ``responder serve`` on a new SQLite database, or on the empty one that
``--database-url`` names. Of the requests, a quarter is sent twice: the first time the client
closes its socket as soon as the request is out, before any answer. Half of the clients
give idempotency keys, the others rely on messages being known again. Prints one JSON object;
exit code 1 when a message was lost, doubled or refused.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import sqlalchemy as sa

from benchmarks import generated
from responder import create_app
from responder.accounts import tokens
from responder.accounts.token_models import Scope
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.settings import Settings

COMMAND = (sys.executable, "-m", "responder")
SERVE = (*COMMAND, "serve")
PATH = "/api/v1/messages"
CUT_SHARE = 0.25
SINGLE_SHARE = 0.2
STARTS_WITHIN_SECONDS = 90
PASSWORD = "only for measuring 1"

Body = list[dict[str, Any]]


@dataclass(frozen=True)
class Proof:
    """What was pushed, beside what is stored after the server has ended.

    :param cut: requests whose connection was closed before the answer; all were sent again.
    :param cut_and_taken: those of them that the server answered to nobody.
    :param replayed: answers that were those of an earlier request with the same key.
    :param waited: answers 429 that were waited for.
    """

    database: str
    clients: int
    workers: int
    messages: int
    requests: int
    cut: int
    cut_and_taken: int
    replayed: int
    waited: int
    statuses: dict[str, int]
    seconds: float
    messages_a_second: float
    stored: int
    distinct: int
    once: bool


@dataclass
class Client:
    """One pushing system: its messages, its random choices, what it was answered."""

    number: int
    port: int
    secret: str
    keyed: bool
    cut: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    replayed: int = 0
    waited: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.number)
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)

    def push(self, bodies: Sequence[Body]) -> None:
        for number, messages in enumerate(bodies):
            value = messages[0] if len(messages) == 1 else {"messages": messages}
            body = json.dumps(value, ensure_ascii=False).encode()
            key = {"Idempotency-Key": f"{self.number}-{number}"} if self.keyed else {}
            if self.chance.random() < CUT_SHARE:
                self._send_and_cut(body, key)
            self._send(body, key)
        self.connection.close()

    def _headers(self, key: dict[str, str]) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.secret}",
            "Content-Type": "application/json",
        } | key

    def _send_and_cut(self, body: bytes, key: dict[str, str]) -> None:
        """All of the request, and then nobody there: closed quietly, or with a reset."""
        head = {**self._headers(key), "Host": "127.0.0.1", "Content-Length": str(len(body))}
        lines = [f"POST {PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
        with socket.create_connection(("127.0.0.1", self.port), 60) as cut:
            cut.sendall("\r\n".join([*lines, "", ""]).encode() + body)
            if self.chance.random() < 0.5:
                time.sleep(0.005)  # the server has begun; a reset at once would undo the sending
                cut.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.cut += 1

    def _send(self, body: bytes, key: dict[str, str]) -> None:
        while True:
            try:
                self.connection.request("POST", PATH, body, self._headers(key))
                answer = self.connection.getresponse()
                text = answer.read()
            except (HTTPException, ConnectionError):
                self.connection.close()  # an idle connection that the server gave up
                continue
            if answer.status not in {429, 503}:
                break
            self.waited += 1
            time.sleep(int(answer.headers["Retry-After"]))
        self.replayed += answer.headers.get("Idempotency-Replayed") == "true"
        for result in json.loads(text).get("results", [{"status": answer.status}]):
            self.statuses[result["status"]] += 1


def prove(
    messages: int,
    clients: int,
    batch: int,
    environment: dict[str, str],
    workers: int = 2,
    serve: Sequence[str] = SERVE,
) -> Proof:
    """Push into an installation whose database is empty, and count.

    :param environment: RESPONDER_* of an installation that ``responder init`` has prepared.
    :param serve: the command that takes ``--host``, ``--port`` and ``--workers``.
    """
    secret = _issue(environment)
    with _serving(serve, environment, workers) as port:
        pushing = [Client(n, port, secret, keyed=n % 2 == 0) for n in range(clients)]
        shares = _shares(clients, messages // clients, batch)
        begun = time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(Client.push, pushing, shares))
        seconds = time.perf_counter() - begun
    stored, distinct, taken = _stored(environment["RESPONDER_DATABASE_URL"])
    statuses = sum((client.statuses for client in pushing), Counter[int]())
    cut = sum(client.cut for client in pushing)
    replayed = sum(client.replayed for client in pushing)
    sent = sum(map(len, shares))
    total = messages // clients * clients
    return Proof(
        database=sa.make_url(environment["RESPONDER_DATABASE_URL"]).get_backend_name(),
        clients=clients,
        workers=workers,
        messages=total,
        requests=sent + cut,
        cut=cut,
        cut_and_taken=taken + replayed - sent,
        replayed=replayed,
        waited=sum(client.waited for client in pushing),
        statuses={str(status): count for status, count in sorted(statuses.items())},
        seconds=round(seconds, 1),
        messages_a_second=round(total / seconds, 1),
        stored=stored,
        distinct=distinct,
        once=stored == distinct == total == statuses[200] + statuses[201],
    )


def _shares(clients: int, count: int, batch: int) -> list[list[Body]]:
    """Each client's requests: of its messages one in five alone, the others in batches, mixed."""
    documents = iter(generated.stream(clients * count).documents)
    shares = []
    for client in range(clients):
        messages = [_message(client, number, *next(documents)) for number in range(count)]
        alone = int(count * SINGLE_SHARE)
        bodies = [[one] for one in messages[:alone]]
        bodies += [messages[start : start + batch] for start in range(alone, count, batch)]
        random.Random(client).shuffle(bodies)
        shares.append(bodies)
    return shares


def _message(client: int, number: int, title: str, body: str) -> dict[str, Any]:
    """A message with an address of its own; every third has no number of its source."""
    message = {
        "channel": ("hotline", "mailbox", "forum")[number % 3],
        "title": title,
        "body": body,
        "author": f"市民{client}-{number}",
        "occurred_at": f"2026-11-{number % 20 + 1:02}T{number % 24:02}:{number % 60:02}:00+08:00",
        "source_url": f"https://example.org/{client}/{number}",
    }
    return message if number % 3 == 0 else {**message, "external_id": f"{client}-{number}"}


def _issue(environment: dict[str, str]) -> str:
    settings = Settings(
        state_dir=Path(environment["RESPONDER_STATE_DIR"]),
        database_url=environment["RESPONDER_DATABASE_URL"],
    )
    with create_app(settings).app_context():
        wanted = tokens.NewToken("推送测试", frozenset({Scope.MESSAGES_WRITE}))
        now = utc_now()
        with transaction(CONSOLE, now) as session:
            secret = tokens.issue(session, CONSOLE, wanted, now).secret
        db.engine.dispose()
    return secret


@contextmanager
def _serving(serve: Sequence[str], environment: dict[str, str], workers: int) -> Iterator[int]:
    """The server on a free port; ended before what follows."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    address = ("--host", "127.0.0.1", "--port", str(port))
    words = [*serve, *address, "--workers", str(workers)]
    log = Path(environment["RESPONDER_STATE_DIR"]) / "serve.log"
    with log.open("wb") as lines:
        process = subprocess.Popen(words, env=environment, stdin=subprocess.PIPE, stderr=lines)
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/sign-in", process, log)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"the server ended while starting:\n{log.read_text()}")
        try:
            with urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} did not answer")


def _stored(url: str) -> tuple[int, int, int]:
    """(messages, different messages, requests that stored or knew some)."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        counts = sa.text("SELECT count(*), count(DISTINCT source_url) FROM message")
        stored, distinct = connection.execute(counts).one()
        pushes = sa.text("SELECT count(*) FROM audit_event WHERE action = 'push'")
        taken = connection.execute(pushes).scalar_one()
    return int(stored), int(distinct), int(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--database-url", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="responder-push-") as folder:
        environment = {
            **os.environ,
            "RESPONDER_STATE_DIR": folder,
            "RESPONDER_DATABASE_URL": given.database_url or f"sqlite:///{folder}/responder.db",
            "RESPONDER_API_REQUESTS_PER_MINUTE": "1000000",
        }
        words = [*COMMAND, "init", "--password", PASSWORD]
        subprocess.run(words, env=environment, check=True, capture_output=True)
        proof = prove(given.messages, given.clients, given.batch, environment, given.workers)
    print(json.dumps(asdict(proof)))
    sys.exit(0 if proof.once else 1)


if __name__ == "__main__":
    main()
