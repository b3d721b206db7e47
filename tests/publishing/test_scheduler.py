"""Schedulers on real databases: two at once, and one that is killed half-way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from responder.core.audit import AuditEvent
from responder.core.database import db
from responder.publishing import releasing
from responder.publishing.models import Entry
from responder.responses.models import ItemState, ResponseItem
from responder.settings import Settings
from tests.databases import DATABASES
from tests.factories import NOW
from tests.installations import installation
from tests.responses.factories import brought_to

ITEMS = 6
LATER = NOW + timedelta(hours=3)

# Dies by its own hand in the middle of storing the third entry.
KILLED_HALF_WAY = f"""
import os, signal
from datetime import datetime
from sqlalchemy import event
from responder import create_app
from responder.publishing import releasing
from responder.publishing.models import Entry
from responder.settings import Settings

stored = []

@event.listens_for(Entry, "after_insert")
def die(mapper, connection, entry):
    stored.append(entry)
    if len(stored) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

with create_app().app_context():
    releasing.publish_due(datetime.fromisoformat("{LATER.isoformat()}"), Settings())
"""


@pytest.fixture(params=DATABASES)
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An installation of its own, with items that have fallen due."""
    with installation(request.param, tmp_path) as app:
        with app.app_context():
            for _ in range(ITEMS):
                brought_to(ItemState.SCHEDULED)
        yield app


def outcome(app: Flask) -> tuple[list[str], Counter[int], int]:
    """States of all items, entries of each, lines in the trail that say published."""
    with app.app_context():
        states = db.session.scalars(select(ResponseItem.state)).all()
        found = Counter(db.session.scalars(select(Entry.item_id)))
        said = db.session.scalars(select(AuditEvent.id).where(AuditEvent.action == "publish"))
        return [state.value for state in states], found, len(said.all())


def test_two_schedulers_at_once_publish_each_item_once(instance: Flask) -> None:
    start = threading.Barrier(3)
    published: list[int] = []

    def run() -> None:
        with instance.app_context():
            start.wait()
            published.append(releasing.publish_due(LATER, Settings()))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states, found, said = outcome(instance)
    assert states == ["published"] * ITEMS
    assert sorted(found.values()) == [1] * ITEMS
    assert sum(published) == said == ITEMS


def test_a_scheduler_that_is_killed_half_way_is_caught_up(instance: Flask, tmp_path: Path) -> None:
    settings: Settings = instance.extensions["settings"]
    environment = {
        **os.environ,
        "RESPONDER_STATE_DIR": str(tmp_path),
        "RESPONDER_DATABASE_URL": settings.database_url,
    }
    killed = subprocess.run([sys.executable, "-c", KILLED_HALF_WAY], env=environment)
    assert killed.returncode == -signal.SIGKILL
    states, found, _ = outcome(instance)
    assert Counter(states) == {"published": 2, "scheduled": ITEMS - 2}
    assert sorted(found.values()) == [1, 1]
    with instance.app_context():
        assert releasing.publish_due(LATER, Settings()) == ITEMS - 2
    states, found, said = outcome(instance)
    assert states == ["published"] * ITEMS
    assert sorted(found.values()) == [1] * ITEMS
    assert said == ITEMS
