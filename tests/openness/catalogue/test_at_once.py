"""Two people say at the same moment where the same things go, on PostgreSQL for real."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from responder.core.database import db
from responder.openness.catalogue.models import OwnMapping
from tests.databases import DATABASES
from tests.factories import People
from tests.installations import installation, wait_until_it_waits_or_is_done
from tests.openness.catalogue.factories import column, seeded
from tools.pages import client_of

MAPPING = "/openness/catalogue/mapping"


def save(app: Flask, seen: int | str, chosen: int) -> str:
    """What somebody reads who saves the mapping by a page that was opened earlier."""
    form = {"was-concern-all": str(seen), "concern-all": str(chosen)}
    client = client_of(app, "openness_officer")
    return client.post(MAPPING, data=form, follow_redirects=True).text


@pytest.mark.skipif("postgresql" not in DATABASES, reason="SQLite has one writer at a time")
def test_who_maps_while_another_is_storing_is_told_and_takes_nothing_back(tmp_path: Path) -> None:
    told: list[str] = []

    def store_meanwhile(*_row: Any) -> None:
        if second.ident is None:
            second.start()
            wait_until_it_waits_or_is_done(second)

    with installation("postgresql", tmp_path) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            assert People().openness_officer
            seeded()
            names = {"A": "甲栏目", "B": "乙栏目", "C": "丙栏目"}
            first, mine, theirs = (column(code=code, name=names[code]).id for code in names)
        save(app, "", first)
        second = threading.Thread(target=lambda: told.append(save(app, first, theirs)))
        event.listen(OwnMapping, "after_update", store_meanwhile)
        save(app, first, mine)
        event.remove(OwnMapping, "after_update", store_meanwhile)
        second.join()
        with app.app_context():
            (kept,) = db.session.scalars(select(OwnMapping))
            assert kept.column.name == "乙栏目"
    assert "没有改成您选的“丙栏目”：别人刚改为“乙栏目”" in told[0]
