"""A real IMAP server (pymap) in a process of its own, and letters put into it."""

from __future__ import annotations

import contextlib
import imaplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from responder.sources.addresses import Listed
from responder.sources.fetching import Network
from responder.sources.kinds import MailboxSettings, Security
from tests.sources.certificates import Pair, offering, self_signed, trusting
from tests.sources.web_server import here

NAME = "imap.test"
USER, PASSWORD = "petitions@imap.test", 'p"w\\1'
ARRIVED = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
STARTS_WITHIN_SECONDS = 20

# Passwords hashed at the cheapest, as in the rest of the tests.
SERVER = """
from pymap.main import main
from pysasl.hashing import BuiltinHash
BuiltinHash.__init__.__kwdefaults__["rounds"] = 1
main()
"""


@dataclass
class MailServer:
    port: int
    pair: Pair

    def folder(self) -> str:
        """A fresh folder, as the server knows it."""
        name = f"box-{uuid4().hex[:8]}"
        with self._opened() as box:
            box.create(name)
        return name

    def put(self, folder: str, *letters: bytes, arrived: datetime = ARRIVED) -> None:
        with self._opened() as box:
            for letter in letters:
                status, answer = box.append(folder, "", imaplib.Time2Internaldate(arrived), letter)
                assert status == "OK", answer

    def renumber(self, folder: str) -> None:
        """The same folder anew, with another UIDVALIDITY and the letters it had."""
        with self._opened() as box:
            spare = f"{folder}-old"
            box.rename(folder, spare)
            box.create(folder)
            box.select(spare)
            box.copy("1:*", folder)

    def flags(self, folder: str) -> list[bytes]:
        with self._opened() as box:
            box.select(folder, readonly=True)
            return box.fetch("1:*", "(FLAGS)")[1]

    def settings(self, folder: str, **changes) -> MailboxSettings:
        usual = {"host": NAME, "port": self.port, "security": Security.STARTTLS, "username": USER}
        return MailboxSettings(**{**usual, "folder": folder, **changes})

    def network(self, **changes) -> Network:
        listed = Listed.parse(f"{NAME}:{changes.pop('port', self.port)}")
        usual = {"listed": listed, "resolve": here, "seconds": 10, "trust": trusting(self.pair)}
        return Network(**{**usual, **changes})

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port) as box:
            quoted = USER.replace('"', r"\"")
            box.login(f'"{quoted}"', PASSWORD)
            yield box


@contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    pair = self_signed(folder, NAME)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, "--host", "127.0.0.1",
         "--port", str(port), "--cert", pair.certificate, "--key", pair.key,
         "dict", "--demo-data", "--demo-user", USER, "--demo-password", PASSWORD],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(port, process)
        yield MailServer(port, pair)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("the IMAP server did not start")


@contextmanager
def behind_tls(server: MailServer) -> Iterator[int]:
    """A port that speaks TLS from the first byte, for this server, which only has STARTTLS."""
    listener = socket.create_server(("127.0.0.1", 0))
    context = offering(server.pair)

    def relay() -> None:
        with contextlib.suppress(OSError):
            accepted, _address = listener.accept()
            inner = socket.create_connection(("127.0.0.1", server.port))
            with inner, context.wrap_socket(accepted, server_side=True) as outer:
                back = threading.Thread(target=_pump, args=(inner, outer))
                back.start()
                _pump(outer, inner)
                back.join()

    thread = threading.Thread(target=relay)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while block := source.recv(65536):
            target.sendall(block)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
