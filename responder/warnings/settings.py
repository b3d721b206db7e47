"""The office's quiet hours and digests: one row, from the first day on."""

from __future__ import annotations

from datetime import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.errors import Invalid
from responder.core.versions import check_seen
from responder.warnings.models import WarningSetting

MOST_DIGEST = 50
_PLAIN = {"night_from": time(21), "night_to": time(7, 30), "rest_days": True, "digest_over": 2}


def current(session: Session) -> WarningSetting:
    """As the office has set it; as shipped where nothing is stored yet."""
    return session.scalar(select(WarningSetting)) or WarningSetting(**_PLAIN)


def seed(session: Session) -> None:
    if session.scalar(select(WarningSetting.id)) is None:
        session.add(WarningSetting(**_PLAIN))
        session.flush()


def edit(
    session: Session, *, night_from: time, night_to: time, rest_days: bool, digest_over: int,
    version: int | None,
) -> None:  # fmt: skip
    """Change them; what is held already is sent when it was to be.

    :raises Invalid: a digest of fewer than one, or of too many.
    :raises Stale: somebody else has changed them since.
    """
    if not 1 <= digest_over <= MOST_DIGEST:
        raise Invalid(f"请填写 1 到 {MOST_DIGEST} 之间的数", {"digest_over": "超出范围"})
    seed(session)
    row = current(session)
    check_seen(row, version)
    row.night_from, row.night_to = night_from, night_to
    row.rest_days, row.digest_over = rest_days, digest_over
    session.flush()
