"""A robot and a mail server on this machine, that keep what they are told."""

from __future__ import annotations

import json
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from responder.settings import Settings


class Robot:
    """A robot. ``status`` and ``says`` are its answer; while ``ready`` is clear it gives none."""

    def __init__(self) -> None:
        self.told: list[dict[str, str]] = []
        self.asked, self.ready = Event(), Event()
        self.ready.set()
        self.status, self.says, outer = 200, "{}", self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.told.append(json.loads(body))
                outer.asked.set()
                outer.ready.wait(30)
                answer = outer.says.encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                with suppress(OSError):  # whoever asked may be gone
                    self.wfile.write(answer)

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server: socketserver.BaseServer = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"json://127.0.0.1:{self.port}/robot"


class MailServer:
    """As much of SMTP as a letter needs."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, EmailMessage]] = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.say("220 mail.test")
                to = ""
                for line in self.rfile:
                    word = line.strip().upper()
                    if word.startswith(b"RCPT TO:"):
                        to = line.strip()[8:].strip(b" <>").decode()
                    if word == b"QUIT":
                        return self.say("221 bye")
                    if word == b"DATA":
                        self.say("354 go on")
                        letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                        read = message_from_bytes(letter, policy=policy.default)
                        assert isinstance(read, EmailMessage)
                        outer.letters.append((to, read))
                    self.say("250 fine")
                return None

            def say(self, text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())

        self.server: socketserver.BaseServer = socketserver.ThreadingTCPServer(
            ("127.0.0.1", 0), Handler
        )
        self.port = self.server.server_address[1]
        self.url = f"mailto://127.0.0.1:{self.port}?from=desk@example.gov.cn&to=nobody@example.cn"


Receiver = Robot | MailServer


@contextmanager
def listening(*receivers: Receiver) -> Iterator[Settings]:
    """Settings under which exactly these receivers may be reached."""
    for receiver in receivers:
        Thread(target=receiver.server.serve_forever, args=(0.02,), daemon=True).start()
    hosts = " ".join(f"127.0.0.1:{receiver.port}" for receiver in receivers)
    try:
        yield Settings(
            secret_key="only-for-tests", source_private_hosts=hosts, desk_url="https://desk.test/"
        )
    finally:
        for receiver in receivers:
            receiver.server.shutdown()
            receiver.server.server_close()
