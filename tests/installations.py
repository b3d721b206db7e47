"""Installations with a database of their own, for what several processes do at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from responder import create_app
from responder.core.clocks import seed_clock_rules
from responder.core.database import db, transaction
from responder.core.errors import DomainError
from responder.core.permissions import CONSOLE
from responder.settings import Settings
from tests.databases import migrated_database


@contextmanager
def installation(kind: str, folder: Path) -> Iterator[Flask]:
    """An application on a migrated database; what is stored stays stored."""
    with migrated_database(kind, folder) as url:
        app = create_app(Settings(database_url=url, state_dir=folder, secret_key="only-for-tests"))
        with app.app_context(), transaction(CONSOLE) as session:
            seed_clock_rules(session)
        yield app
        with app.app_context():
            db.engine.dispose()


PEOPLE = 4


def at_once(app: Flask, act: Callable[[int], object]) -> list[DomainError]:
    """``act`` by several people at the same moment; what refused them."""
    start = threading.Barrier(PEOPLE)
    refused: list[DomainError] = []

    def run(number: int) -> None:
        with app.app_context():
            start.wait()
            try:
                act(number)
            except DomainError as error:
                refused.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def wait_until_it_waits_or_is_done(thread: threading.Thread) -> None:
    """Until what a thread does on this PostgreSQL waits for somebody else's lock, or has ended."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    with db.engine.connect() as watching:
        for _moment in range(100):
            if not thread.is_alive() or watching.exec_driver_sql(waiting).scalar():
                return
            watching.rollback()
            time.sleep(0.05)
    raise AssertionError("it neither waits nor ends")
