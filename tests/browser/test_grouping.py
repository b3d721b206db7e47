"""One worker walks through the product, however many there are."""

from __future__ import annotations

import os

import pytest


def test_the_browser_tests_stay_with_one_worker(request: pytest.FixtureRequest) -> None:
    """Else each worker makes a demo of its own, which takes longer than most of the tests."""
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    assert alone or request.node.nodeid.endswith("@browser")
