"""Clauses of a message, tidied so that each may stand as a headline.

A letter says 请问…的问题如何解决 around what it is about; a headline is what stands between.
Only whole words go, from both ends, so that what remains is still what the citizen wrote.
Words that carry the sense stay, though they say nothing alone: 不, 没有, 何时, 能否, 吗.
The words that go are data (`data/headline.toml`).
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from nlp.places import ending, place_suffixes
from nlp.words import is_content

_BREAKS = frozenset("，。！？；：,!?;:…\n~～—|【】#↓→←↑▼丨")
_PAIRS = {"“": "”", "《": "》", "（": "）", "(": ")", "「": "」", "『": "』", "‘": "’"}
_CLOSING = frozenset(_PAIRS.values())
_MARKS = _CLOSING | _PAIRS.keys()
_MASKED_CODE = re.compile(r"[A-Za-z]\d*[市区县镇]")
_QUOTES = frozenset("“‘「『（(")  # around the whole they add nothing; 《》 makes it a title
_SPEAKER = 4  # tokens, within which it is said who speaks: 代父亲反映
_ASIDE = 3  # characters in brackets, below which they are no part of the sentence: （图）


@lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    data = files("nlp").joinpath("data/headline.toml").read_text(encoding="utf-8")
    return {name: frozenset(words.split()) for name, words in tomllib.loads(data).items()}


def words_that(name: str) -> frozenset[str]:
    """Return a list of `data/headline.toml` by its name."""
    return _lists()[name]


@lru_cache(maxsize=1 << 14)
def is_masked(token: str) -> bool:
    """Tell whether a token is a code that stands for a city or district: A市, A3区."""
    return bool(_MASKED_CODE.fullmatch(token))


def clauses(tokens: Sequence[str]) -> Iterator[tuple[list[str], str]]:
    """Yield each clause with the mark around it: "【", "#", or "" for plain text."""
    clause: list[str] = []
    bracket, is_tag = "", False
    for before, word in pairwise(("\n", *tokens)):
        # Within a headline a tag is part of the sentence: 【上海#购物节#来啦】.
        is_inner = word == "#" and bracket and before != "#"
        if is_inner or (word.isspace() and not _ends_at_blank(clause)):
            continue
        if word not in _BREAKS and not word.isspace():
            clause.append(word)
            continue
        if clause:
            yield clause, bracket or ("#" if is_tag else "")
            clause = []
        if word in "【】":
            bracket = "【" if word == "【" else ""
        is_tag = is_tag != (word == "#")
    if clause:
        yield clause, bracket


def is_paired(text: str) -> bool:
    """Tell whether each quotation mark or bracket of a text has its other half."""
    if _MARKS.isdisjoint(text):
        return True
    return all(text.count(one) == text.count(other) for one, other in _PAIRS.items())


def _ends_at_blank(clause: Sequence[str]) -> bool:
    """Tell whether a blank ends a clause: not within Latin words, nor after a code."""
    return bool(clause) and not clause[-1].isascii() and not is_masked(clause[-1])


def tidy(tokens: Sequence[str]) -> list[str]:
    """Return the words of a clause that say something, without the wrapping; [] if none do."""
    tokens = _without_asides(tokens)
    start, is_asking = _open(tokens, _after_speaker(tokens) if tokens else 0)
    end, is_closed = _close(tokens, start)
    leads = start < end and tokens[start] in words_that("prepositions")
    if leads and (is_asking or is_closed):
        start, _ = _open(tokens, start + 1)
    tidied = _without_asides(tokens[start:end])
    return tidied if any(map(is_content, tidied)) else []


def _after_speaker(tokens: Sequence[str]) -> int:
    """Return where 业主反映 or 代父亲投诉 ends; 0 where nobody is said to speak."""
    if tokens[0] in words_that("speakers"):
        for place, token in enumerate(tokens[1:_SPEAKER], start=1):
            if token in words_that("speaking"):
                return place
    return 0


def _open(tokens: Sequence[str], start: int) -> tuple[int, bool]:
    """Return where the matter begins, and whether it is something asked for."""
    is_asking = False
    while start < len(tokens):
        token = tokens[start]
        goes = token in words_that("openers") or (is_asking and token in words_that("addressees"))
        if goes and tokens[start + 1 : start + 2] and _names(tokens[start + 1]):
            break
        if token in words_that("begins_names") and _ends_name(tokens[start + 1 : start + 2]):
            break
        if not goes and not _is_sign(token):
            break
        is_asking = is_asking or token in words_that("asking")
        start += 1
    return start, is_asking


def _ends_name(following: Sequence[str]) -> bool:
    return any(token in place_suffixes() or ending(token) for token in following)


def _names(token: str) -> bool:
    return token in words_that("named_by_opener")


def _is_sign(token: str) -> bool:
    return not token[0].isalnum() and token not in _PAIRS


def _dangles(token: str) -> bool:
    return _is_sign(token) and token not in _CLOSING


def _close(tokens: Sequence[str], start: int) -> tuple[int, bool]:
    """Return where the matter ends, and whether a word such as 问题 or 建议 closed it."""
    end, is_closed, before = len(tokens), False, len(tokens) + 1
    while start < end < before:
        before = end
        last = tokens[end - 1]
        if tokens[max(start, end - 2)] in words_that("negations"):
            break  # 欠钱不还, 数额不对
        is_done = last == "了" and end - 2 > start and len(tokens[end - 2]) > 1
        if is_done or last in words_that("last") or last in _PAIRS or _dangles(last):
            end -= 1
        elif last in words_that("asked"):
            end = _before_asking(tokens, start, end)
        elif last in words_that("closers"):
            end = _before_closer(tokens, start, end)
            is_closed = is_closed or end < before
    return end, is_closed


def _before_asking(tokens: Sequence[str], start: int, end: int) -> int:
    """Return where 如何解决, 盼重视 or 谁来管 begins; `end` if nobody is asked."""
    first = end - 1
    while first > start and tokens[first - 1] in words_that("asks"):
        first -= 1
    return first if start < first < end - 1 else end


def _before_closer(tokens: Sequence[str], start: int, end: int) -> int:
    """Return where 的几点建议 begins; `end` where the closing word is needed."""
    closer, first = tokens[end - 1], end - 1
    is_needed = not words_that("having").isdisjoint(tokens[start:first])
    if closer in words_that("standing_for") and is_needed:
        return end
    while first > start and tokens[first - 1] in words_that("amounts"):
        first -= 1
    is_bound = closer in words_that("closers_after_of") and "的" not in tokens[first : end - 1]
    # 家长对供餐的疑问: without 疑问 the 对 would be left hanging.
    if is_bound or not words_that("bound").isdisjoint(tokens[start + 1 : first]):
        return end
    return first if first > start else end


def _without_asides(tokens: Sequence[str]) -> list[str]:
    """Return the tokens without （图）, and without quotation marks that have lost their pair."""
    if _MARKS.isdisjoint(tokens):
        return list(tokens)
    open_at: list[int] = []
    dropped: set[int] = set()
    for place, word in enumerate(tokens):
        if word in _PAIRS:
            open_at.append(place)
        elif word in _CLOSING:
            if not open_at or _PAIRS[tokens[open_at[-1]]] != word:
                dropped.add(place)
                continue
            first = open_at.pop()
            inside = sum(map(len, tokens[first + 1 : place]))
            if word in "）)" and inside < _ASIDE:
                dropped.update(range(first, place + 1))
            elif tokens[first] in _QUOTES and inside == sum(map(len, tokens)) - 2:
                dropped.update((first, place))
    dropped.update(open_at)
    return [word for place, word in enumerate(tokens) if place not in dropped]
