"""Whatever has fallen due goes out, item by item.

This is a job, and so an edge, which is why it opens transactions itself: each item is one,
so that an item that fails takes no other with it, and whatever went out stays out
whatever happens to the process afterwards.
"""

from __future__ import annotations

import logging
from datetime import datetime

from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import SYSTEM
from responder.publishing import service
from responder.settings import Settings

log = logging.getLogger(__name__)


def publish_due(now: datetime, settings: Settings) -> int:
    """Publish whatever has fallen due; how many items went out.

    What fell due while nothing ran is caught up; several schedulers at once publish each
    item once.
    """
    return sum(_publish_one(item_id, now, settings) for item_id in service.due_ids(db.session, now))


def _publish_one(item_id: int, now: datetime, settings: Settings) -> bool:
    try:
        with transaction(SYSTEM, now) as session:
            return service.publish_if_due(session, item_id, Attempt(SYSTEM, now), settings)
    except Exception:
        # Even a record that a person has just changed: what fails each time must be seen.
        log.exception("item %s could not be published; it will be tried again", item_id)
        return False
