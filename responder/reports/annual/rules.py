"""The summary's template: lines of text with figures in braces. Pure.

A line that begins with ``#`` is the title, with ``##`` or ``###`` a heading; every other one is a
paragraph. ``{回应关切}`` is a figure by its name, and behind a bar stands how it is said:
``{主动公开信息|约}``, ``{新闻发布活动|比上年}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

NO_DATA = "无数据"
LONGEST_TEMPLATE = 30_000
TITLE, HEADING, SUBHEADING, PARAGRAPH = "title", "heading", "subheading", "paragraph"
EXACTLY, ABOUT, LAST_YEAR, CHANGE, NAMES = "", "约", "上年", "比上年", "名称"
MANNERS = (EXACTLY, ABOUT, LAST_YEAR, CHANGE, NAMES)

_MARKS = {"###": SUBHEADING, "##": HEADING, "#": TITLE}
_PLACE = re.compile(r"\{(?P<name>[^{}|\n]+)(?:\|(?P<manner>[^{}|\n]*))?\}")
_BRACE = re.compile(r"[{}]")


@dataclass(frozen=True)
class Piece:
    """A stretch of text; with ``name`` the figure that it says."""

    text: str
    name: str = ""


@dataclass(frozen=True)
class Line:
    """A title, a heading or a paragraph."""

    kind: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


# (name, manner) → the words that stand there.
Say = Callable[[str, str], str]


def problems(
    template: str, names: Iterable[str], words: Iterable[str], openly: Iterable[str]
) -> list[str]:
    """What is wrong with a template, each with its line; empty when it can be used.

    :param names: of the figures.
    :param words: other placeholders, which are said in one way alone.
    :param openly: figures whose rows may be named, for all who read a summary may read them.
    """
    known, plain, open_ = set(names), set(words), set(openly)
    found = []
    if len(template) > LONGEST_TEMPLATE:
        found.append(f"模板有 {len(template)} 字，最多 {LONGEST_TEMPLATE} 字：请缩短")
    for number, line in enumerate(template.splitlines(), 1):
        found += [f"第 {number} 行：{one}" for one in _problems_of(line, known, plain, open_)]
    if not any(line.startswith("# ") for line in template.splitlines()):
        found.append("没有标题：请用“# ”开头写一行标题")
    return found


def _problems_of(line: str, known: set[str], plain: set[str], open_: set[str]) -> Iterator[str]:
    for place in _PLACE.finditer(line):
        name, manner = place["name"].strip(), (place["manner"] or "").strip()
        if name in plain and not manner:
            continue
        if name not in known:
            yield f"“{{{name}}}”不是统计指标的名称：请从统计页复制名称"
        elif manner not in MANNERS:
            listed = "、".join(filter(None, MANNERS))
            yield f"“{{{name}|{manner}}}”里的“{manner}”不能用：可用的有 {listed}"
        elif manner == NAMES and name not in open_:
            yield f"“{{{name}|{manner}}}”不能用：这些记录的名称含群众原话或只限专人查看"
    if _BRACE.search(_PLACE.sub("", line)):
        yield "花括号没有成对：请检查"


def lines(
    template: str, say: Say, words: Mapping[str, str], measures: Mapping[str, str]
) -> list[Line]:
    """The template with its figures said; blank lines are passed over.

    :param measures: name of a figure → what it counts in. Of no data there are no 条: the measure
        behind such a figure is left out.
    """
    return [
        Line(kind, tuple(_pieces(text, say, words, measures)))
        for kind, text in map(_kind, template.splitlines())
        if text
    ]


def _kind(line: str) -> tuple[str, str]:
    for mark, kind in _MARKS.items():
        if line.startswith(f"{mark} "):
            return kind, line.removeprefix(mark).strip()
    return PARAGRAPH, line.strip()


def _pieces(
    text: str, say: Say, words: Mapping[str, str], measures: Mapping[str, str]
) -> Iterator[Piece]:
    end = 0
    for place in _PLACE.finditer(text):
        if place.start() > end:
            yield Piece(text[end : place.start()])
        name, end = place["name"].strip(), place.end()
        if name in words:
            yield Piece(words[name])
            continue
        said = say(name, (place["manner"] or "").strip())
        yield Piece(said, name)
        measure = measures.get(name, "")
        if said == NO_DATA and text.startswith(measure, end):
            end += len(measure)
    if end < len(text):
        yield Piece(text[end:])
