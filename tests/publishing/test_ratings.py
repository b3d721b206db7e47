"""Readers rate an entry: once a day and address, without being known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from responder.core import addresses
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.publishing.models import ChangeKind
from responder.publishing.ratings import rules, service
from responder.publishing.ratings.models import EntryRating, RatingSalt, Verdict
from responder.web.callers import WARNED
from tests.publishing.factories import changed, published
from tests.responses.pages import HTML, strict

V = Verdict
DAY = date(2026, 11, 21)


def rate(entry, verdict=V.SATISFIED, address="192.0.2.1", day=DAY) -> bool:
    with transaction(CONSOLE) as session:
        return service.rate(session, entry, verdict, address, day)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is told meanwhile."""
    said: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def totals(entry) -> tuple[int, ...]:
    return tuple(service.totals(db.session, entry.id).values())


def test_one_rating_a_day_and_address_and_entry(session):
    one, two = published(), published()
    assert rate(one)
    assert not rate(one, V.DISSATISFIED)
    assert rate(two)
    assert rate(one, V.FAIR, "192.0.2.2")
    assert rate(one, V.DISSATISFIED, day=DAY + timedelta(days=1))
    assert (totals(one), totals(two)) == ((1, 1, 1), (1, 0, 0))


def test_when_the_day_is_over_nothing_is_left_that_names_an_address(session):
    entry = published()
    rate(entry)
    salt = session.scalar(select(RatingSalt.salt))
    assert session.scalar(select(EntryRating.digest)) == rules.digest(salt, entry.id, "192.0.2.1")
    with transaction(CONSOLE) as writing:
        assert service.forget(writing, DAY + timedelta(days=1)) == 1
    assert session.scalars(select(RatingSalt)).all() == []
    assert session.scalars(select(EntryRating.digest)).all() == [None]
    assert totals(entry) == (1, 0, 0)


def test_the_first_rating_of_a_day_forgets_the_day_before_and_the_others_do_not_look(session):
    entry = published()
    rate(entry)
    with statements() as said:
        rate(entry, address="192.0.2.2")
    assert [one for one in said if one.startswith(("UPDATE", "DELETE"))] == []
    rate(entry, day=DAY + timedelta(days=1))
    assert set(session.scalars(select(RatingSalt.day))) == {DAY + timedelta(days=1)}
    marked = session.scalars(select(EntryRating.day).where(EntryRating.digest.is_not(None)))
    assert marked.all() == [DAY + timedelta(days=1)]


def test_who_has_rated_takes_no_write_lock_again(client):
    entry = published()
    address = f"/concerns/{entry.id}/rating"
    client.post(address, data={"verdict": "fair"})
    with statements() as said:
        assert client.post(address, data={"verdict": "satisfied"}).status_code == 303
    assert [one for one in said if one.startswith("INSERT")] == []
    assert totals(entry) == (0, 1, 0)


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        ("192.0.2.1", [], 0, "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], 0, "192.0.2.1"),  # anybody may write that header
        ("10.0.0.1", ["198.51.100.7"], 1, "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.9", " 198.51.100.7"], 1, "198.51.100.7"),
        ("10.0.0.1", [], 1, "10.0.0.1"),
        ("10.0.0.1", ["nonsense"], 1, "10.0.0.1"),
        ("::ffff:192.0.2.1", [], 0, "192.0.2.1"),  # IPv4 at a socket of both kinds
        ("10.0.0.1", ["::ffff:198.51.100.7"], 1, "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", [], 0, "2001:db8:1:2::/64"),
    ],
)
def test_whose_address_counts(peer, forwarded, proxies, address):
    assert addresses.address_of(peer, forwarded, proxies) == address


def test_a_reader_rates_without_a_cookie_and_the_page_stays_shared(client, people):
    entry = published()
    answer = client.get(f"/concerns/{entry.id}")
    page = strict(answer.text)
    [form] = [f for f in page.iter(f"{HTML}form") if f.get("method") == "post"]
    buttons = {one.get("value") for one in form.iter(f"{HTML}button")}
    assert buttons == {verdict.value for verdict in Verdict}
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    client.application.config["WTF_CSRF_ENABLED"] = True
    try:
        for _twice in range(2):
            told = client.post(form.get("action"), data={"verdict": "fair"})
            assert told.status_code == 303
            assert "Set-Cookie" not in told.headers
    finally:
        client.application.config["WTF_CSRF_ENABLED"] = False
    thanks = client.get(told.location)
    strict(thanks.text)
    assert "Set-Cookie" not in thanks.headers
    assert totals(entry) == (0, 1, 0)
    people.sign_in(client, people.press_officer)
    text = "".join(strict(client.get(f"/responses/{entry.item_id}").text).itertext())
    assert "一般 1" in text


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "unnamed"),
    [
        ("127.0.0.1", ["198.51.100.7"], 0, True),
        ("10.0.0.1", ["198.51.100.7"], 0, True),
        ("127.0.0.1", ["198.51.100.7"], 1, False),
        ("127.0.0.1", [], 0, False),
        ("8.8.8.8", ["198.51.100.7"], 0, False),
        ("", ["198.51.100.7"], 0, False),
    ],
)
def test_what_looks_like_a_proxy_that_the_settings_do_not_name(peer, forwarded, proxies, unnamed):
    assert addresses.is_unnamed_proxy(peer, forwarded, proxies) is unnamed


def test_the_log_warns_once_of_an_unnamed_proxy(client, caplog):
    client.application.extensions.pop(WARNED, None)
    entry = published()
    for reader in ("198.51.100.7", "198.51.100.8"):
        client.post(f"/concerns/{entry.id}/rating", data={"verdict": "fair"},
                    headers={"X-Forwarded-For": reader})  # fmt: skip
    assert caplog.text.count("RESPONDER_OWN_PROXIES") == 1


def test_what_is_no_rating_is_refused(client):
    entry = published()
    address = f"/concerns/{entry.id}/rating"
    assert client.post(address, data={"verdict": "x"}).status_code == 422
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(address, data={"verdict": "fair"}, headers=cross).status_code == 403
    assert client.post("/concerns/999/rating", data={"verdict": "fair"}).status_code == 404
    changed(entry, ChangeKind.WITHDRAW, note="另行处理。")
    assert client.post(address, data={"verdict": "fair"}).status_code == 409
    assert "满意吗" not in client.get(f"/concerns/{entry.id}").text
    assert totals(entry) == (0, 0, 0)
