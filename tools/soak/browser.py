"""A browser of somebody who is signed in, or a program with a token: it tries until answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from tools.forms import Press, presses
from tools.soak.ledger import NOBODY, Answer, Ledger

HOST = "127.0.0.1"
WAITS_SECONDS = 0.5  # before somebody tries again
PATIENCE_SECONDS = 60
# As any browser does by itself with a connection that the server closed while nobody used it.
ASKS_AGAIN = Retry(1, connect=0, allowed_methods={"GET"}, respect_retry_after_header=False)
AGAIN = ("稍后再试", "稍候再试", "retry-after")


class Ended(Exception):
    """The soak is over; whoever was waiting goes home."""


class Browser:
    """One person's browser at one of several hosts; the next one when nobody answers."""

    def __init__(
        self,
        hosts: Sequence[str],
        ledger: Ledger,
        over: threading.Event,
        cookie: tuple[str, str] | None = None,
        token: str = "",
    ) -> None:
        self.ledger, self._over = ledger, over
        self._hosts = list(hosts)
        self._session = requests.Session()
        self._session.mount("http://", HTTPAdapter(max_retries=ASKS_AGAIN))
        if cookie:  # of the host that will set it anew
            self._session.cookies.set(*cookie, domain=HOST, path="/")
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def read(self, kind: str, path: str) -> str:
        """A page, asked for until it comes."""
        return self.ask(kind, "GET", path).text

    def send(self, kind: str, press: Press, **filled: str) -> requests.Response:
        """What a button sends, sent until it is answered: each form may be sent twice."""
        return self.ask(kind, "POST", press.address, data=press.sent(**filled))

    def find(self, page: str, path: str, label: str) -> Press | None:
        """A button of a page by what stands on it."""
        return next((one for one in presses(page, path) if one.label == label), None)

    def ask(self, kind: str, method: str, path: str, **given: Any) -> requests.Response:
        """One request, again after each that failed for reasons of the machines.

        :raises Ended: the soak is over.
        """
        while True:
            answer = self._once(kind, method, path, given)
            if answer is not None and answer.status_code < 500:
                return answer
            if self._over.wait(WAITS_SECONDS):
                raise Ended

    def _once(
        self, kind: str, method: str, path: str, given: Mapping[str, Any]
    ) -> requests.Response | None:
        at, started = time.time(), time.perf_counter()
        try:
            answer = self._session.request(
                method,
                self._hosts[0] + path,
                timeout=PATIENCE_SECONDS,
                allow_redirects=False,
                **given,
            )
        except requests.RequestException:
            self._note(kind, at, started, NOBODY)
            self._hosts.append(self._hosts.pop(0))
            return None
        says_again = False
        if answer.status_code >= 500:
            said = answer.text.lower() + "".join(answer.headers).lower()
            says_again = any(word in said for word in AGAIN)
        self._note(kind, at, started, answer.status_code, says_again)
        return answer

    def _note(
        self, kind: str, at: float, started: float, status: int, says_again: bool = False
    ) -> None:
        spent = time.perf_counter() - started
        self.ledger.answers.append(Answer(kind, at, spent, status, says_again))
