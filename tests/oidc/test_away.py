"""A provider that is slow or away: who waits for it, how long, and how often it is asked."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest

from responder.oidc.failures import NotLetIn
from responder.oidc.provider import DISCOVERY, KNOWN_FOR, PATIENCE, QUIET_FOR, Provider
from tests.oidc.walking import bound, browser, gone, said_at_sign_in, walked

pytestmark = pytest.mark.usefixtures("office")
MANY = 8


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(app, office) -> Clock:
    """By which the desk's provider goes from here on."""
    found = Clock()
    app.extensions["oidc"] = Provider(app.extensions["settings"], found)
    return found


def test_somebody_who_waits_at_a_page_does_not_wait_long(app, office) -> None:
    office(source_fetch_seconds=60)
    assert app.extensions["oidc"].network.seconds == PATIENCE


def test_a_provider_that_is_away_is_left_alone_for_a_while(app, provider, clock) -> None:
    provider.breaks[DISCOVERY] = (503, "busy")
    client = browser(app)
    for _number in range(3):
        assert "现在不能用" in said_at_sign_in(client, gone(client))
    assert provider.asked == [DISCOVERY]
    clock.seconds += QUIET_FOR
    provider.forget()
    assert "/authorize" in gone(client).location
    assert provider.asked == [DISCOVERY]


def test_a_token_endpoint_that_is_away_is_left_alone_and_the_doors_stay_known(
    app, people, provider, clock
) -> None:
    bound(people.editor, provider)
    provider.breaks["/token"] = (503, "busy")
    client = browser(app)
    away = gone(client)
    said_at_sign_in(client, walked(client))
    assert "现在不能用" in said_at_sign_in(client, gone(client))
    assert away.status_code == 302
    provider.breaks.clear()
    clock.seconds += QUIET_FOR
    assert walked(client).location == "/topics"
    assert provider.asked.count(DISCOVERY) == 1
    assert provider.asked.count("/token") == 2
    clock.seconds += KNOWN_FOR
    gone(browser(app))
    assert provider.asked.count(DISCOVERY) == 2


def test_a_token_that_does_not_hold_makes_nobody_ask_for_the_doors_anew(
    app, people, provider, clock
) -> None:
    bound(people.editor, provider)
    provider.lies = {"nonce": "of another sign-in"}
    client = browser(app)
    for _number in range(2):
        assert "没有采用" in said_at_sign_in(client, walked(client))
    assert provider.asked.count(DISCOVERY) == 1


@pytest.mark.parametrize("works", [True, False])
def test_of_many_at_once_one_asks_where_the_doors_are(app, provider, clock, works) -> None:
    if not works:
        provider.breaks[DISCOVERY] = (503, "busy")
    together, desk = Barrier(MANY), app.extensions["oidc"]
    begun: list[bool] = []

    def begin() -> None:
        together.wait()
        try:
            desk.begin("http://localhost/back")
            begun.append(True)
        except NotLetIn:
            begun.append(False)

    threads = [Thread(target=begin) for _number in range(MANY)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert begun == [works] * MANY
    assert provider.asked == [DISCOVERY]
