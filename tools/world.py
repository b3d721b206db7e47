"""``python -m tools.world FOLDER``: the demo in a folder, with what it leaves empty filled in."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from responder import create_app
from responder.cli import prepare_database
from responder.core.database import db
from responder.core.times import utc_now
from responder.demo import loader
from responder.demo.accounts import ADMINISTRATOR, PASSWORD
from responder.demo.cli import DRESS
from responder.demo.generate import generate, world_day
from responder.settings import Settings
from tools.furnish import furnish

DATABASE = "responder.db"


def settings_in(folder: Path, database_url: str = "") -> Settings:
    """An installation in a folder, dressed as the demo's city.

    :param database_url: of another database than the SQLite file of the folder.
    """
    elsewhere = {"database_url": database_url} if database_url else {}
    return Settings(state_dir=folder).model_copy(update={**DRESS, **elsewhere})


def make(folder: Path, empty: bool = False, database_url: str = "") -> None:
    """Make the world in a folder.

    :param empty: only what a new office has: its people, calendars and rules.
    """
    settings = settings_in(folder, database_url)
    settings.keep_secret_key()
    app = create_app(settings)
    with app.app_context():
        prepare_database(ADMINISTRATOR.username, ADMINISTRATOR.display_name, PASSWORD)
        now = utc_now()
        world = generate(world_day(now))
        if empty:
            loader.load_people(world, now)
        else:
            loader.load(world, now, settings)
    if not empty:
        furnish(app)
    with app.app_context():
        db.engine.dispose()


def copy(source: Path, folder: Path) -> None:
    """The same installation in another folder, also while the first one is in use."""
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.db*"))
    with closing(sqlite3.connect(source / DATABASE)) as held:
        held.execute("VACUUM INTO ?", (str(folder / DATABASE),))


if __name__ == "__main__":
    make(Path(sys.argv[1]))
