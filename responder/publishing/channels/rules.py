"""Pure decisions on prepared texts: how long they are, and where they are cut."""

from __future__ import annotations

import re
from collections.abc import Callable

WEIBO_SHORT, WEIBO_LONG, WECHAT_TITLE = 140, 2000, 64

_SENTENCE = re.compile(r"[^。！？\n]*[。！？\n]|[^。！？\n]+")
Length = Callable[[str], int]


def weibo_length(text: str) -> int:
    """As Weibo counts: two letters or digits of ASCII are one character, begun ones count whole."""
    halves = sum(1 if character < "\x80" else 2 for character in text)
    return -(-halves // 2)


def weibo_text(title: str, answer: str, address: str, limit: int) -> str:
    """``【title】sentences… 详见：address``, at most ``limit`` long by :func:`weibo_length`.

    As many whole sentences of the answer as fit; where not even the first does, it is cut.
    """
    tail = f" 详见：{address}"
    head = f"【{cut(title, limit // 3, weibo_length)}】"
    said = fitting(answer, limit - weibo_length(head + tail) - 1, weibo_length)
    return f"{head}{said}{tail}"


def wechat_title(title: str) -> str:
    """The title, at most 64 characters."""
    return cut(title, WECHAT_TITLE, len)


def fitting(text: str, room: int, length: Length) -> str:
    """As many whole sentences as fit; a cut one where none does."""
    sentences = _SENTENCE.findall(text.strip())
    kept = ""
    for sentence in sentences:
        if length(kept + sentence) > room:
            return kept.strip() or cut(text.strip(), room, length)
        kept += sentence
    return kept.strip()


def cut(text: str, room: int, length: Length) -> str:
    """The text, or as much of its beginning as fits with an ellipsis."""
    if length(text) <= room:
        return text
    end = len(text)
    while end > 0 and length(text[:end] + "…") > room:
        end -= 1
    return text[:end] + "…" if end else ""
