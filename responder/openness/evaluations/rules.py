"""What totals, ranks and changes are. Pure: decimals in, decimals out."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
# A score, or None for what does not apply to the unit (不适用).
Mark = Decimal | None

HUNDRED = Decimal(100)
_CENT = Decimal("0.01")
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")

PLACEHOLDERS = {
    "年份": "测评所属年份",
    "次数": "本年同类的第几次",
    "类别": "内部测评、第三方测评或省级测评",
    "名称": "这一轮的名称",
    "机构": "测评机构",
    "日期": "测评日期",
    "单位数": "排名的单位数",
    "平均分": "各单位得分的平均数",
    "最高分": "最高的得分",
    "最低分": "最低的得分",
    "前列单位": "各组第一名",
    "靠后单位": "须表态发言的单位",
    "上升单位": "名次比上一轮上升的单位",
    "说明期限": "表态发言材料的报送期限",
}


@dataclass(frozen=True)
class Scored:
    """One indicator of one unit.

    :param weight: percent; :param full: the highest mark, above 0.
    :param score: None: it does not apply.
    """

    weight: Decimal
    full: Decimal
    score: Mark


@dataclass(frozen=True)
class Change:
    """What moved since the round before.

    :param rank: places gained, positive is better; None where the two cannot be compared.
    :param total: points gained; None where either has no total.
    :param new: the unit was not in the round before.
    """

    rank: int | None
    total: Decimal | None
    new: bool = False


def weighted_total(scored: Iterable[Scored]) -> Decimal | None:
    """The total out of 100, two decimals, a half upwards.

    Each indicator gives the share of its full mark that was reached, times its weight. What does
    not apply leaves the base: the weights of the others then make up the whole. None where
    nothing applies, or what applies has no weight.
    """
    applied = [(one.weight, one.score / one.full) for one in scored if one.score is not None]
    base = sum((weight for weight, _share in applied), Decimal(0))
    if not base:
        return None
    reached = sum((weight * share for weight, share in applied), Decimal(0))
    return (reached / base * HUNDRED).quantize(_CENT, ROUND_HALF_UP)


def ranks(totals: Mapping[Key, Decimal | None]) -> dict[Key, int]:
    """Places by total, equal totals share one and use it up: 1, 2, 2, 4. No total, no place."""
    known = {key: total for key, total in totals.items() if total is not None}
    first: dict[Decimal, int] = {}
    for place, total in enumerate(sorted(known.values(), reverse=True), 1):
        first.setdefault(total, place)
    return {key: first[total] for key, total in known.items()}


def last_ones(totals: Mapping[Key, Decimal | None], count: int) -> set[Key]:
    """The last ``count`` of a group, and whoever has the same total as the first of these.

    Nobody who shares the first place is among them.
    """
    known = {key: total for key, total in totals.items() if total is not None}
    if count < 1 or not known:
        return set()
    ordered = sorted(known.values())
    limit, best = ordered[min(count, len(ordered)) - 1], ordered[-1]
    return {key for key, total in known.items() if total <= limit and total < best}


def change(
    rank: int | None,
    total: Decimal | None,
    before: tuple[int | None, Decimal | None] | None,
    comparable: bool = True,
) -> Change:
    """What moved since the round before.

    :param before: (rank, total) then; None where the unit was not in it.
    :param comparable: whether the places were taken among the same group.
    """
    if before is None:
        return Change(None, None, new=True)
    old_rank, old_total = before
    moved = None
    if comparable and rank is not None and old_rank is not None:
        moved = old_rank - rank
    gained = total - old_total if total is not None and old_total is not None else None
    return Change(moved, gained)


def weights_problem(weights: Sequence[Decimal]) -> str:
    """A sentence where weights do not sum to 100; empty where they do, or there are none."""
    total = sum(weights, Decimal(0))
    if not weights or total == HUNDRED:
        return ""
    return f"各项权重之和是 {format(total.normalize(), 'f')}，不是 100：总分按实际权重折算为百分制"


def unknown_placeholders(text: str) -> list[str]:
    """What stands in braces and is no placeholder, each once."""
    found = dict.fromkeys(_PLACEHOLDER.findall(text))
    return [name for name in found if name not in PLACEHOLDERS]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The template with its placeholders filled; a line that needs an empty value is left out."""
    lines = []
    for line in text.split("\n"):
        names = _PLACEHOLDER.findall(line)
        if any(not values.get(name, "x") for name in names):
            continue
        lines.append(_PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), line))
    return "\n".join(lines)
