"""Personal data in text: found, shown where, masked.

Every text that leaves the office passes :func:`find`; a finding stops publication.
Checks that can be computed are (GB 11643-1999 for ID numbers, Luhn for bank
cards), so that order numbers and amounts are not mistaken for people. Ways of
writing (full width, odd dashes and blanks, invisible characters) make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from responder.core.privacy.kinds import (
    CUES,
    KINDS,
    Cue,
    Kind,
    id_number_is_valid,
    luhn_is_valid,
)
from responder.core.privacy.names import HAN, NAME, NO_NAME

__all__ = [
    "KINDS", "NOBODY", "Finding", "as_one_word", "find", "id_number_is_valid", "kinds_in",
    "luhn_is_valid", "mask", "mask_name", "named", "public_lines", "recorded_names", "without",
]  # fmt: skip

Window = tuple[int, int]

# Nobody's line is public.
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Finding:
    """One piece of personal data: what it is, where it stands, how it may be shown."""

    kind: str
    label: str
    start: int
    end: int
    text: str
    masked: str


_NAME_KIND = next(kind for kind in KINDS if kind.kind == "name")

INVISIBLE = "\u200b"
_SIGNS = {"−": "-", "·": ".", "•": ".", "・": ".", "\t": " "}


# Letters to a computer, nothing to a reader: fillers of Hangul and Khmer, joiners.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5\u034f\u2800")


class _Folding(dict[int, str]):
    """One character for each: of a way of writing, the plain ASCII that it stands for."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded(chr(code))
        return folded


def _folded(char: str) -> str:
    if char.isascii() and char.isprintable():
        return char
    # ① is no digit here: ①138… is a list, not a longer number.
    if (digit := unicodedata.decimal(char, None)) is not None:
        return str(digit)
    category = unicodedata.category(char)
    if char in _BLANKS or "\U000e0000" <= char <= "\U000e0fff":
        return INVISIBLE
    if char in _SIGNS or category in ("Pd", "Zs"):
        return _SIGNS.get(char, "-" if category == "Pd" else " ")
    if category in ("Cf", "Mn", "Me"):  # zero width, direction, keycaps, strokes through digits
        return INVISIBLE
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 and category != "No" else char


_FOLDING = _Folding()
# Most texts have no other characters than these, and looking is cheaper than folding.
_PUNCTUATION = (
    ("，", ","),
    ("：", ":"),
    ("（", "("),
    ("）", ")"),
    ("；", ";"),
    ("！", "!"),
    ("？", "?"),
)
_UNUSUAL = re.compile(r"[^\u4e00-\u9fff\n -~。、“”《》…]")
_ABROAD = re.compile(r"^(?:00)?86(?=\d{9})")
_AREA = re.compile(r"^(?:10|2\d|[3-9]\d{2})(?=\d{7,8}$)")


# What somebody without a name is called, and what is said after one.
_NICKNAME = re.compile(
    "(?:热心|匿名|某|一位)*(?:市民|网友|网民|居民|群众|村民|业主|用户|游客|读者|家长|匿名|来电人|不详|无名|未知)"
)
_ADDRESSED = re.compile("(?:先生|女士|同志|小姐|师傅|老师|阿姨|大爷|大妈|大姐|大哥)$")
_LIKE_A_NAME = re.compile(rf"{NAME}|(?!{NO_NAME}){HAN}{{3,4}}|{HAN}{{1,8}}·{HAN}{{1,8}}")


def without_invisible(text: str) -> str:
    """A text without what a reader does not see."""
    return "".join(char for char in text if _FOLDING[ord(char)] != INVISIBLE)


def as_one_word(text: str) -> tuple[str, list[int]]:
    """``text`` folded and without what parts its words only to the eye, and where each
    character of it stands: 刁 民 is 刁民.

    A blank between two Latin letters or digits stays: it does part words.
    """
    copy = _fold(text)
    places = [place for place, char in enumerate(copy) if char != INVISIBLE]
    kept = [
        place
        for before, place, after in zip([-1, *places], places, [*places[1:], -1], strict=False)
        if copy[place] != " " or (_is_latin(copy, before) and _is_latin(copy, after))
    ]
    return "".join(copy[place] for place in kept), kept


def _is_latin(copy: str, place: int) -> bool:
    return place >= 0 and copy[place].isascii() and not copy[place].isspace()


def find(
    text: str, public: frozenset[str] = NOBODY, names: frozenset[str] = NOBODY
) -> list[Finding]:
    """All personal data in ``text``, in order of place, never overlapping.

    ``start`` and ``end`` are character positions; they and the text are those of the
    original, however it was folded to be read.

    :param public: the office's own lines, see :func:`public_lines`; they are nobody's.
    :param names: of people who are known to the reader's record, see :func:`recorded_names`.
    """
    findings = [_finding(kind, text, start, end) for kind, start, end in _spans(text)]
    if public:
        findings = [found for found in findings if _line(found.text) not in public]
    if names:
        taken = {place for found in findings for place in range(found.start, found.end)}
        findings += [
            found for found in named(text, names) if taken.isdisjoint(range(found.start, found.end))
        ]
    return sorted(findings, key=lambda finding: finding.start)


def named(text: str, names: frozenset[str]) -> list[Finding]:
    """Where ``text`` names one of some people; blanks between characters do not hide a name."""
    if not names:
        return []
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    either = "|".join(r"[\s\u200b]{0,2}".join(map(re.escape, name)) for name in longest_first)
    return [_finding(_NAME_KIND, text, *match.span()) for match in re.finditer(either, text)]


def recorded_names(authors: Iterable[str]) -> frozenset[str]:
    """The names of people among what is recorded as sender: 王小明, not 市民123, 王女士, user_1."""
    found = set()
    for author in authors:
        for one in re.split(r"[、，,/;；（(]", author):
            name = _ADDRESSED.sub("", re.sub(r"\s", "", one))
            if _LIKE_A_NAME.fullmatch(name) and not _NICKNAME.match(name):
                found.add(name)
    return frozenset(found)


def mask(text: str, public: frozenset[str] = NOBODY, names: frozenset[str] = NOBODY) -> str:
    """``text`` with each finding replaced by its masked form."""
    for finding in reversed(find(text, public, names)):
        text = text[: finding.start] + finding.masked + text[finding.end :]
    return text


def without(text: str) -> str:
    """``text`` with a blank sign (``□``) for each finding: for what is read by its words."""
    for finding in reversed(find(text)):
        text = f"{text[: finding.start]}□{text[finding.end :]}"
    return text


@lru_cache(maxsize=16)
def public_lines(listed: str) -> frozenset[str]:
    """The telephones, addresses and accounts that an office makes public itself.

    :param listed: parted by 、, commas or semicolons; a landline with its area code also
        counts without.
    """
    lines = [_line(one) for one in re.split(r"[、，,;；\n]", listed) if one.strip()]
    return frozenset(lines) | {_AREA.sub("", line) for line in lines}


def _line(text: str) -> str:
    """A number or an account however it is written."""
    folded = text.translate(_FOLDING).replace(INVISIBLE, "").strip().lower()
    if "@" in folded or re.search("[a-z]", folded):
        return folded
    return _ABROAD.sub("", re.sub(r"\D", "", folded)).lstrip("0")


def kinds_in(*texts: str) -> str:
    """The kinds of personal data in some texts, each once, by comma: ``mobile,name``."""
    found = {kind.kind for text in texts if text for kind, _, _ in _spans(text)}
    return ",".join(sorted(found))


def mask_name(name: str) -> str:
    """A name as colleagues without need see it: ``王**``."""
    return name[:1] + "*" * (len(name) - 1) if name else ""


def _spans(text: str) -> Iterator[tuple[Kind, int, int]]:
    readings = [(copy, places, _near(copy)) for copy, places in _readings(text)]
    if not any(near for _, _, near in readings):
        return
    taken: set[int] = set()
    for kind in KINDS:
        for copy, places, near in readings:
            for first, past in _matches(kind, copy, near[kind.cue]) if kind.cue in near else ():
                start, end = places[first], places[past - 1] + 1
                if taken.isdisjoint(range(start, end)) and kind.check(copy[first:past]):
                    taken.update(range(start, end))
                    yield kind, start, end


def _near(copy: str) -> dict[Cue, list[Window]]:
    """For each cue that is there, where to look."""
    found: dict[Cue, list[Window]] = {}
    for cue in CUES:
        for word in cue.words:
            if word in copy:
                break
        else:
            if cue.words:
                continue
        if first := cue.pattern.search(copy):
            found[cue] = list(_windows(cue, copy, first.start()))
    return found


def _windows(cue: Cue, copy: str, first: int) -> Iterator[Window]:
    """Stretches around a cue; those that meet are one."""
    begin, end = max(first - cue.before, 0), first
    for match in cue.pattern.finditer(copy, first):
        if match.start() - cue.before > end:
            yield begin, end
            begin = match.start() - cue.before
        end = match.start() + cue.after
    yield begin, end


def _matches(kind: Kind, copy: str, windows: Iterable[Window]) -> Iterator[Window]:
    """Where a kind may stand, by the pattern alone."""
    for begin, end in windows:
        # A match that fails its check must not hide one that begins within it.
        while match := kind.pattern.search(copy, begin, end):
            yield match.span(kind.group)
            begin = match.start() + 1


def _readings(text: str) -> list[tuple[str, Sequence[int]]]:
    """``text`` folded, and where in ``text`` each character of it stands.

    An invisible character may hide within a number or part two of them; so text with
    such characters is read both ways, first as if they were not there.
    """
    folded = _fold(text)
    places = range(len(folded))
    if INVISIBLE not in folded:
        return [(folded, places)]
    seen = [place for place in places if folded[place] != INVISIBLE]
    return [(folded.replace(INVISIBLE, ""), seen), (folded, places)]


def _fold(text: str) -> str:
    for wide, narrow in _PUNCTUATION:
        text = text.replace(wide, narrow)
    return text.translate(_FOLDING) if _UNUSUAL.search(text) else text


def _finding(kind: Kind, text: str, start: int, end: int) -> Finding:
    found = text[start:end]
    head, tail = kind.keep
    hidden = max(len(found) - head - tail, 0)
    masked = found[:head] + "*" * hidden + (found[-tail:] if tail else "")
    return Finding(kind.kind, kind.label, start, end, found, masked)
