"""A year's status for the console: one JSON object, or lines to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from responder.planning.plans import rules
from responder.planning.plans.frequency import Standing, UnitStanding, form_labels
from responder.planning.plans.rules import Figure, Grouping
from responder.planning.plans.status import YearStatus
from responder.planning.plans.tables import adoption_words


def status_as_json(status: YearStatus) -> dict[str, Any]:
    """Totals, the four groupings, and each rule with the units that it binds."""
    plan, baseline = status.plan, status.baseline
    return {
        "year": status.year,
        "as_of": status.as_of,
        "state": plan.state if plan else None,
        "baseline": None
        if baseline is None
        else {
            "number": baseline.number,
            "adopted_on": baseline.adopted_on,
            "adopted_by": baseline.adopted_by,
            "minutes_number": baseline.minutes_number,
        },
        "total": _figures(status.total),
        **{f"by_{by.value}": _lines(status, by) for by in Grouping},
        "rules": [_rule_as_json(standing) for standing in status.rules],
    }


def _lines(status: YearStatus, by: Grouping) -> list[dict[str, Any]]:
    return [
        {by.value: line.key, "label": line.label, **_figures(line.figures)}
        for line in status.lines(by)
    ]


def _figures(figures: dict[Figure, int]) -> dict[str, int]:
    return {figure.value: count for figure, count in figures.items()}


def _rule_as_json(standing: Standing) -> dict[str, Any]:
    rule = standing.rule
    return {
        "name": rule.name,
        "period": rule.period,
        "least": rule.least,
        "forms": rule.forms,
        "speaker_rank": rule.speaker_rank,
        "source": rule.source,
        "short": [one.unit.name for one in standing.short],
        "units": [_unit_as_json(one) for one in standing.units],
    }


def _unit_as_json(one: UnitStanding) -> dict[str, Any]:
    return {
        "unit": one.unit.name,
        "code": one.unit.code,
        "periods": [
            {
                "period": quota.term.label,
                "timing": quota.timing,
                "held": quota.held,
                "missing": quota.missing,
                "short": quota.is_short,
            }
            for quota in one.quotas
        ],
    }


def status_as_text(status: YearStatus) -> Iterator[str]:
    """Lines to read at a terminal."""
    title = status.plan.title if status.plan else f"{status.year} 年还没有发布计划"
    adopted = f"（{adoption_words(status.plan)}）" if status.plan else ""
    yield f"{title}{adopted}，截至 {status.as_of}"
    yield _sentence("合计", status.total)
    for by in Grouping:
        yield f"{rules.GROUPING_LABELS[by]}："
        for line in status.lines(by):
            if any(line.figures.values()):
                yield "  " + _sentence(line.label, line.figures)
    for standing in status.rules:
        yield from _rule_lines(standing)


def _sentence(label: str, figures: dict[Figure, int]) -> str:
    told = [f"{rules.FIGURE_LABELS[figure]} {count}" for figure, count in figures.items()]
    return f"{label}：{'，'.join(told)}"


def _rule_lines(standing: Standing) -> Iterator[str]:
    rule = standing.rule
    told = ["、".join(form_labels(rule)), rule.counted_rank_label]
    counted = f"（{'；'.join(filter(None, told))}）" if any(told) else ""
    yield f"频次要求“{rule.name}”：{rule.period_label}至少 {rule.least} 场{counted}"
    if not standing.units:
        yield "  还没有选定适用的单位：请在“发布频次要求”页选定"
    for one in standing.units:
        if told := [_quota_words(quota) for quota in one.quotas if _is_told(quota)]:
            yield f"  {one.unit.name}：{'；'.join(told)}"


def _is_told(quota: rules.Quota) -> bool:
    return quota.missing > 0 and quota.timing is not rules.Timing.TO_COME


def _quota_words(quota: rules.Quota) -> str:
    verb = "缺" if quota.is_short else "还差"
    timing = rules.TIMING_LABELS[quota.timing]
    return f"{quota.term.label}（{timing}）已举行 {quota.held} 场，{verb} {quota.missing} 场"
