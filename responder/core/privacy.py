"""Personal data in text: found, shown where, masked.

Every text that leaves the office passes :func:`find`; a finding stops publication.
Checks that can be computed are (GB 11643-1999 for ID numbers, Luhn for bank
cards), so that order numbers and amounts are not mistaken for people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶"
    "程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺"
    "毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文洪季俞章鲁葛"
)
NAME = rf"[{SURNAMES}][\u4e00-\u9fff]{{1,2}}"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


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
    """

    kind: str
    label: str
    keep: tuple[int, int]
    pattern: re.Pattern[str]
    check: Callable[[str], bool] = lambda _text: True


def id_number_is_valid(text: str) -> bool:
    """Whether 18 characters carry a right check digit (GB 11643-1999) and a real month."""
    digits = text.upper()
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
        re.compile(r"(?<![\dA-Za-z])[1-9]\d{16}[\dXx](?![\dA-Za-z])"),
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
        re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"),
    ),
    _Kind("landline", "固定电话", (4, 2), re.compile(r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)")),
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
        re.compile(r"(?<=微信号)(?:是|为)?[：:]?\s*[A-Za-z][\w-]{5,19}", re.ASCII),
    ),
    _Kind(
        "plate",
        "车牌号",
        (2, 1),
        re.compile(rf"[{PROVINCES}][A-Z][·• ]?[A-Z0-9]{{5,6}}(?![A-Z0-9])"),
    ),
    _Kind("name", "姓名", (1, 0), re.compile(rf"{NAME}(?=(?:先生|女士|同志)(?!们))")),
    _Kind(
        "name",
        "姓名",
        (1, 0),
        re.compile(rf"(?<=(?:联系|当事|投诉|来电|反映|举报)人[：:]){NAME}(?![\u4e00-\u9fff])"),
    ),
    _Kind(
        "address",
        "门牌住址",
        (0, 0),
        re.compile(
            r"\d{1,4}(?:号楼|栋|幢|座)(?:\d{1,2}(?:单元|门))?\d{2,4}(?:室|房|号)?"
            r"(?![\d年月日万元户套名])"
        ),
    ),
)


def find(text: str) -> list[Finding]:
    """All personal data in ``text``, in order of place, never overlapping.

    ``start`` and ``end`` are character positions.
    """
    findings = [_finding(kind, match) for kind, match in _matches(text)]
    return sorted(findings, key=lambda finding: finding.start)


def mask(text: str) -> str:
    """``text`` with each finding replaced by its masked form."""
    for finding in reversed(find(text)):
        text = text[: finding.start] + finding.masked + text[finding.end :]
    return text


def mask_name(name: str) -> str:
    """A name as colleagues without need see it: ``王**``."""
    return name[:1] + "*" * (len(name) - 1) if name else ""


def _matches(text: str) -> Iterator[tuple[_Kind, re.Match[str]]]:
    taken: list[tuple[int, int]] = []
    for kind in KINDS:
        for match in kind.pattern.finditer(text):
            free = all(match.end() <= start or match.start() >= end for start, end in taken)
            if free and kind.check(match.group()):
                taken.append(match.span())
                yield kind, match


def _finding(kind: _Kind, match: re.Match[str]) -> Finding:
    found = match.group()
    head, tail = kind.keep
    hidden = max(len(found) - head - tail, 0)
    masked = found[:head] + "*" * hidden + (found[-tail:] if tail else "")
    return Finding(kind.kind, kind.label, match.start(), match.end(), found, masked)
