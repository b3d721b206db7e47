"""Wrong tries are slowed down; nobody is locked out by what others type."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from string import ascii_letters, digits

import pytest
import time_machine
from flask import g
from sqlalchemy import select

from responder.accounts.browsers import PASS_FOR, browser_of_pass, pass_for
from responder.accounts.delays import service
from responder.accounts.delays.models import SignInTries
from responder.accounts.delays.rules import (
    AHEAD_AT_MOST,
    FORGOTTEN_AFTER,
    PACES,
    Counted,
    Kind,
    counted,
    seconds_of,
    wait_after,
)
from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.errors import Delayed
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from tests.conftest import DATABASES
from tests.factories import NOW, PASSWORD
from tests.installations import (
    PEOPLE,
    at_once,
    installation,
    wait_until_it_waits_or_is_done,
)

HOME, FLOOD = "10.1.3.77", "203.0.113.5"
SECOND = timedelta(seconds=1)


def tried(client, name="editor", password="wrong", address=FLOOD):
    g.pop("_login_user", None)  # the tests share one context; a browser does not
    return client.post(
        "/sign-in",
        data={"username": name, "password": password},
        environ_base={"REMOTE_ADDR": address},
    )


def flood(app, name="editor", address=FLOOD) -> int:
    """Wrong passwords until somebody at a new browser has to wait; how many it took."""
    for number in range(1, 100):
        if tried(app.test_client(), name, address=address).status_code == 429:
            return number
    raise AssertionError("nobody has to wait")


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(1, 0), (4, 0), (5, 5), (6, 10), (7, 20), (11, 320), (13, 900), (10_000_000, 900)],
)
def test_waiting_grows_to_a_quarter_of_an_hour(tries, seconds) -> None:
    assert wait_after(tries, PACES[Kind.NAME]) == seconds * SECOND


def test_waiting_is_told_rounded_up() -> None:
    assert seconds_of(0.2 * SECOND) == 1
    assert seconds_of(4.1 * SECOND) == 5


def test_a_long_waiting_is_told_in_minutes(app, session) -> None:
    counts = [Counted(Kind.NAME, "n")]
    now = NOW
    for _number in range(9):
        with transaction(CONSOLE, now) as writing:
            now += service.count(writing, counts, now)
    for ago, told in ((timedelta(0), "80 秒"), (20 * SECOND, "2 分钟")):
        with pytest.raises(Delayed, match=told), transaction(CONSOLE, now) as writing:
            service.count(writing, counts, now - 80 * SECOND - ago)


def test_what_is_known_decides_where_a_try_is_counted() -> None:
    assert counted("n", None, None, "a") == (Counted(Kind.ADDRESS, "a"), Counted(Kind.NAME, "n"))
    assert counted("n", None, "p", "a") == (Counted(Kind.PLACE, "p"),)
    assert counted("n", "b", "p", "a") == (Counted(Kind.BROWSER, "b"),)


def test_too_many_wrong_ones_wait_and_are_told_how_long(app, people, session) -> None:
    assert people.editor
    assert flood(app) == 6
    answer = tried(app.test_client(), password=PASSWORD)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 5
    assert "密码或口令出错次数较多：请" in answer.text
    assert 'value="editor"' in answer.text
    deeds = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    assert deeds.count("sign_in_refused") == 5
    assert deeds[-1] == "sign_in_delayed"  # what was not even looked at leaves no line
    kept = str(session.connection().exec_driver_sql("SELECT * FROM sign_in_tries").all())
    assert FLOOD not in kept
    assert "editor" not in kept


def test_an_unknown_name_is_slowed_down_like_a_known_one(app, people) -> None:
    assert people.editor
    assert flood(app, "nobody") == flood(app) == 6
    assert tried(app.test_client(), " Nobody ").status_code == 429


def test_the_right_password_after_the_waiting_signs_in_and_ends_it(app, people, session) -> None:
    assert people.editor
    flood(app)
    client = app.test_client()
    with time_machine.travel(session.scalars(select(SignInTries.next_at)).all()[-1] + SECOND):
        assert tried(client, password=PASSWORD).status_code == 302
        assert [row.kind for row in session.scalars(select(SignInTries))] == [Kind.ADDRESS]


def test_a_flood_from_elsewhere_keeps_no_owner_out_who_was_here_before(app, people) -> None:
    assert people.administrator
    own = app.test_client()
    assert tried(own, "administrator", PASSWORD, HOME).status_code == 302
    own.post("/sign-out")
    flood(app, "administrator")
    # The browser is known wherever it is; the address is known whichever browser it is.
    assert tried(own, "administrator", PASSWORD, FLOOD).status_code == 302
    assert tried(app.test_client(), "administrator", PASSWORD, HOME).status_code == 302
    assert tried(app.test_client(), "administrator", PASSWORD, "198.51.100.9").status_code == 429


def test_a_flood_of_all_names_from_the_offices_own_address_keeps_no_known_browser_out(
    app, people
) -> None:
    assert people.editor
    own = app.test_client()
    assert tried(own, password=PASSWORD, address="192.0.2.44").status_code == 302
    own.post("/sign-out")
    for number in range(50):
        assert tried(app.test_client(), f"name{number}", address=HOME).status_code == 403
    assert tried(app.test_client(), "another", address=HOME).status_code == 429
    assert tried(own, password=PASSWORD, address=HOME).status_code == 302


def test_a_known_browser_has_to_wait_for_its_own_mistakes_alone(app, people) -> None:
    assert people.editor
    own = app.test_client()
    assert tried(own, password=PASSWORD).status_code == 302
    own.post("/sign-out")
    answers = [tried(own).status_code for _number in range(6)]
    assert answers == [403] * 5 + [429]
    # Of a colleague at the same browser it knows nothing.
    assert people.analyst
    assert tried(own, "analyst", PASSWORD).status_code == 302


def test_a_forged_browser_is_no_known_one(app, people) -> None:
    assert people.editor
    flood(app)
    client = app.test_client()
    name = f"{app.config['SESSION_COOKIE_NAME']}_browser"
    for value in ("x", '["a",[1]]', "W10.x.y", "é"):
        client.set_cookie(name, value, path="/sign-in")
        assert tried(client, password=PASSWORD).status_code == 429


def test_the_cookie_of_a_browser_opens_nothing_and_goes_to_the_sign_in_alone(app, people) -> None:
    assert people.editor
    [line] = [
        one for one in tried(app.test_client(), password=PASSWORD).headers.getlist("Set-Cookie")
        if "_browser=" in one
    ]  # fmt: skip
    assert "Path=/sign-in" in line
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line


def test_what_was_wrong_long_ago_counts_no_more(app, people, session) -> None:
    counts = [Counted(Kind.NAME, "n")]
    for hours in (0, 13):
        now = NOW + timedelta(hours=hours)
        with transaction(CONSOLE, now) as writing:
            waits = [service.count(writing, counts, now) for _number in range(4)]
        assert waits == [timedelta(0)] * 4
    with transaction(CONSOLE) as writing:
        service.forget(writing, NOW + timedelta(hours=13) + FORGOTTEN_AFTER + SECOND)
    assert session.scalars(select(SignInTries)).all() == []


@pytest.mark.parametrize("ahead", [timedelta(minutes=2), timedelta(days=400)])
def test_what_was_counted_before_the_clock_was_set_back_counts_no_more(session, ahead) -> None:
    counts = [Counted(Kind.NAME, "n")]
    for now in (NOW + ahead, NOW):
        with transaction(CONSOLE, now) as writing:
            waits = [service.count(writing, counts, now) for _number in range(5)]
        assert waits == [timedelta(0)] * 4 + [5 * SECOND]
    with transaction(CONSOLE) as writing:
        service.forget(writing, NOW)
    assert session.scalars(select(SignInTries.tries)).all() == [5]
    with transaction(CONSOLE) as writing:
        service.forget(writing, NOW - ahead)
    assert session.scalars(select(SignInTries)).all() == []


def test_a_clock_that_is_a_little_behind_begins_no_count_anew(session) -> None:
    counts = [Counted(Kind.NAME, "n")]
    for now in (NOW + AHEAD_AT_MOST, NOW, NOW + AHEAD_AT_MOST, NOW + AHEAD_AT_MOST):
        with transaction(CONSOLE, now) as writing:
            assert service.count(writing, counts, now) == timedelta(0)  # nobody has to wait yet
    with transaction(CONSOLE, NOW) as writing:
        assert service.count(writing, counts, NOW + AHEAD_AT_MOST) == 5 * SECOND
    with pytest.raises(Delayed), transaction(CONSOLE, NOW) as writing:
        service.count(writing, counts, NOW)
    assert session.scalars(select(SignInTries.tries)).all() == [5]


def test_the_console_hands_out_a_way_in_during_a_flood(app, people, session) -> None:
    assert people.administrator
    flood(app, "administrator")
    result = app.test_cli_runner().invoke(args=["accounts", "unlock", "administrator"])
    assert result.exit_code == 0, result.output
    address = next(line for line in result.output.splitlines() if "/sign-in?browser=" in line)
    assert tried(app.test_client(), "administrator").status_code == 403  # the waiting is over
    flood(app, "administrator")  # and begins anew, for the flood
    client = app.test_client()
    g.pop("_login_user", None)
    assert client.get(address).status_code == 302
    assert tried(client, "administrator").status_code == 403  # a password is needed all the same
    assert tried(client, "administrator", PASSWORD).status_code == 302
    stranger = app.test_client()
    with time_machine.travel(utc_now() + PASS_FOR + 2 * SECOND):
        g.pop("_login_user", None)
        assert stranger.get(address).status_code == 200
    assert "sign_in_unlocked" in session.scalars(select(AuditEvent.action)).all()


def handed_out(app) -> str:
    result = app.test_cli_runner().invoke(args=["accounts", "unlock", "administrator"])
    return next(line for line in result.output.splitlines() if "/sign-in?browser=" in line)


def test_what_the_console_hands_out_gives_no_new_tries_each_time(app, people) -> None:
    assert people.administrator
    address = handed_out(app)
    first, second = app.test_client(), app.test_client()
    statuses = []
    for client in (first, second, first, second, first, second):
        g.pop("_login_user", None)
        assert client.get(address).status_code == 302
        statuses.append(tried(client, "administrator").status_code)
    assert statuses == [403] * 5 + [429]


def test_a_pass_that_is_written_otherwise_is_the_same_browser(app, people) -> None:
    given = pass_for(people.administrator.id)
    written = [given[:-1] + end for end in ascii_letters + digits]  # its last bits say nothing
    found = [one for one in map(browser_of_pass, written) if one]
    assert len(found) > 1
    assert len(set(found)) == 1


def test_a_browser_that_is_known_already_gets_no_new_tries_by_it_either(app, people) -> None:
    assert people.administrator
    assert people.editor
    address, statuses = handed_out(app), []
    for _number in range(6):
        own = app.test_client()
        assert tried(own, "editor", PASSWORD).status_code == 302
        own.post("/sign-out")
        g.pop("_login_user", None)
        own.get(address)
        statuses.append(tried(own, "administrator").status_code)
    assert statuses == [403] * 5 + [429]


def test_the_console_says_what_to_put_before_an_address_without_a_host(app, people) -> None:
    assert people.administrator
    run, settings = app.test_cli_runner().invoke, app.extensions["settings"]
    assert "RESPONDER_DESK_URL" in run(args=["accounts", "unlock", "administrator"]).output
    desk = {"desk_url": "https://desk.example/"}
    app.extensions["settings"] = settings.model_copy(update=desk)
    try:
        said = run(args=["accounts", "unlock", "administrator"]).output
    finally:
        app.extensions["settings"] = settings
    assert "RESPONDER_DESK_URL" not in said
    assert "https://desk.example/sign-in?browser=" in said


def test_the_console_says_when_there_is_no_such_name(app) -> None:
    result = app.test_cli_runner().invoke(args=["accounts", "unlock", "nobody"])
    assert result.exit_code != 0


@pytest.mark.parametrize("database", DATABASES)
def test_at_the_same_moment_the_fifth_try_is_one(tmp_path: Path, database: str) -> None:
    counts = [Counted(Kind.ADDRESS, "a"), Counted(Kind.NAME, "n")]

    def count(_number: int) -> None:
        with transaction(CONSOLE, NOW) as session:
            service.count(session, counts, NOW)

    with installation(database, tmp_path) as app:
        with app.app_context():
            for _number in range(PACES[Kind.NAME].free - 1):
                count(0)
        refused = at_once(app, count)
        assert [type(error) for error in refused] == [Delayed] * (PEOPLE - 1)
        with app.app_context():
            tries = {row.kind: row.tries for row in db.session.scalars(select(SignInTries))}
            assert tries == {Kind.NAME: 5, Kind.ADDRESS: 5}


BOTH = [Counted(Kind.ADDRESS, "a"), Counted(Kind.NAME, "n")]


def _taken_back(session, now) -> None:
    service.take_back(session, BOTH, now)


def _succeeded(session, now) -> None:
    service.succeed(session, BOTH, now)


def _counted(session, now) -> None:
    service.count(session, BOTH[::-1], now)


def _forgotten(session, now) -> None:
    service.forget(session, now)


@pytest.mark.parametrize("act", [_taken_back, _succeeded, _counted, _forgotten])
def test_whatever_is_done_at_the_same_moment_waits_in_one_order(tmp_path: Path, act) -> None:
    """One try is counted, half way while another comes; the rows lie the other way round."""
    later = NOW + FORGOTTEN_AFTER + SECOND
    now = later if act is _forgotten else NOW
    failed: list[BaseException] = []

    def other() -> None:
        with app.app_context():
            try:
                with transaction(CONSOLE, now) as session:
                    act(session, now)
            except Exception as error:  # whatever it is, the test tells it
                failed.append(error)

    with installation("postgresql", tmp_path) as app, app.app_context():
        for one in BOTH[::-1]:
            with transaction(CONSOLE, NOW) as session:
                service.count(session, [one], NOW)
        thread = threading.Thread(target=other)
        with transaction(CONSOLE, now) as session:
            service.count(session, BOTH[:1], now)
            thread.start()
            wait_until_it_waits_or_is_done(thread)
            service.count(session, BOTH[1:], now)
        thread.join()
    assert failed == []
