"""The shipped taxonomy, and a folder for the model that no other test has."""

from __future__ import annotations

import pytest

from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.routing import model_store
from responder.routing.taxonomy import seed_taxonomy


@pytest.fixture
def taxonomy(session):
    """The shipped categories, stored."""
    with transaction(CONSOLE) as writing:
        seed_taxonomy(writing)
    return session


@pytest.fixture(autouse=True)
def no_model(settings):
    """Without a learned model before and after."""
    path = settings.state_dir / model_store.FILE
    path.unlink(missing_ok=True)
    yield
    path.unlink(missing_ok=True)
