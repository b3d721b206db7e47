"""What a message outside says: number, duty, time left, link; nobody's name and no citizen's words.

A group chat is read by many and mail by whoever runs its server: of an order nothing is told
but its number, of an item its title without personal data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from responder.core.times import chinese_moment
from responder.warnings.models import SEVERITY_LABELS
from responder.warnings.rules import GRAVITY, Severity

# What the strictest robot takes (企业微信), less what apprise adds.
MOST_BYTES = 1_800


@dataclass(frozen=True)
class Line:
    """One warning as it is told outside.

    :param link: empty where the desk's address is not known.
    """

    severity: Severity
    what: str
    duty: str
    due_at: datetime
    link: str = ""

    @property
    def urgency(self) -> tuple[int, datetime]:
        return -GRAVITY[self.severity], self.due_at


def left(due_at: datetime, now: datetime) -> str:
    """``还剩 3 小时 20 分`` or ``已超 2 天``."""
    word = "还剩" if due_at > now else "已超"
    hours, minutes = divmod(int(abs(due_at - now) / timedelta(minutes=1)), 60)
    if hours >= 72:
        return f"{word} {hours // 24} 天"
    return f"{word} {hours} 小时 {minutes} 分" if hours else f"{word} {minutes} 分钟"


def message(lines: Sequence[Line], now: datetime, zone: ZoneInfo, desk: str) -> tuple[str, str]:
    """Title and text of one message, most urgent first.

    :param desk: the address of the list; empty where it is not known.
    """
    ordered = sorted(lines, key=lambda line: line.urgency)
    first = ordered[0]
    if len(ordered) == 1:
        title = f"【{SEVERITY_LABELS[first.severity]}】{first.what}{left(first.due_at, now)}"
        return title, "\n".join(filter(None, [_told(first, now, zone), first.link]))
    worst = SEVERITY_LABELS[first.severity]
    return f"【{worst}】{len(ordered)} 项时限预警", _digest(ordered, now, zone, desk)


def _told(line: Line, now: datetime, zone: ZoneInfo) -> str:
    due = chinese_moment(line.due_at, zone)
    return f"{line.what}：{line.duty}，{due}到期，{left(line.due_at, now)}"


def _digest(lines: Sequence[Line], now: datetime, zone: ZoneInfo, desk: str) -> str:
    told: list[str] = []
    room = MOST_BYTES
    for number, line in enumerate(lines, 1):
        text = f"{number}. [{SEVERITY_LABELS[line.severity]}] {_told(line, now, zone)}"
        text = f"{text} {line.link}".rstrip()
        room -= len(text.encode()) + 1
        if room < 0:
            told.append(f"另有 {len(lines) - number + 1} 项")
            break
        told.append(text)
    return "\n".join(filter(None, [*told, desk and f"全部：{desk}"]))
