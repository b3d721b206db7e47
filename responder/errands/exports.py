"""Long lists as files: made behind the page, and fetched when they are ready."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from responder.accounts.models import User
from responder.core.database import db
from responder.core.permissions import Actor, Permission
from responder.core.times import utc_now
from responder.errands.kinds import Kind, Outcome, Progress, name_errand
from responder.errands.views import offer
from responder.web.listing.exporting import LARGE_FILES, LargeFile
from responder.web.listing.large import address_of_list, make_large_file

CODE = "lists.export"


def init_app(app: Flask) -> None:
    # Which list it is decides who may have it: asked when the file is made.
    name_errand(app, Kind(CODE, "导出列表", frozenset(Permission), work, "errands.index"))
    app.extensions[LARGE_FILES] = ask


def ask(wanted: LargeFile, count: int) -> str:
    """The page that offers to make the file."""
    return offer(CODE, wanted._asdict(), count, back=address_of_list(wanted))


def work(actor: Actor, arguments: Mapping[str, Any], progress: Progress, path: Path) -> Outcome:
    person = db.session.get_one(User, actor.id)
    told = 0

    def tell(done: int, total: int) -> None:
        nonlocal told
        told = total
        progress.tell(done, total)

    file = make_large_file(LargeFile(**arguments), person, actor, utc_now(), tell)
    with path.open("wb") as kept, file.data as made:
        shutil.copyfileobj(made, kept)
    return Outcome(f"共 {told} 条", file.name)
