"""Several people at the same moment: numbers without gaps or twins, one step only once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.openness.applications import outcomes, queries, registering, steps
from responder.openness.applications.models import Application
from tests.databases import DATABASES
from tests.factories import NOW
from tests.installations import PEOPLE, at_once, installation
from tests.openness.applications.factories import facts


@pytest.mark.parametrize("kind", DATABASES)
def test_numbers_have_no_gap_and_a_step_is_taken_once(kind, tmp_path) -> None:
    with installation(kind, tmp_path) as app:
        attempt = Attempt(CONSOLE, NOW)
        with app.app_context(), transaction(CONSOLE, NOW) as session:
            outcomes.seed_outcomes(session)

        def register(_number: int) -> None:
            with transaction(CONSOLE, NOW) as session:
                registering.register(session, facts(), attempt)

        assert at_once(app, register) == []

        def accept(_number: int) -> None:
            with transaction(CONSOLE, NOW) as session:
                first = queries.find_to_change(session, 1, CONSOLE, 1)
                steps.take(session, first, "accept", attempt)

        assert len(at_once(app, accept)) == PEOPLE - 1
        with app.app_context():
            serials = db.session.scalars(select(Application.serial).order_by(Application.serial))
            assert serials.all() == list(range(1, PEOPLE + 1))
