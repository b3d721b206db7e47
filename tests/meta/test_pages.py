"""Every page that somebody reads stands in the inventory, or nothing ever looks at it."""

from __future__ import annotations

from collections import Counter

from tools import walking
from tools.pages import OTHERS, PAGES, endpoint_of


def named(inventory) -> set[str]:
    """The routes of an inventory; addresses that are nobody's aside."""
    names = [name for names in inventory.values() for name in names]
    return {endpoint_of(name) for name in names if not name.startswith("/")}


def test_every_route_that_is_read_stands_in_the_inventory(app) -> None:
    read = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    assert read - named(PAGES) - named(OTHERS) == set()
    assert (named(PAGES) | named(OTHERS)) - read == set()
    assert named(PAGES) & named(OTHERS) == set()


def test_a_short_walk_meets_every_language_scheme_and_width() -> None:
    looks = Counter(walking.look_of(name) for names in PAGES.values() for name in names)
    assert set(looks) == set(walking.LOOKS)
    assert max(looks.values()) < 3 * min(looks.values())
