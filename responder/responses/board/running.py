"""One step for many items: an edge that takes it item by item, each wholly or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from responder.accounts.proofs import Proven
from responder.core.database import db, transaction
from responder.core.errors import DomainError, NotFound
from responder.core.lifecycle import Attempt
from responder.responses import service
from responder.responses.board.service import ONE_BY_ONE
from responder.responses.service import StepFacts
from responder.web.sentences import spoken

Seen = tuple[int, int]


@dataclass(frozen=True)
class Outcome:
    """What became of one item; ``refusal`` is empty when the step was taken."""

    item_id: int
    title: str
    refusal: str = ""


def run(
    chosen: Sequence[Seen],
    action: str,
    own: Attempt,
    zone: ZoneInfo,
    proven: Proven | None,
) -> list[Outcome]:
    """Take a step with each item as it was seen.

    :param chosen: id and version of each; ``own``: who acts, when, with which remark;
        ``proven``: one proof for the lot.
    """
    return [_take(one, action, own, zone, proven) for one in chosen]


def _take(seen: Seen, action: str, own: Attempt, zone: ZoneInfo, proven: Proven | None) -> Outcome:
    item_id, version = seen
    try:
        with transaction(own.actor, own.now) as session:
            item = service.find_item_as_seen(session, item_id, version)
            title = item.title
            if action in ONE_BY_ONE:
                return Outcome(item_id, title, "保密审查须逐件办理：请打开事项填写结论")
            attempts = service.attempts_of(session, own.actor, own.now, zone, own.note)
            attempt = service.attempt_for(item, action, attempts)
            service.advance(session, item, action, attempt, StepFacts(proven=proven))
    except DomainError as error:
        return Outcome(item_id, _title(item_id), spoken(error.message))
    return Outcome(item_id, title)


def _title(item_id: int) -> str:
    try:
        return service.find_item(db.session, item_id).title
    except NotFound:
        return f"#{item_id}"
