from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sources.web_server import WebServer, web_server


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as serving:
        yield serving
