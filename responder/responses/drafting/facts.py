"""Numbers and dates of an answer beside what the office has on record. Pure.

A number is held against a fact only where the words around it say that it is the same thing: the
press event in its sentence, what people reported in its clause, or the same words on both sides.
What merely stands near is left alone: a remark that is wrong too often is read by nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from responder.responses.drafting.days import (
    DATE,
    TIME,
    as_day,
    clock,
    dates_in,
    day_words,
    hour,
    is_day,
    no_days_in,
    short,
)

EVENT = re.compile("发布会|通气会|吹风会|招待会|座谈会|在线访谈|网络发布|发布活动")
# Another event than the one that is meant.
_OTHER_EVENT = re.compile("此前|上次|上一[场次]|前一[场次]|往年|去年|前期|首场|下一?[场次]|曾")
_REPORTED = re.compile("反映|留言|诉求|来电|投诉|来信|咨询")
_ANSWERED = re.compile("答复|回应|回复")
_BY_RULE = re.compile("规定|时限|要求|按照|依照|应当|须在|应在")
_ROUGH = re.compile("[余多近约]|左右|上下|以上")

_NUMBER = re.compile(
    r"(?<![\d.〔\[—-])(?P<number>\d[\d,]{0,20}(?:\.\d{1,9})?)[ \u3000]?(?P<rough>[余多])?[ \u3000]?"
    r"(?P<unit>万元|亿元|元|平方米|公里|千米|米|公顷|亩|户|人|名|位|条|件|套|个工作日|工作日|小时|天|个月(?![租票卡薪嫂供饼])|%"
    r"|吨|辆|台|所|处|家|栋|次|班|个)"
)
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
_CLAUSE = re.compile(r"[^，,、]+[，,、]?")
_HELD_AT = re.compile(r"在(?P<place>[^，。；,;在]{3,40}?)(?:召开|举行|举办)")
_A_PLACE = re.compile("(?:厅|室|中心|馆|楼|会场|大厦|宾馆|酒店|礼堂|广场)$")

_SETS = re.compile("(?:定|将|拟|计划|安排)[于在]$")

_MARK = re.compile(r"[，。；！？、\n]")
_CONTEXT = 8  # characters looked at on each side
_SAME_CONTEXT = 4  # and so many of them together say that the same thing is meant


@dataclass(frozen=True)
class EventFact:
    """The press event at which an item is answered, by the office's clocks."""

    starts_at: datetime
    all_day: bool
    place: str


@dataclass(frozen=True)
class Facts:
    """What is on record.

    :param day: of writing, for dates without a year.
    :param messages, people: of the topic, as counted now.
    :param first_day, last_day: of the topic's messages; None when there is no topic.
    :param known_days: other days that the matter has: when it was found.
    :param sources: name → text that the answer should agree with: the concern, agreed wording.
    :param working_days, hours: lengths that the item's rules give for answering.
    """

    day: date
    event: EventFact | None = None
    messages: int = 0
    people: int = 0
    first_day: date | None = None
    last_day: date | None = None
    known_days: frozenset[date] = frozenset()
    sources: tuple[tuple[str, str], ...] = ()
    working_days: frozenset[int] = frozenset()
    hours: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Difference:
    """Where an answer says something else than what is on record."""

    start: int
    end: int
    told: str


@dataclass(frozen=True)
class _Stretch:
    text: str
    start: int


def differences(text: str, facts: Facts) -> list[Difference]:
    """What in ``text`` differs from ``facts``, in order of place, one for each place."""
    found: dict[int, Difference] = {}
    for one in _all(text, facts):
        found.setdefault(one.start, one)
    return sorted(found.values(), key=lambda one: one.start)


def _all(text: str, facts: Facts) -> Iterator[Difference]:
    for sentence in _stretches(_SENTENCE, text):
        if facts.event:
            yield from _event_differences(sentence, facts.event, facts.day)
        for clause in _stretches(_CLAUSE, sentence.text, sentence.start):
            yield from _reported(clause, facts)
            yield from _lengths(clause, facts)
    for match in no_days_in(text):
        yield Difference(match.start(), match.end(), f"没有{_plain(match.group())}这一天")
    for name, source in facts.sources:
        yield from _beside(text, name, source, facts.day)


def _stretches(pattern: re.Pattern[str], text: str, offset: int = 0) -> Iterator[_Stretch]:
    for match in pattern.finditer(text):
        yield _Stretch(match.group(), offset + match.start())


# ---- the press event ----


def _event_differences(sentence: _Stretch, event: EventFact, day: date) -> Iterator[Difference]:
    cue = EVENT.search(sentence.text)
    if cue is None or _OTHER_EVENT.search(sentence.text):
        return
    dates = _dates_of_event(sentence.text, cue, day)
    if dates and all(not is_day(match, event.starts_at.date()) for match in dates):
        nearest = _nearest(dates, cue.start())
        yield _told(sentence, nearest, f"发布活动定于{day_words(event.starts_at.date(), nearest)}")
    times = list(TIME.finditer(sentence.text))
    if times and not event.all_day and all(clock(one) != hour(event.starts_at) for one in times):
        nearest = _nearest(times, cue.start())
        yield _told(sentence, nearest, f"发布活动定于{event.starts_at:%H:%M}")
    yield from _place_differs(sentence, event.place)


def _dates_of_event(sentence: str, cue: re.Match[str], day: date) -> list[re.Match[str]]:
    """The dates in the clause that names the event; else those of a clause that sets one."""
    dates = [
        match
        for match in dates_in(sentence, day)
        if not _REPORTED.search(sentence[match.end() : match.end() + _CONTEXT])
    ]
    begin = max(sentence.rfind(mark, 0, cue.start()) for mark in "，,")
    beside = [match for match in dates if match.start() > begin and match.start() < cue.end()]
    return beside or [
        match
        for match in dates
        if _SETS.search(sentence[: match.start()]) and match.start() < begin
    ]


def _place_differs(sentence: _Stretch, place: str) -> Iterator[Difference]:
    match = _HELD_AT.search(sentence.text)
    if match is None or not place or not _A_PLACE.search(match["place"]):
        return
    said, known = _bare(match["place"]), _bare(place)
    if said not in known and known not in said:
        start, end = match.span("place")
        yield Difference(
            sentence.start + start,
            sentence.start + end,
            f"文中“{match['place']}”，发布活动的地点是“{place}”",
        )


def _bare(place: str) -> str:
    return re.sub(r"[\s（）()“”]", "", place)


def _nearest(matches: Iterable[re.Match[str]], place: int) -> re.Match[str]:
    return min(matches, key=lambda match: abs(match.start() - place))


# ---- what people reported ----


def _reported(clause: _Stretch, facts: Facts) -> Iterator[Difference]:
    if not _REPORTED.search(clause.text) or facts.first_day is None or facts.last_day is None:
        return
    concern = _plain(dict(facts.sources).get("关切内容", ""))
    for match in _NUMBER.finditer(clause.text):
        known = {"条": facts.messages, "件": facts.messages}.get(match["unit"], facts.people)
        counted = match["unit"] in ("条", "件", "人", "名", "位")
        if not counted or _agrees(match, known, clause.text) or _plain(match.group()) in concern:
            continue
        word = f"{known} {'条' if match['unit'] in ('条', '件') else '人'}"
        yield _told(clause, match, f"话题里现有 {word}")
    for match in dates_in(clause.text, facts.day):
        said = as_day(match, facts.day)
        if said is None or facts.first_day <= said <= facts.last_day or said in facts.known_days:
            continue
        if _plain(match.group()) not in concern:
            first, last = short(facts.first_day), short(facts.last_day)
            yield _told(clause, match, f"话题的留言在{first}至{last}之间")


def _agrees(match: re.Match[str], known: int, clause: str) -> bool:
    said = float(match["number"].replace(",", ""))
    around = clause[max(match.start() - 1, 0) : match.end() + 2]
    if _ROUGH.search(around):
        return abs(said - known) <= max(known * 0.2, 2)
    return said == known


# ---- how long the rules give ----


def _lengths(clause: _Stretch, facts: Facts) -> Iterator[Difference]:
    if not (_ANSWERED.search(clause.text) and _BY_RULE.search(clause.text)):
        return
    for match in _NUMBER.finditer(clause.text):
        unit = match["unit"].removeprefix("个")
        known = {"工作日": facts.working_days, "小时": facts.hours}.get(unit, frozenset())
        if known and float(match["number"].replace(",", "")) not in known:
            listed = "、".join(str(length) for length in sorted(known))
            yield _told(clause, match, f"本事项的时限规则是 {listed} {unit}")


# ---- the same words on both sides ----


def _beside(text: str, name: str, source: str, day: date) -> Iterator[Difference]:
    """Numbers and dates that stand among the same words in a source, and are others there."""
    for pattern in (_NUMBER, DATE):
        known = list(pattern.finditer(source))
        said_there = {_value(match, day) for match in known}
        for match in pattern.finditer(text):
            if _value(match, day) in said_there or _is_rough(match, text):
                continue
            same = [one for one in known if _same_thing(match, text, one, source)]
            if same and not any(_is_rough(one, source) for one in same):
                told = f"文中{_plain(match.group())}，{name}里是{_plain(same[0].group())}"
                yield Difference(match.start(), match.end(), told)


def _is_rough(match: re.Match[str], text: str) -> bool:
    return bool(_ROUGH.search(text[max(match.start() - 1, 0) : match.end() + 2]))


def _value(match: re.Match[str], day: date) -> tuple[str, ...]:
    if "unit" not in match.re.groupindex:
        return (match["month"].lstrip("0"), match["day"].lstrip("0"))
    return (match["number"].replace(",", ""), match["unit"].removeprefix("个"))


def _same_thing(one: re.Match[str], text: str, other: re.Match[str], source: str) -> bool:
    if "unit" in one.re.groupindex and one["unit"].removeprefix("个") != other["unit"].removeprefix(
        "个"
    ):
        return False
    here, there = _before(text, one), _before(source, other)
    behind, behind_there = _after(text, one), _after(source, other)
    before = _common(here[::-1], there[::-1])
    after = _common(behind, behind_there)
    return (
        ((before >= 2 or not here + there) and before + after >= _SAME_CONTEXT)
        or _turned_round(here, there, behind_there)
        or _turned_round(there, here, behind)
    )


def _turned_round(before: str, other_before: str, other_after: str) -> bool:
    """Whether what stands before one number stands around the other:
    配建车位500个, 配建412个车位."""
    for length in range(2, len(other_after) + 1):
        if before.endswith(other_after[:length]):
            lead = _common(before[:-length][::-1], other_before[::-1])
            if lead >= 2 and lead + length >= _SAME_CONTEXT:
                return True
    return False


def _before(text: str, match: re.Match[str]) -> str:
    near = text[max(match.start() - 2 * _CONTEXT, 0) : match.start()]
    return _plain(_MARK.split(near)[-1])[-_CONTEXT:]


def _after(text: str, match: re.Match[str]) -> str:
    near = text[match.end() : match.end() + 2 * _CONTEXT]
    return _plain(_MARK.split(near)[0])[:_CONTEXT]


def _plain(text: str) -> str:
    """Without blanks, which the one writer puts around numbers and the other does not."""
    return re.sub(r"[^\S\n]", "", text)


def _common(one: str, other: str) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def _told(stretch: _Stretch, match: re.Match[str], known: str) -> Difference:
    return Difference(
        stretch.start + match.start(),
        stretch.start + match.end(),
        f"文中{_plain(match.group())}，{known}",
    )
