"""The check beside the editor: what in an answer may not stay, and what deserves a second look.

Pure: the lists, the facts and the reading of the answer are given. Each remark names its place,
what is told against it and what to do about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nlp.answers import SAYING, AnswerReading, Clause, Part
from responder.core import privacy
from responder.responses.drafting.facts import Facts, differences
from responder.responses.drafting.models import Severity

LONGEST_SENTENCE = 80
LEAST_RELEVANCE = 0.15
AROUND = 8  # characters of the text on each side of a place
SHORTEST_UNIT_NAME = 5
SHORTEST_EVIDENCE = 5  # characters, its mark included

# What an answer owes.
QUALITY_LABELS = {
    "relevance": "扣题",
    "completeness": "完整",
    "explanation": "解释",
    "time": "时间",
}

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
_OPENING = re.compile(r"https?://|经[^，,]{0,12}(?:查|实|解|查看|沟通|协商|研究)[后，,：:]*$")
_INSIDE = r"[^（()）【】\[\]\n]"
_AWAITED = (
    rf"(?<![接对招看])待(?!遇){_INSIDE}{{0,24}}(?:补充|反馈|答复|提供|明确|核实|确定|确认|定|补)"
)
_UNFINISHED = re.compile(
    rf"[（(【\[]{_INSIDE}{{0,60}}{_AWAITED}{_INSIDE}{{0,60}}[）)】\]]"
    r"|待补充|待核实|[×Ｘ□]{2,}|X{2,}"
)
_CONNECTOR = re.compile("[和与及暨、]")
_EMPTY_PARTS = {
    Part.RECEIPT: "只说收到",
    Part.FORWARD: "只说转办",
    Part.PROMISE: "只作承诺",
    Part.COURTESY: "客套",
    Part.ECHO: "复述问题",
}


@dataclass(frozen=True)
class Word:
    """A row of the office's list of sensitive words."""

    word: str
    advice: str
    severity: Severity


@dataclass(frozen=True)
class Name:
    """A right name, and the forms that stand wrongly for it."""

    name: str
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Lists:
    """What the office has said of words and names.

    :param units: names of units as they are registered.
    """

    words: Sequence[Word] = ()
    names: Sequence[Name] = ()
    units: Sequence[str] = ()


@dataclass(frozen=True)
class Remark:
    """One thing to look at.

    :param kind: code of what it is: ``private``, ``word``, ``name``, ``fact``, ``unfinished``,
        ``long``, ``empty``.
    :param place: the words of the text where it stands, with some around; personal data masked.
    """

    kind: str
    severity: Severity
    place: str
    told: str
    remedy: str

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.BLOCK


@dataclass(frozen=True)
class Quality:
    """One of the four things that an answer owes, whether it is there, and by which words."""

    label: str
    good: bool
    evidence: str


@dataclass(frozen=True)
class Check:
    """All that is to be said of a text; what blocks stands first."""

    remarks: tuple[Remark, ...]
    qualities: tuple[Quality, ...]

    @property
    def blocking(self) -> int:
        return sum(remark.blocks for remark in self.remarks)


def check(
    text: str,
    reading: AnswerReading,
    lists: Lists,
    facts: Facts,
    public: frozenset[str] = privacy.NOBODY,
) -> Check:
    """Look through a text.

    :param text: as a reader sees it (:func:`formats.as_read`).
    :param reading: of the same text beside the concern.
    :param public: the office's own lines.
    """
    if not text.strip():
        return Check((), ())
    remarks = [
        *private_remarks(text, public),
        *word_remarks(text, lists.words),
        *name_remarks(text, lists.names),
        *unit_remarks(text, lists.units),
        *fact_remarks(text, facts),
        *unfinished_remarks(text),
        *long_remarks(text),
        *empty_remarks(reading),
    ]
    return Check(tuple(sorted(remarks, key=lambda remark: not remark.blocks)), qualities(reading))


def excerpt(text: str, start: int, end: int) -> str:
    """A place with some of the text around it, on one line."""
    first, last = max(start - AROUND, 0), min(end + AROUND, len(text))
    before = text[first:start].rpartition("\n")[2]
    after = text[end:last].partition("\n")[0]
    head = "…" if start - len(before) > 0 else ""
    tail = "…" if end + len(after) < len(text) else ""
    return f"{head}{before}{text[start:end]}{after}{tail}".replace("\n", " ")


def private_remarks(text: str, public: frozenset[str]) -> Iterator[Remark]:
    for finding in privacy.find(text, public):
        around = privacy.mask(excerpt(text, finding.start, finding.end), public)
        place = around if finding.text not in around else finding.masked
        yield Remark(
            "private", Severity.BLOCK, place, f"{finding.label}，不能签发和发布",
            "删去，或改用概括说法",
        )  # fmt: skip


def word_remarks(text: str, words: Iterable[Word]) -> Iterator[Remark]:
    copy, places = privacy.as_one_word(text)
    for row in words:
        for match in re.finditer(re.escape(privacy.as_one_word(row.word)[0]), copy):
            start, end = places[match.start()], places[match.end() - 1] + 1
            yield Remark(
                "word", row.severity, excerpt(text, start, end), f"敏感词“{row.word}”",
                row.advice or "改用别的说法",
            )  # fmt: skip


def name_remarks(text: str, names: Sequence[Name]) -> Iterator[Remark]:
    right = sorted((name.name for name in names), key=len, reverse=True)
    # Within a right name a wrong form means nothing: 市长王明 holds 长王明.
    covered = {
        place
        for name in right
        for match in re.finditer(re.escape(name), text)
        for place in range(*match.span())
    }
    for name in names:
        for form in name.wrong:
            for match in re.finditer(re.escape(form), text):
                if covered.isdisjoint(range(*match.span())):
                    yield _misnamed(text, match, name.name)


def unit_remarks(text: str, units: Sequence[str]) -> Iterator[Remark]:
    """Names of units with another connector in them, or two characters changed about."""
    known = set(units)
    for unit in units:
        if len(unit) < SHORTEST_UNIT_NAME:
            continue
        for match in _like(unit).finditer(text):
            if match.group() not in known:
                yield _misnamed(text, match, unit)


def _like(unit: str) -> re.Pattern[str]:
    parts = _CONNECTOR.split(unit)
    forms = []
    if len(parts) > 1:
        forms.append("[和与及暨、]?".join(re.escape(part) for part in parts))
    for n in range(len(unit) - 1):
        if unit[n] != unit[n + 1]:
            forms.append(re.escape(f"{unit[:n]}{unit[n + 1]}{unit[n]}{unit[n + 2 :]}"))
    return re.compile("|".join(forms))


def _misnamed(text: str, match: re.Match[str], name: str) -> Remark:
    told = f"写作“{match.group()}”，应为“{name}”"
    return Remark("name", Severity.REMIND, excerpt(text, *match.span()), told, f"改为“{name}”")


def fact_remarks(text: str, facts: Facts) -> Iterator[Remark]:
    for one in differences(text, facts):
        yield Remark(
            "fact", Severity.REMIND, excerpt(text, one.start, one.end), one.told,
            "核对后改正，或改正所依据的记录",
        )  # fmt: skip


def unfinished_remarks(text: str) -> Iterator[Remark]:
    """What a writer left for later: notes to oneself in brackets, and gaps to be filled in."""
    for match in _UNFINISHED.finditer(text):
        yield Remark(
            "unfinished", Severity.REMIND, excerpt(text, *match.span()),
            f"“{match.group()[:24]}”像是还没有写完", "补上，或删去",
        )  # fmt: skip


def long_remarks(text: str) -> Iterator[Remark]:
    for match in _SENTENCE.finditer(text):
        length = len(re.sub(r"\s", "", match.group()))
        if length > LONGEST_SENTENCE:
            opening = match.group().strip()[:16]
            yield Remark(
                "long", Severity.REMIND, f"{opening}…", f"这一句有 {length} 字",
                f"拆成几句，每句不超过 {LONGEST_SENTENCE} 字",
            )  # fmt: skip


def empty_remarks(reading: AnswerReading) -> Iterator[Remark]:
    if reading.says_nothing:
        said = "、".join(dict.fromkeys(_EMPTY_PARTS[c.part] for c in _empty(reading)))
        yield Remark(
            "empty", Severity.REMIND, "".join(c.text for c in reading.clauses)[:40],
            f"没有说任何实情：{said}" if said else "没有说任何实情",
            "写明查到了什么、怎么办、何时办好、依据什么",
        )  # fmt: skip


def _empty(reading: AnswerReading) -> list[Clause]:
    return [clause for clause in reading.clauses if clause.part in _EMPTY_PARTS]


def _evidence(reading: AnswerReading) -> str:
    """The first clause that tells something; not one that only leads up to it (经查，), nor an
    address on the web."""
    says = [clause.text for clause in reading.clauses if clause.part in SAYING]
    telling = (text for text in says if len(text) > SHORTEST_EVIDENCE and not _OPENING.match(text))
    return next(telling, max(says, key=len, default=""))


def _taken_up(reading: AnswerReading) -> str:
    shared = "、".join(reading.shared[:8])
    if not shared:
        return "没有提到关切中的任何一个词"
    if reading.relevance >= LEAST_RELEVANCE:
        return f"提到关切中的：{shared}"
    return f"关切中的 {reading.asked} 个词只提到 {len(reading.shared)} 个：{shared}"


def qualities(reading: AnswerReading) -> tuple[Quality, ...]:
    """Relevance to the question, completeness, explanation and time, each with its evidence."""
    says = _evidence(reading)
    empty = "；".join(f"“{c.text}”{_EMPTY_PARTS[c.part]}" for c in _empty(reading)[:3])
    return (
        Quality(
            QUALITY_LABELS["relevance"],
            reading.relevance >= LEAST_RELEVANCE,
            _taken_up(reading),
        ),
        Quality(
            QUALITY_LABELS["completeness"],
            not reading.says_nothing,
            f"实质内容 {reading.substance} 字，如“{says[:24]}”"
            if says
            else empty or "没有实质内容",
        ),
        Quality(
            QUALITY_LABELS["explanation"],
            bool(reading.reasons),
            f"说明了缘由：{'、'.join(reading.reasons[:4])}"
            if reading.reasons
            else "没有说明原因或依据",
        ),
        Quality(
            QUALITY_LABELS["time"],
            bool(reading.times),
            f"写明了时间：{'、'.join(reading.times[:4])}" if reading.times else "没有写明时间",
        ),
    )
