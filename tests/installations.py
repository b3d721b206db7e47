"""Installations with a database of their own, for what several processes do at once."""

from __future__ import annotations

import threading
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
