"""Whatever has fallen due goes out: packages and bundles as a whole, and then item by item.

This is a job, and so an edge, which is why it opens transactions itself: each package, bundle
and item is one, so that an item that fails takes no other with it, and whatever went out stays out
whatever happens to the process afterwards.
"""

from __future__ import annotations

import logging
from datetime import datetime

from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import SYSTEM
from responder.publishing import service
from responder.publishing.bundles import service as bundles
from responder.publishing.packages import steps as packages
from responder.settings import Settings

log = logging.getLogger(__name__)


def publish_due(now: datetime, settings: Settings) -> int:
    """Publish whatever has fallen due; how many items and packages went out.

    What fell due while nothing ran is caught up; several schedulers at once publish each
    item once.
    """
    whole = packages.due_ids(db.session, now)
    released = sum(_release_package(package_id, now, settings) for package_id in whole)
    together = bundles.due_ids(db.session, now)
    published = sum(_publish_bundle(bundle_id, now, settings) for bundle_id in together)
    alone = service.due_ids(db.session, now)
    return released + published + sum(_publish_one(item_id, now, settings) for item_id in alone)


def _release_package(package_id: int, now: datetime, settings: Settings) -> bool:
    try:
        with transaction(SYSTEM, now) as session:
            return packages.release_if_due(session, package_id, Attempt(SYSTEM, now), settings)
    except Exception:
        log.exception("package %s could not be released; it will be tried again", package_id)
        return False


def _publish_bundle(bundle_id: int, now: datetime, settings: Settings) -> int:
    try:
        with transaction(SYSTEM, now) as session:
            return bundles.publish_if_due(session, bundle_id, Attempt(SYSTEM, now), settings)
    except Exception:
        log.exception("bundle %s could not be published; it will be tried again", bundle_id)
        return 0


def _publish_one(item_id: int, now: datetime, settings: Settings) -> bool:
    try:
        with transaction(SYSTEM, now) as session:
            return service.publish_if_due(session, item_id, Attempt(SYSTEM, now), settings)
    except Exception:
        # Even a record that a person has just changed: what fails each time must be seen.
        log.exception("item %s could not be published; it will be tried again", item_id)
        return False
