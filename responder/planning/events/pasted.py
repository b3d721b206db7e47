"""A pasted list of media, one to a line: 媒体 记者 电话, and a press card if there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_LINES = 300
LONGEST_OUTLET, LONGEST_NAME, LONGEST_PHONE, LONGEST_CARD = 100, 64, 32, 64

_PHONE = re.compile(r"[+＋]?[\d０-９][\d０-９\-－—\s()（）]{3,24}[\d０-９]")
_BETWEEN = re.compile(r"\s*[,，;；、|]\s*|\s+")


@dataclass(frozen=True)
class PastedMedium:
    """A medium as somebody pasted it."""

    outlet: str
    journalist: str = ""
    phone: str = ""
    accreditation: str = ""


@dataclass(frozen=True)
class Pasted:
    """What could be read, and the lines that could not, as they were, with what to do."""

    media: tuple[PastedMedium, ...]
    refused: tuple[str, ...]
    problems: tuple[str, ...]


def read_media(text: str) -> Pasted:
    """Read a pasted list. Columns are parted by tabs (from a table), commas or spaces."""
    media, refused, problems = [], [], []
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    for number, line in lines:
        cells = _cells(line.strip())
        problem = _problem(cells) if number <= MOST_LINES else f"一次最多 {MOST_LINES} 行"
        if problem:
            refused.append(line.strip())
            problems.append(f"第 {number} 行：{problem}")
        else:
            media.append(_medium(cells))
    return Pasted(tuple(media), tuple(refused), tuple(problems))


def _cells(line: str) -> list[str]:
    if "\t" in line:
        return [cell.strip() for cell in line.split("\t")]
    return [cell for cell in _BETWEEN.split(line) if cell]


def _medium(cells: list[str]) -> PastedMedium:
    """Of two columns the second is the journalist, or a phone where it looks like one."""
    outlet, *rest = cells
    if len(rest) == 1 and _PHONE.fullmatch(rest[0]):
        return PastedMedium(outlet, "", rest[0])
    return PastedMedium(outlet, *rest)


def _problem(cells: list[str]) -> str:
    if len(cells) > 4:
        return "多于四列（媒体、记者、电话、记者证号）：请删去多余的内容"
    medium = _medium(cells)
    if not medium.outlet:
        return "没有媒体名称：请在第一列补上"
    for label, value, longest in (
        ("媒体名称", medium.outlet, LONGEST_OUTLET),
        ("记者姓名", medium.journalist, LONGEST_NAME),
        ("电话", medium.phone, LONGEST_PHONE),
        ("记者证号", medium.accreditation, LONGEST_CARD),
    ):
        if len(value) > longest:
            return f"{label}超过 {longest} 个字：请缩短"
    if medium.phone and not _PHONE.fullmatch(medium.phone):
        return f"“{medium.phone}”不像电话号码：请核对第三列"
    return ""
