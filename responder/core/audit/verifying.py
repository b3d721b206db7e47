"""Whether the trail is what it was: walked from its beginning to its end, in flat memory."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.orm import Session

from responder.core import soundness
from responder.core.audit.chain import BEGINNING, NAMES, STORED, Head, Told, digest_after, told
from responder.core.audit.models import AuditEvent, AuditLink
from responder.core.audit.stored import as_stored, legible
from responder.core.errors import Invalid
from responder.core.office import office_zone
from responder.core.times import local

ROWS_A_STEP = 2_000
LOOKS_AHEAD = 1_000  # links, for an event that stands at another's place

_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


class Link(NamedTuple):
    """A link as it is stored, and the event that it names; None where that is gone.

    What of an event cannot be read is not in it, and then no digest holds.
    """

    number: int
    digest: str
    event: Told | None


@dataclass(frozen=True)
class Outcome:
    """How far the chain holds.

    :ivar head: of the last link that holds.
    :ivar problem: a sentence on the first that does not; empty where all do.
    :ivar start: the head after which that was looked at.
    """

    head: Head
    problem: str = ""
    start: Head = BEGINNING

    @property
    def count(self) -> int:
        """How many events hold."""
        return self.head.number - self.start.number


def read_head(text: str) -> Head:
    """``NUMBER:DIGEST``, as backups, exports and logs tell it.

    :raises Invalid: it is nothing like that.
    """
    match = _HEAD.fullmatch(text.strip())
    if match is None:
        raise Invalid(
            "链头要写作“序号:摘要”，如 120:9f…（64 位十六进制数）：从备份、导出或日志里抄"
        )
    return Head(int(match[1]), match[2])


def verify(connection: Connection | Session, anchors: Sequence[Head] = ()) -> Outcome:
    """Walk the chain of a database, and look for events that are not in it.

    :param anchors: heads that were noted elsewhere; the chain must go through each.
    """
    with closing(links_of(connection)) as links:
        outcome = walk(links, anchors)
    return outcome if outcome.problem else Outcome(outcome.head, unlinked(connection))


def links_of(connection: Connection | Session, after: int = 0) -> Generator[Link, None, None]:
    """Every link after a number, in order; to be closed by whoever does not read it to its end."""
    query = select(AuditLink.number, as_stored(AuditLink.digest), *STORED).outerjoin(
        AuditEvent, AuditEvent.id == AuditLink.event_id
    )
    query = query.where(_later(after)).order_by(AuditLink.number)
    place = 2 + NAMES.index("id")
    found = connection.execute(query, execution_options={"yield_per": ROWS_A_STEP})
    with closing(found):  # whoever stops at the first problem leaves the rest unread
        for row in found:
            number, digest, *values = row
            event = None if row[place] is None else told(values)
            yield Link(number, legible(digest), event)


def _later(after: int) -> ColumnElement[bool]:
    # From the very beginning also what somebody numbered before it.
    return AuditLink.number > after if after else AuditLink.number.is_not(None)


def unlinked(connection: Connection | Session) -> str:
    """A sentence on events that stand in no link; empty where there are none."""
    linked = select(AuditLink.event_id).where(AuditLink.event_id == AuditEvent.id).exists()
    count, first = connection.execute(
        select(func.count(), func.min(AuditEvent.id)).where(~linked)
    ).one()
    if not count:
        return ""
    event = connection.execute(select(*STORED).where(AuditEvent.id == first)).one()
    return f"有 {count} 条记录不在链上，第一条是{_named(told(event))}：绕过系统加入，或链被截断"


def walk(links: Iterable[Link], anchors: Sequence[Head] = (), start: Head = BEGINNING) -> Outcome:
    """Reckon each digest anew; stop at the first that is not what is stored.

    :param links: in the order of their numbers, read one by one.
    :param start: a head that is taken as proven, which the first link follows.
    :raises Invalid: a head was noted of what comes before ``start``, where nothing can tell.
    """
    if earlier := [head for head in anchors if head.number < start.number]:
        raise Invalid(
            f"要对照的第 {min(earlier).number} 条在文件开头（第 {start.number} 条之后）之前："
            "请对照数据库，或用从头导出的文件"
        )
    place, problem = _walked(links, _by_number(anchors), start)
    if missing := [head for head in anchors if head.number > place.number and not problem]:
        problem = f"链到第 {place.number} 条为止，曾有第 {missing[0].number} 条：尾部被删除"
    return Outcome(place, problem, start)


def _walked(
    links: Iterable[Link], wanted: Mapping[int, set[Head]], start: Head
) -> tuple[Head, str]:
    """The last place that holds, and a sentence on the first that does not."""
    place, problem = start, _passed_by(start, wanted)
    coming = iter(links)
    while not problem and (link := next(coming, None)) is not None:
        problem = _problem(place, link, coming)
        if not problem:
            place = Head(link.number, link.digest)
            problem = _passed_by(place, wanted)
    return place, problem


def _by_number(anchors: Iterable[Head]) -> Mapping[int, set[Head]]:
    """Every head counts: of two with the same number and different digests one is wrong."""
    found: dict[int, set[Head]] = {}
    for head in anchors:
        found.setdefault(head.number, set()).add(head)
    return found


def _passed_by(place: Head, wanted: Mapping[int, set[Head]]) -> str:
    """A sentence on a noted head that the chain does not go through here; empty where it does."""
    others = wanted.get(place.number, set()) - {place}
    if not others:
        return ""
    head = min(others)
    return f"链不再经过曾记下的第 {head.number} 条（{head.digest[:12]}…）：这一条或之前的被改写"


def _problem(place: Head, link: Link, coming: Iterator[Link]) -> str:
    expected = place.number + 1
    if link.number > expected:
        gone = (
            f"第 {expected} 条"
            if link.number == expected + 1
            else f"第 {expected} 至 {link.number - 1} 条"
        )
        return f"{gone}不见了：被删除"
    if link.number < expected:
        return f"第 {link.number} 条不在链的开头之后：被插入"
    if link.event is None:
        return f"第 {link.number} 条的记录不见了：被删除"
    reckoned = digest_after(place.digest, link.event)
    if reckoned == link.digest and link.event.keys() == set(NAMES):
        return ""
    what = _diagnosis(place, link, reckoned, list(islice(coming, LOOKS_AHEAD)))
    return f"第 {link.number} 条，{_named(link.event)}：{what}"


def _diagnosis(place: Head, link: Link, reckoned: str, later: list[Link]) -> str:
    """What was done, as far as the links behind it tell."""
    for one in later:
        if one.event is not None and digest_after(place.digest, one.event) == link.digest:
            return f"次序被调换，这里原是现在的第 {one.number} 条"
    follower = later[0] if later else None
    if follower is not None and follower.event is not None:
        if digest_after(place.digest, follower.event) == follower.digest:
            return "被插入"
        if digest_after(reckoned, follower.event) == follower.digest:
            return "它的摘要被改动"
    return "被改动，或紧接其前的记录被删除"


def _named(event: Told) -> str:
    """Number, record, time and deed: enough to find it, as far as it can be read."""
    told_of = {name: event.get(name, "（不可读）") for name in NAMES}
    record = f"{told_of['object_type']} {told_of['object_id']}"
    return f"审计记录 {told_of['id']}（{_when(event)}，{record}，{told_of['action']}）"


def _when(event: Told) -> str:
    try:
        at = local(datetime.fromisoformat(event["at"]), office_zone())
    except (KeyError, TypeError, ValueError, OverflowError):
        return "时间不可读"
    return f"{at:%Y-%m-%d %H:%M:%S}"


@soundness.holds("审计链")
def _chain_holds(session: Session) -> Iterator[str]:
    problem = verify(session).problem
    if problem:
        yield f"{problem}。请运行 responder audit verify，并与备份、导出的审计记录对照"
