"""What waits for somebody: one row, whatever lifecycle it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

WAITING_LABELS = {
    "order": "工单",
    "item": "回应事项",
    "part": "要本单位提供的材料",
    "event": "发布活动",
    "package": "政策文件",
    "to_send": "待报送",
    "to_tell": "待登记结果",
}

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Waiting:
    """One thing that waits, as Today lists it beside all others.

    :param label: of what kind it is: 回应事项, 工单.
    :param title: shown masked, less the ``names`` that are on record.
    :param endpoint: of its page, with ``values``.
    :param due_at: when it should be done; None where nothing says so.
    :param state: where it stands, in words; ``tone`` colours them.
    """

    label: str
    title: str
    endpoint: str
    values: dict[str, Any]
    due_at: datetime | None
    unit: str
    state: str
    tone: str = ""
    names: frozenset[str] = field(default=frozenset())


def by_time_left(rows: Iterable[Waiting]) -> list[Waiting]:
    """The most urgent first; what has no deadline last."""
    return sorted(rows, key=lambda one: one.due_at or _NEVER)
