"""An installation that signs in by a provider, and the provider."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from responder import create_app
from responder.core.database import db
from responder.oidc.provider import Provider
from responder.settings import Settings
from tests.databases import DATABASES, migrated_database
from tests.oidc.provider import CLIENT, SECRET, IdentityProvider, identity_provider

DESK = "http://localhost"  # as the test client calls it


def settings_for(provider: IdentityProvider, **more: object) -> dict[str, object]:
    """What an office sets, beside where its data lie."""
    return {
        "secret_key": "only-for-tests",
        "desk_url": DESK,
        "source_private_hosts": provider.issuer.removeprefix("http://"),
        "source_fetch_seconds": 5,
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        **more,
    }


@pytest.fixture(scope="package")
def serving() -> Iterator[IdentityProvider]:
    with identity_provider() as found:
        yield found


@pytest.fixture
def provider(serving: IdentityProvider) -> IdentityProvider:
    serving.forget()
    return serving


@pytest.fixture(scope="package", params=DATABASES)
def settings(
    request: pytest.FixtureRequest,
    serving: IdentityProvider,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Settings]:
    folder: Path = tmp_path_factory.mktemp("state")
    with migrated_database(request.param, folder) as url:
        yield Settings(database_url=url, state_dir=folder, **settings_for(serving))


@pytest.fixture(scope="package")
def migrated_app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def office(
    app: Flask, settings: Settings, provider: IdentityProvider
) -> Iterator[Callable[..., None]]:
    """Have the office set something else; the provider is asked anew."""

    def change(**changes: object) -> None:
        app.extensions["settings"] = settings.model_copy(update=changes)
        app.extensions["oidc"] = Provider(app.extensions["settings"], time.monotonic)

    change()
    yield change
    change()
