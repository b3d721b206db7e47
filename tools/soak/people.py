"""Who works in the office while it is shaken: each function is one turn of somebody's work."""

from __future__ import annotations

import itertools
import os
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from responder.core.times import utc_now
from responder.demo.accounts import PASSWORD
from tools.forms import Press
from tools.soak.browser import Browser, Ended
from tools.soak.ledger import Deed, Ledger

# Invented, and different enough that two calls are two matters.
MATTERS = (
    "路灯不亮", "下水道反味", "公交久等不来", "电梯停运", "小区停水", "夜里施工吵", "学校门口堵车",
    "医保报销慢", "工地扬尘", "窨井盖松动", "垃圾没人清", "树枝压着电线",
)  # fmt: skip
PLACES = ("望淮新苑", "青枫里", "柳岸花园", "云锦世家", "东河大道", "翠湖名苑", "北桥农贸市场")
ANSWER = (
    "接到反映后，市住房和城乡建设局会同属地街道当日到场核实，督促责任单位更换损坏部件。"
    "目前问题已经处理，后续将每周巡查一次，并把巡查结果向居民公布。编号{mark}。"
)
PAUSE_SECONDS = (0.5, 4.0)
PUSHED_AT_ONCE = 5

# From the first version to the public column: who presses what.
WAY = (
    ("editor", "提交初审"),
    ("first", "初审通过"),
    ("second", "复审通过"),
    ("third", "终审通过"),
    ("secrecy", "保密审查通过"),
    ("signer", "签发"),
    ("press", "立即发布"),
)


@dataclass
class Desk:
    """What everybody needs: the ledger, chance, and when it is over."""

    ledger: Ledger
    over: threading.Event
    unit_id: int

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self._run = os.urandom(3).hex()

    def mark(self) -> str:
        """A word that stands in one text alone."""
        return f"sk{self._run}n{next(self._numbers)}e"


def work(desk: Desk, turn: Callable[[], None], chance: random.Random) -> None:
    """One person's day: turn after turn, with pauses."""
    while not desk.over.wait(chance.uniform(*PAUSE_SECONDS)):
        try:
            turn()
        except Ended:
            return
        except Exception as error:  # told in the end, or nobody would hear of it
            desk.ledger.broken.append(f"{type(error).__name__}: {error}"[:300])


def log_call(desk: Desk, browser: Browser, chance: random.Random) -> None:
    deed = Deed("call", desk.mark())
    matter, place = chance.choice(MATTERS), chance.choice(PLACES)
    page = browser.read("call: form", "/messages/new")
    press = browser.find(page, "/messages/new", "登记")
    if press is None:
        raise AssertionError("the form of a call has no button")
    desk.ledger.send(deed)
    answer = browser.send(
        "call: save",
        press,
        body=f"{place}{matter}，已经{chance.randint(2, 30)}天，编号{deed.mark}。",
        place=place,
        title=f"{place}{matter}",
    )
    settle(desk, deed, answer.status_code, answer.text)


def push(desk: Desk, browser: Browser, chance: random.Random) -> None:
    deeds = [Deed("push", desk.mark()) for _ in range(PUSHED_AT_ONCE)]
    messages = [
        {
            "channel": "hotline",
            "title": f"{chance.choice(PLACES)}{chance.choice(MATTERS)}",
            "body": f"{chance.choice(PLACES)}{chance.choice(MATTERS)}，编号{deed.mark}。",
            "external_id": deed.mark,
            "occurred_at": utc_now().isoformat(),
        }
        for deed in deeds
    ]
    for deed in deeds:
        desk.ledger.send(deed)
    answer = browser.ask(
        "push",
        "POST",
        "/api/v1/messages",
        json={"messages": messages},
        headers={"Idempotency-Key": deeds[0].mark},
    )
    for deed in deeds:
        settle(desk, deed, answer.status_code, answer.text)


def answer_a_worry(desk: Desk, people: Mapping[str, Browser], chance: random.Random) -> None:
    """One item from its opening to the public column, by eight people."""
    mark = desk.mark()
    path = _open(desk, people["analyst"], mark, chance)
    if not path:
        return
    _draft(desk, people["editor"], path, mark)
    for who, label in WAY:
        _step(desk, people[who], path, label, mark)
        desk.over.wait(chance.uniform(*PAUSE_SECONDS) / 2)


def _open(desk: Desk, browser: Browser, mark: str, chance: random.Random) -> str:
    path = "/responses/open"
    press = browser.find(browser.read("item: form", path), path, "发起回应，开始计时")
    if press is None:
        raise AssertionError("nobody can open an item")
    deed = Deed("open", mark)
    desk.ledger.send(deed)
    matter = f"{chance.choice(PLACES)}{chance.choice(MATTERS)}"
    answer = browser.send(
        "item: open",
        press,
        title=f"关于{matter}的回应 {mark}",
        concern=f"居民反映{matter}，希望尽快处理。",
        unit_id=str(desk.unit_id),
    )
    settle(desk, deed, answer.status_code, answer.text)
    return answer.headers.get("Location", "")


def _draft(desk: Desk, browser: Browser, path: str, mark: str) -> None:
    """A version is kept; whoever does not hear so looks at the page before saving again."""
    deed, text = Deed("draft", mark), ANSWER.format(mark=mark)
    while True:
        press = browser.find(browser.read("item: page", path), path, "保存稿件")
        if press is None:
            raise AssertionError(f"{path}: there is nothing to write in")
        if dict(press.fields).get("text", "").strip() == text:
            desk.ledger.acknowledge(deed)
            return
        desk.ledger.send(deed)
        browser.send("item: draft", press, text=text)


def _step(desk: Desk, browser: Browser, path: str, label: str, mark: str) -> None:
    """Press a button until the page no longer has it: each step can be taken once."""
    deed = Deed(label, mark)
    for _ in range(20):
        page = browser.read("item: page", path)
        press = browser.find(page, path, label)
        if press is None:
            if deed not in desk.ledger.sent:
                raise AssertionError(f"{path} has no button {label}")
            desk.ledger.acknowledge(deed)
            return
        desk.ledger.send(deed)
        answer = browser.send(f"item: {label}", press, **_filled(press))
        if answer.status_code not in {302, 303, 409}:
            desk.ledger.refused[label].append(_sentence(answer.text))


def _filled(press: Press) -> dict[str, str]:
    """What a button must have: whoever signs says their password once more."""
    return {name: PASSWORD if kind == "<password>" else kind for name, kind in press.must}


def look_around(browser: Browser, addresses: Sequence[str], chance: random.Random) -> None:
    address = chance.choice(addresses)
    browser.read("read", address)


def settle(desk: Desk, deed: Deed, status: int, text: str) -> None:
    """Whether a deed was taken; what was refused is told in the end."""
    if status in {200, 201, 302, 303}:
        desk.ledger.acknowledge(deed)
    else:
        desk.ledger.refused[deed.kind].append(f"{status} {_sentence(text)}")


def _sentence(text: str) -> str:
    start = max(text.find('class="alert'), text.find('class="error'), 0)
    return " ".join(text[start : start + 200].split())
