"""A throw-away instance of the product to measure on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from responder import create_app
from responder.cli import prepare_database
from responder.core.times import utc_now
from responder.demo import loader
from responder.demo.accounts import ADMINISTRATOR, PASSWORD
from responder.demo.cli import DRESS
from responder.demo.generate import generate, world_day
from responder.settings import Settings


@contextmanager
def demo_instance() -> Iterator[Flask]:
    """The application on SQLite with the demo world."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(state_dir=Path(folder)).model_copy(update=DRESS)
        app = create_app(settings)
        with app.app_context():
            prepare_database(ADMINISTRATOR.username, ADMINISTRATOR.display_name, PASSWORD)
            now = utc_now()
            loader.load(generate(world_day(now)), now, settings)
        yield app
