"""A stop in good order: what was asked is answered, the processes end, the port is free."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import build_opener

from tests.browser.conftest import free_port, wait_until_up
from tests.console import run
from tests.test_cli import children, gone


def test_a_request_that_is_under_way_is_answered_before_the_end(tmp_path: Path) -> None:
    assert run("init", "--password", "only for trying it", state=tmp_path).returncode == 0
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "responder", "serve", "--web-only", "--port", str(port)],
        env={**os.environ, "RESPONDER_STATE_DIR": str(tmp_path)},
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_up(f"http://127.0.0.1:{port}/sign-in", server)
        assert not any("scheduler" in command for command in children(server.pid).values())
        with build_opener().open(f"http://127.0.0.1:{port}/sign-in") as page:
            cookie = page.headers["Set-Cookie"].partition(";")[0]
            token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())[1]
        body = f"csrf_token={token}&username=admin&password=only+for+trying+it".encode()
        with socket.create_connection(("127.0.0.1", port), timeout=60) as asked:
            asked.sendall(
                f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n".encode()
            )
            assert asked.recv(200).startswith(b"HTTP/1.1 100")  # a worker has begun with it
            companions = list(children(server.pid))
            server.send_signal(signal.SIGTERM)
            asked.sendall(body)
            answer = asked.recv(2000)
        assert answer.startswith(b"HTTP/1.1 302"), answer
        assert server.wait(60) == 0
        assert gone(companions)
    finally:
        server.kill()
        server.wait()
