"""What a year of trainings and meetings comes to, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from responder.openness.trainings.models import KIND_LABELS, OccasionKind
from responder.openness.trainings.service import YearCounts

MEASURES = {
    OccasionKind.TRAINING: "场",
    OccasionKind.LEADING_GROUP: "次",
    OccasionKind.MEETING: "次",
}


def title_of(year: int) -> str:
    return f"{year}年政务公开培训和会议登记表"


def summary(counts: Mapping[OccasionKind, YearCounts]) -> str:
    """``业务培训12场（860人次），领导小组会议2次``; empty where nothing was held."""
    told = []
    for kind, one in counts.items():
        if not one.held:
            continue
        people = ""
        if kind is OccasionKind.TRAINING and one.people:
            people = f"{one.people}人次"
            if one.uncounted:
                people += f"，另有{one.uncounted}场没有统计人数"
            people = f"（{people}）"
        told.append(f"{KIND_LABELS[kind]}{one.held}{MEASURES[kind]}{people}")
    return "，".join(told)
