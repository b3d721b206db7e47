"""Two administrators at the same moment, on a database that lets them."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from responder.accounts import service
from responder.accounts.models import User
from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.permissions import CONSOLE, Role
from tests.databases import DATABASES
from tests.factories import NOW, People
from tests.installations import installation, wait_until_it_waits_or_is_done


def take_post(session, user_id: int, active: bool) -> None:
    user = session.get_one(User, user_id)
    service.change_user(
        session, user, display_name="某", roles=[Role.EDITOR], unit=None, active=active
    )


@pytest.mark.skipif("postgresql" not in DATABASES, reason="SQLite has one writer at a time")
@pytest.mark.parametrize("active", [True, False], ids=["demoted", "closed"])
def test_two_who_take_each_others_post_leave_one_administrator(
    tmp_path: Path, active: bool
) -> None:
    refused: list[str] = []

    def other() -> None:
        with app.app_context():
            try:
                with transaction(CONSOLE, NOW) as session:
                    take_post(session, first, active)
            except Invalid as error:
                refused.append(error.message)

    with installation("postgresql", tmp_path) as app, app.app_context():
        first, second = (
            People().holding(Role.ADMINISTRATOR, name).id for name in ("first", "second")
        )
        thread = Thread(target=other)
        with transaction(CONSOLE, NOW) as session:
            take_post(session, second, active)
            thread.start()
            wait_until_it_waits_or_is_done(thread)
        thread.join()
        db.session.rollback()
        assert service.has_administrator(db.session)
    assert len(refused) == 1
    assert "至少要保留一位" in refused[0]
