"""Personal data in text: found, shown where, masked.

Every text that leaves the office passes :func:`find`; a finding stops publication.
Checks that can be computed are (GB 11643-1999 for ID numbers, Luhn for bank
cards), so that order numbers and amounts are not mistaken for people. Ways of
writing (full width, odd dashes and blanks, invisible characters) make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶"
    "程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺"
    "毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文洪季俞章鲁葛"
)
# 西门 and 百里 are left out: in letters they are a gate and a distance.
DOUBLE_SURNAMES = (
    "欧阳|司马|上官|诸葛|司徒|司空|令狐|皇甫|公孙|慕容|尉迟|东方|夏侯|南宫|端木|轩辕|独孤|宇文|长孙"
    "|鲜于|闻人|澹台|淳于|申屠|呼延|拓跋|东郭|钟离|万俟|赫连|濮阳|太史|公冶|宗政"
)
HAN = r"[\u4e00-\u9fff]"
NAME = rf"(?:(?:{DOUBLE_SURNAMES})|[{SURNAMES}]){HAN}{{1,2}}"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

# Every quantifier below is bounded, or stands behind a lookbehind that lets one run be
# entered only once: the time is linear in the text, whatever is written in it.
GAP = r"[ -]{0,3}"
# Not the tail of 0.138…, nor the whole part of an amount (13812345678.50元).
NUMBER_START = r"(?<!\d)(?<!(?<!\d)0\.)"
NUMBER_END = r"(?!\d)(?!(?:\.\d{1,4})?[万亿]?元(?!旦))"
AREA = r"(?:10|2\d|[3-9]\d{2})"
# Dots stand in both places or in none: 138.1234.5678 is a telephone, 1381234.5678 is not.
MOBILE = rf"1[3-9]\d(?:\.\d{{4}}\.\d{{4}}|{GAP}\d{{4}}{GAP}\d{{4}})"
# A local number has eight digits where the area code has three, else seven or eight.
LANDLINE = (
    rf"(?:0|(?:\+|00)86{GAP}0?)"
    rf"(?:(?:10|2\d)\d{{8}}|[3-9]\d{{2}}\d{{7,8}}"
    rf"|{AREA}(?:[.)]|\)?[ -]{{1,3}})\d{{3,4}}{GAP}\d{{4}})"
)

# A home is a door: a building or entrance, then the number on the door. A street number, a
# building or a storey alone is not, or no counter of a public office could be named.
_COUNT = "[一二三四五六七八九十百零〇]{1,5}"
_BUILDING = rf"(?:\d{{1,4}}|(?<![A-Za-z])[A-Za-z]\d{{0,2}}|{_COUNT})"
_ENTRANCE = r"(?:\d{1,2}|[一二三四五六七八九十甲乙丙丁东西南北中A-Za-z])(?:单元|门)"
_NAMED_DOOR = rf"(?:[A-Za-z]?\d{{2,4}}[A-Za-z]?|{_COUNT})(?:室|房(?![屋产间])|号(?![楼线路院馆门]))"
# A bare number is a door unless a unit follows: 3栋120平方米, 2栋10层, 3座110千伏, 1号楼12号楼.
# Half of the units also begin a word of another meaning: 402家里, 402日夜, 402天天, 402间歇.
_UNIT = (
    r"[%A-Za-z#年月号万亿千百兆户套房名个层楼栋幢座米亩吨余台处条项岁度辆]|单元|元(?!旦)|日(?![常夜])"
    r"|家(?![里中的门])|人(?!家)|间(?![歇断])|平[方米]|天(?!天)|次(?!卧)|[多几][户套间平个人米亩]"
    r"|[至到]\d|\.\d{1,2}[平米万亿元亩A-Za-z]"
)
_BARE_DOOR = rf"\d{{2,4}}(?!\d|{_UNIT})"
_DOOR = rf"(?:{_NAMED_DOOR}|{_BARE_DOOR})"
HOME = (
    rf"(?:\d{{1,5}}号)?(?:{_BUILDING}(?:号楼|#楼|栋|幢)|(?<![A-Za-z])[A-Za-z]座)[ -]?"
    rf"(?:{_ENTRANCE}[ -]?|\d{{1,2}}-)?{_DOOR}"
    rf"|{_BUILDING}座{_NAMED_DOOR}"
    rf"|\d{{1,5}}号(?:{_ENTRANCE})?\d{{2,4}}[室房](?![屋产间])"
    rf"|(?:\d{{1,2}}|[一二三四五六七八九十])单元[ -]?{_DOOR}"
)


@dataclass(frozen=True)
class Finding:
    """One piece of personal data: what it is, where it stands, how it may be shown."""

    kind: str
    label: str
    start: int
    end: int
    text: str
    masked: str


@dataclass(frozen=True)
class _Kind:
    """How one kind of personal data looks, and how much of it may be shown.

    :param keep: characters left standing at the head and at the tail.
    :param pattern: matched against folded text; its group, if it has one, is the data.
    """

    kind: str
    label: str
    keep: tuple[int, int]
    pattern: re.Pattern[str]
    check: Callable[[str], bool] = lambda _text: True


def id_number_is_valid(text: str) -> bool:
    """Whether 18 characters, gaps aside, have a right check digit and month (GB 11643-1999)."""
    digits = re.sub(r"[ -]", "", text).upper()
    if not (1 <= int(digits[10:12]) <= 12 and 1 <= int(digits[12:14]) <= 31):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, ID_WEIGHTS, strict=False))
    return ID_CHECK[total % 11] == digits[17]


def luhn_is_valid(text: str) -> bool:
    """Whether a bank-card number passes the Luhn check (ISO/IEC 7812-1)."""
    digits = [int(char) for char in re.sub(r"\D", "", text)]
    doubled = [
        d if i % 2 == 0 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(digits[::-1])
    ]
    return sum(doubled) % 10 == 0


# The order matters: what an earlier kind has taken, a later one does not see.
KINDS = (
    _Kind(
        "id_number",
        "身份证号",
        (3, 2),
        re.compile(rf"(?<![\dA-Za-z])[1-9]\d{{5}}{GAP}\d{{8}}{GAP}\d{{3}}[\dXx](?![\dA-Za-z])"),
        id_number_is_valid,
    ),
    _Kind(
        "bank_card",
        "银行卡号",
        (4, 4),
        re.compile(r"(?<!\d)[3-6]\d{3}(?:[ -]?\d{4}){2,3}[ -]?\d{1,4}(?!\d)"),
        luhn_is_valid,
    ),
    _Kind(
        "mobile",
        "手机号码",
        (3, 2),
        re.compile(rf"{NUMBER_START}(?:(?:\+|00)?86{GAP}|0)?{MOBILE}{NUMBER_END}"),
    ),
    _Kind("landline", "固定电话", (4, 2), re.compile(rf"{NUMBER_START}{LANDLINE}{NUMBER_END}")),
    _Kind(
        "email",
        "电子邮箱",
        (1, 0),
        re.compile(r"(?<![\w.+-])[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII),
    ),
    _Kind(
        "wechat",
        "微信号",
        (0, 0),
        # 官方微信 is the office's own; 微信 alone may be followed by App or WeChat. \w is ASCII.
        re.compile(
            r"(?:微信(?:号|ID)(?:是|为)?:? {0,3}(?=[\w-]{3})"
            r"|(?<!官方)(?<!政务)(?:微信|(?<![A-Za-z])[VvWw][Xx]号?|[Vv]信)"
            r"(?:是|为)?: {0,3}(?=[\w-]{6})"
            r"|加(?:我|个)?微信 {0,3}(?=[\w-]{6})"
            r"|微信 {0,3}(?=[A-Za-z_-]{1,19}\d)(?=[\w-]{6}))"
            r"([A-Za-z][\w-]{2,19})(?!:/)",
            re.ASCII,
        ),
    ),
    _Kind(
        "plate",
        "车牌号",
        (2, 1),
        re.compile(rf"[{PROVINCES}][A-Z][. -]?[A-Z0-9]{{5,6}}(?![A-Z0-9])"),
    ),
    _Kind("name", "姓名", (1, 0), re.compile(rf"{NAME}(?=(?:先生|女士|同志)(?!们))")),
    _Kind(
        "name",
        "姓名",
        (1, 0),
        re.compile(rf"(?:联系|当事|投诉|来电|反映|举报)人: ?({NAME})(?!{HAN})"),
    ),
    _Kind("address", "门牌住址", (0, 0), re.compile(HOME)),
)
INVISIBLE = "\u200b"
_SIGNS = {"−": "-", "·": ".", "•": ".", "・": ".", "\t": " "}


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
    if char in _SIGNS or category in ("Pd", "Zs"):
        return _SIGNS.get(char, "-" if category == "Pd" else " ")
    if category in ("Cf", "Mn", "Me"):  # zero width, direction, keycaps, strokes through digits
        return INVISIBLE
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 and category != "No" else char


_FOLDING = _Folding()


def find(text: str) -> list[Finding]:
    """All personal data in ``text``, in order of place, never overlapping.

    ``start`` and ``end`` are character positions; they and the text are those of the
    original, however it was folded to be read.
    """
    findings = [_finding(kind, text, start, end) for kind, start, end in _spans(text)]
    return sorted(findings, key=lambda finding: finding.start)


def mask(text: str) -> str:
    """``text`` with each finding replaced by its masked form."""
    for finding in reversed(find(text)):
        text = text[: finding.start] + finding.masked + text[finding.end :]
    return text


def mask_name(name: str) -> str:
    """A name as colleagues without need see it: ``王**``."""
    return name[:1] + "*" * (len(name) - 1) if name else ""


def _spans(text: str) -> Iterator[tuple[_Kind, int, int]]:
    copies = _readings(text)
    taken = bytearray(len(text))
    for kind in KINDS:
        for copy, places in copies:
            for match in kind.pattern.finditer(copy):
                first, past = match.span(kind.pattern.groups)
                start, end = places[first], places[past - 1] + 1
                if not any(taken[start:end]) and kind.check(copy[first:past]):
                    taken[start:end] = b"\1" * (end - start)
                    yield kind, start, end


def _readings(text: str) -> list[tuple[str, Sequence[int]]]:
    """``text`` folded, and where in ``text`` each character of it stands.

    An invisible character may hide within a number or part two of them; so text with
    such characters is read both ways, first as if they were not there.
    """
    folded = text.translate(_FOLDING)
    places = range(len(folded))
    if INVISIBLE not in folded:
        return [(folded, places)]
    seen = [place for place in places if folded[place] != INVISIBLE]
    return [(folded.replace(INVISIBLE, ""), seen), (folded, places)]


def _finding(kind: _Kind, text: str, start: int, end: int) -> Finding:
    found = text[start:end]
    head, tail = kind.keep
    hidden = max(len(found) - head - tail, 0)
    masked = found[:head] + "*" * hidden + (found[-tail:] if tail else "")
    return Finding(kind.kind, kind.label, start, end, found, masked)
