"""One message to one address, in a process of its own: ``python -I courier.py``, JSON in and out.

apprise knows how each robot and mail server is spoken to. It runs here and nowhere else: a
receiver that hangs is left by ending the process, no proxy of the environment is used, and the
only name that resolves is the one that was checked, to the addresses that were checked. This
file imports nothing of the product, so that it starts soon.

What came of it: ``sent``; ``refused``, by the receiver or because nobody was reached, so that
it may be tried again; or ``unknown``: it may have arrived, and nobody said so.
"""

from __future__ import annotations

import json
import smtplib
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from apprise import Apprise, AppriseAsset, NotifyFormat
from urllib3.exceptions import MaxRetryError, NewConnectionError

SECONDS = 8.0
SENT, REFUSED, UNKNOWN = "sent", "refused", "unknown"

# apprise's class → what it is called here, its host when it has but one, the port it uses.
ROBOTS = {
    "NotifyWeComBot": "wecombot",
    "NotifyDingTalk": "dingtalk",
    "NotifyFeishu": "feishu",
    "NotifyLark": "lark",
}
OWN_HOSTS = {"NotifyJSON": ("json", 80, 443), "NotifyEmail": ("mailto", 25, 587)}


@dataclass
class Watch:
    """What was seen of the conversation, since apprise tells no more than yes or no."""

    handed: bool = False  # something may have reached the other side
    answered: bool = False
    problem: str = ""

    def outcome(self, accepted: bool) -> str:
        if accepted and not self.problem:
            return SENT
        return UNKNOWN if self.handed and not self.answered else REFUSED

    def request(self, plain: Callable[..., requests.Response]) -> Callable[..., requests.Response]:
        """``requests.Session.request``, looked over its shoulder."""

        def asking(*arguments: Any, **named: Any) -> requests.Response:
            self.handed = True
            try:
                response = plain(*arguments, **named)
            except requests.RequestException as error:
                self.handed = not _reached_nobody(error)
                self.problem = "连接不上对方" if not self.handed else "对方没有应答"
                raise
            self.answered = True
            self.problem = _complaint(response)
            return response

        return asking

    def data(self, plain: Callable[..., Any]) -> Callable[..., Any]:
        """``smtplib.SMTP.data``: from here on the letter may have been taken."""

        def handing(*arguments: Any) -> Any:
            self.handed = True
            result = plain(*arguments)
            self.answered = True
            return result

        return handing


def _reached_nobody(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    inner = error.args[0] if error.args else None
    reason = inner.reason if isinstance(inner, MaxRetryError) else inner
    return isinstance(reason, NewConnectionError) or isinstance(error, requests.exceptions.SSLError)


def _complaint(response: requests.Response) -> str:
    """Why an answer is a refusal: robots say it in their body, under status 200."""
    if not 200 <= response.status_code < 300:
        return f"对方应答 {response.status_code}"
    try:
        said = response.json()
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    code = said.get("errcode") or said.get("code") or said.get("StatusCode") or 0
    return f"对方拒收，代码 {code}" if code else ""


def instance(url: str) -> Any:
    """What apprise makes of an address; None when it knows no such receiver here."""
    asset = AppriseAsset(http_redirects=False, plugin_paths=[])
    receiver = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    known = receiver is not None and type(receiver).__name__ in {*ROBOTS, *OWN_HOSTS}
    return receiver if known else None


def destination(receiver: Any) -> dict[str, Any]:
    """Where a receiver leads."""
    kind = type(receiver).__name__
    if kind in ROBOTS:
        host = urlsplit(str(receiver.notify_url)).hostname
        return {"scheme": ROBOTS[kind], "host": host, "port": 443, "by_mail": False}
    scheme, plain, secure = OWN_HOSTS[kind]
    by_mail = kind == "NotifyEmail"
    return {
        "scheme": f"{scheme}s" if receiver.secure else scheme,
        "host": receiver.smtp_host if by_mail else receiver.host,
        "port": receiver.port or (secure if receiver.secure else plain),
        "by_mail": by_mail,
    }


def pin(host: str, port: int, found: list[str]) -> None:
    """From now on this process knows one name, with these addresses."""
    plain = socket.getaddrinfo

    def resolve(name: Any, asked: Any, *arguments: Any, **named: Any) -> Any:
        shown = name.decode() if isinstance(name, bytes) else str(name)
        if shown.lower().rstrip(".") != host.lower().rstrip(".") or int(asked) != port:
            raise socket.gaierror(socket.EAI_NONAME, "not the name that was checked")
        return [one for text in found for one in plain(text, asked, *arguments, **named)]

    socket.getaddrinfo = resolve  # type: ignore[assignment]


def send(url: str, title: str, body: str, to: str = "") -> dict[str, Any]:
    """Send one message; how it went, and why not."""
    receiver = instance(url)
    if receiver is None:
        return {"outcome": REFUSED, "why": "地址无法识别", "reached": False}
    receiver.socket_connect_timeout = receiver.socket_read_timeout = SECONDS
    receiver.redirects = False  # whatever the address asks for
    if to:
        receiver.targets, receiver.cc, receiver.bcc = [(False, to)], set(), set()
    watch = Watch()
    plain_request, plain_data = requests.Session.request, smtplib.SMTP.data
    requests.Session.request = watch.request(plain_request)  # type: ignore[method-assign]
    smtplib.SMTP.data = watch.data(plain_data)  # type: ignore[method-assign]
    try:
        accepted = receiver.notify(body=body, title=title, body_format=NotifyFormat.TEXT)
    finally:
        requests.Session.request = plain_request  # type: ignore[method-assign]
        smtplib.SMTP.data = plain_data  # type: ignore[method-assign]
    why = watch.problem or ("" if accepted else "没有送出")
    outcome = watch.outcome(bool(accepted))
    return {"outcome": outcome, "why": why, "reached": watch.answered or outcome == SENT}


def main() -> None:
    asked = json.load(sys.stdin)
    if "check" in asked:
        receiver = instance(asked["check"])
        told: dict[str, Any] = destination(receiver) if receiver is not None else {}
    else:
        pin(asked["host"], asked["port"], asked["addresses"])
        told = send(asked["url"], asked["title"], asked["body"], asked["to"])
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
