"""Where a message may go, and sending it there by a process that can be left.

The administrator writes the address down; what leads into the office's own network must also
be listed in the settings, as for sources and webhooks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from typing import Any

from responder.core.errors import Invalid
from responder.sources import addresses
from responder.sources.fetching import Network
from responder.warnings.models import WarningChannel

COURIER = Path(__file__).with_name("courier.py")
SECONDS = 20  # of one message; apprise itself gives up sooner, unless it is kept in talk
CHECK_SECONDS = 15  # of reading an address, and of asking where the hosts of a round are
MAIL_PORTS = frozenset({25, 465, 587})

SENT, REFUSED, UNKNOWN = "sent", "refused", "unknown"

KIND_LABELS = {
    "wecombot": "企业微信群机器人",
    "dingtalk": "钉钉群机器人",
    "feishu": "飞书群机器人",
    "lark": "飞书群机器人（Lark）",
    "json": "接收 JSON 的系统",
    "jsons": "接收 JSON 的系统",
    "mailto": "邮件",
    "mailtos": "邮件",
}


@dataclass(frozen=True)
class Destination:
    """Where an address leads, as apprise reads it."""

    scheme: str
    host: str
    port: int
    by_mail: bool


@dataclass(frozen=True)
class Letter:
    """One message, and the address that it goes to. ``to``: a person's, of mail alone."""

    url: str
    destination: Destination
    title: str
    body: str
    to: str = ""


@dataclass(frozen=True)
class Outcome:
    """How it went, and why not. ``reached``: the other side is there."""

    state: str
    why: str = ""
    reached: bool = True


def read(url: str) -> Destination:
    """Where an address leads.

    :raises Invalid: none that apprise can send to, or of a kind that is not offered.
    """
    told = _answer(_start({"check": url.strip()}), time.monotonic() + CHECK_SECONDS) or {}
    if not told.get("host"):
        raise Invalid(
            "看不懂这个地址：请照页面上的写法填写机器人或邮件服务器的地址", {"url": "不可用"}
        )
    return Destination(told["scheme"], told["host"], told["port"], told["by_mail"])


def require_allowed(destination: Destination, network: Network) -> list[str]:
    """The addresses of a host that may be connected to.

    :raises Invalid: unknown, or not allowed.
    """
    ports = MAIL_PORTS if destination.by_mail else addresses.WEB_PORTS
    try:
        found = addresses.within(
            network.resolve, destination.host, destination.port, network.seconds
        )
        addresses.allowed(destination.host, destination.port, found, network.listed, ports)
    except OSError as error:
        raise Invalid(f"找不到主机 {destination.host}：请检查地址有没有写错") from error
    except addresses.Refused as error:
        raise Invalid(str(error)) from error
    return list(found)


def destination_of(channel: WarningChannel) -> Destination:
    return Destination(channel.scheme, channel.host, channel.port, channel.by_mail)


def post(letters: Sequence[Letter], network: Network) -> list[Outcome]:
    """Send these at the same time, each in a process of its own; how each went.

    It takes no longer than :data:`CHECK_SECONDS` and then :data:`SECONDS`, however many they are.
    """
    network = replace(network, seconds=min(network.seconds, CHECK_SECONDS))
    with ThreadPoolExecutor(max(len(letters), 1)) as pool:
        sending = list(pool.map(_hand_over, letters, repeat(network)))
    deadline = time.monotonic() + SECONDS  # asking where a host is takes nothing from it
    return [one if isinstance(one, Outcome) else _outcome(one, deadline) for one in sending]


def _hand_over(letter: Letter, network: Network) -> subprocess.Popen[str] | Outcome:
    try:
        found = require_allowed(letter.destination, network)
    except Invalid as error:
        return Outcome(REFUSED, error.message, reached=False)
    asked = {
        "url": letter.url,
        "host": letter.destination.host,
        "port": letter.destination.port,
        "addresses": found,
        "title": letter.title,
        "body": letter.body,
        "to": letter.to,
    }
    try:
        return _start(asked)
    except OSError:  # a courier sends nothing before it was told everything
        return Outcome(REFUSED, "本机的发送进程没有启动，稍后重试", reached=False)


def _outcome(process: subprocess.Popen[str], deadline: float) -> Outcome:
    told = _answer(process, deadline)
    if told is None:
        return Outcome(UNKNOWN, f"{SECONDS} 秒内没有结果，可能已送到", reached=False)
    return Outcome(told["outcome"], told["why"], told["reached"])


def _start(asked: dict[str, Any]) -> subprocess.Popen[str]:
    """A courier that has been told what to do. Its input fits into the pipe.

    :raises OSError: it could not be started, or ended before it was told.
    """
    hidden = ("_proxy", "_PROXY")
    known = {name: text for name, text in os.environ.items() if not name.endswith(hidden)}
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own file  # nosec B603
        [sys.executable, "-I", str(COURIER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={**known, "NO_PROXY": "*", "NETRC": os.devnull, "PYTHONUTF8": "1"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with process.stdin as told:
            told.write(json.dumps(asked))
    except OSError:
        process.kill()
        process.wait()
        process.stdout.close()
        raise
    return process


def _answer(process: subprocess.Popen[str], deadline: float) -> dict[str, Any] | None:
    """What it says; None when it says nothing in time, and is ended."""
    try:
        process.wait(max(deadline - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert process.stdout is not None
    with process.stdout as told:
        text = told.read()
    try:
        answer: dict[str, Any] = json.loads(text)
    except ValueError:
        return None
    return answer
