"""The whole product, page by page, through Flask's own client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from responder import create_app
from responder.core.database import db
from tools import pages, world


@pytest.fixture(scope="module")
def opened(
    demo_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Flask]]:
    """Opens a copy of the demo, changed as is asked."""
    apps = []

    def open_copy(change: Callable[[Path], None] = lambda _folder: None) -> Flask:
        folder = tmp_path_factory.mktemp("copy")
        world.copy(demo_folder, folder)
        change(folder)
        app = create_app(world.settings_in(folder))
        app.testing = True
        apps.append(app)
        return app

    yield open_copy
    for app in apps:
        with app.app_context():
            db.engine.dispose()


class Readers:
    """The people of the office, each at a client that is signed in once."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._clients: dict[str | None, FlaskClient] = {}

    def client(self, who: str | None) -> FlaskClient:
        """The client of this person."""
        if who not in self._clients:
            self._clients[who] = pages.client_of(self._app, who)
        return self._clients[who]

    def get(self, page: pages.Page):
        """What a page's reader is shown."""
        return self.client(page.who).get(page.address, buffered=True)
