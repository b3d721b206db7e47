"""Records that count their changes, so that nobody writes over what they have not seen."""

from __future__ import annotations

from typing import Protocol

from responder.core.errors import Stale


class Versioned(Protocol):
    """Such a record."""

    version_id: int


def check_seen(record: Versioned, version: int | None) -> None:
    """For what somebody decides upon, or writes over, as they had it before them.

    :param version: ``version_id`` on their page; None when the page told none.
    :raises Stale: it has changed since, or nobody knows what was seen.
    """
    if version != record.version_id:
        raise Stale("您打开页面之后，这一项已有变化：请看过最新内容再办理")
