"""Pure: what the figures around publication say, the unwelcome as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from responder.planning.briefing.rules import COMPARED_DAYS, Comparison, Week

# Of so few messages no share is told.
LEAST_MESSAGES = 5
# A share that moved by less, in points of a hundred, has not moved.
SAME_SHARE = 5

NEGATIVE = "negative"


@dataclass(frozen=True)
class Finding:
    """One sentence. ``welcome``: does it speak for the answer? None where nothing can be said."""

    text: str
    welcome: bool | None


def findings(
    comparison: Comparison, before: Mapping[str, int], after: Mapping[str, int], people_after: int
) -> list[Finding]:
    """What can be said, and what cannot.

    :param before, after: tone → messages of the days compared.
    :param people_after: who wrote after the day of publication.
    """
    one, other = comparison.before, comparison.after
    if one is None or other is None:
        days = max(comparison.days_since, 0)
        told = f"发布后才有 {days} 天的数字，满 {COMPARED_DAYS} 天再比较"
        return [Finding(told, None)]
    return [
        _volume(one, other),
        _heat(one, other),
        _tone(before, after),
        _asked_again(people_after),
    ]


def _volume(before: Week, after: Week) -> Finding:
    told = f"发布前 {COMPARED_DAYS} 天日均 {before.per_day:.1f} 条，发布后 {after.per_day:.1f} 条"
    if not before.per_day and not after.per_day:
        return Finding(f"{told}：前后都没有留言，看不出变化", None)
    if after.per_day < before.per_day:
        return Finding(f"{told}：留言减少", True)
    return Finding(f"{told}：留言没有减少", False)


def _heat(before: Week, after: Week) -> Finding:
    if before.heat is None or after.heat is None:
        return Finding("热度记录不足，不能比较", None)
    told = f"平均热度由 {before.heat:.0f} 到 {after.heat:.0f}"
    fell = round(after.heat) < round(before.heat)
    return Finding(f"{told}：{'热度下降' if fell else '热度没有下降'}", fell)


def _tone(before: Mapping[str, int], after: Mapping[str, int]) -> Finding:
    if min(sum(before.values()), sum(after.values())) < LEAST_MESSAGES:
        return Finding(f"前后有一边不足 {LEAST_MESSAGES} 条留言，语气不作比较", None)
    one, other = _share(before), _share(after)
    told = f"负面语气由 {one:.0f}% 到 {other:.0f}%"
    if other <= one - SAME_SHARE:
        return Finding(f"{told}：负面减少", True)
    return Finding(f"{told}：负面没有减少", False)


def _share(tones: Mapping[str, int]) -> float:
    return 100 * tones.get(NEGATIVE, 0) / sum(tones.values())


def _asked_again(people: int) -> Finding:
    if people:
        return Finding(f"发布次日起又有 {people} 人提出：请看他们问的是否已经答过", False)
    return Finding("发布次日起没有人再提出", True)
