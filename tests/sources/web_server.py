"""A real HTTP server in this process, that misbehaves on request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from responder.sources.addresses import Listed
from responder.sources.fetching import Network
from tests.sources.certificates import Pair, offering

NAME = "feeds.test"  # resolves to this machine, for those who inject `resolve`


@dataclass
class Reply:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    write: Callable[[BaseHTTPRequestHandler], None] | None = None


class WebServer:
    """Paths and what they answer; remembers what was asked."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.stopping = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                reply = outer.replies.get(self.path, Reply(status=404))
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.write is None:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                try:
                    if reply.write is None:
                        self.wfile.write(reply.body)
                    else:
                        reply.write(self)
                except OSError:
                    pass  # the client has hung up, as it should

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    def put(self, path: str, body: str | bytes, kind: str = "application/rss+xml", **more) -> str:
        """Serve something; returns its address by name."""
        headers = {"Content-Type": kind, **more.pop("headers", {})}
        content = body.encode() if isinstance(body, str) else body
        self.replies[path] = Reply(content, headers=headers, **more)
        return self.url(path)

    def url(self, path: str, name: str = NAME) -> str:
        return f"http://{name}:{self.port}{path}"

    def network(self, **changes) -> Network:
        """A network on which this server is listed by its name."""
        listed = Listed.parse(f"{NAME}:{self.port}")
        return Network(**{"listed": listed, "resolve": here, "seconds": 5, **changes})


def here(_name: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


@contextmanager
def web_server(pair: Pair | None = None) -> Iterator[WebServer]:
    """:param pair: a certificate with which to speak TLS."""
    serving = WebServer()
    if pair is not None:
        serving.server.socket = offering(pair).wrap_socket(serving.server.socket, server_side=True)
        serving.server.handle_error = lambda *_arguments: None  # refused handshakes are meant
    thread = threading.Thread(target=serving.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield serving
    finally:
        serving.stopping.set()
        serving.server.shutdown()
        serving.server.server_close()
        thread.join()
