"""The scheduler's turns: what is due, once each, and one that fails stops no other."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, SYSTEM
from responder.intake.searching import find
from responder.sources import claims, collecting, hot_series, service
from responder.sources.connectors import OVER_THE_NETWORK
from responder.sources.fetching import Network
from responder.sources.models import HotPoint, Kind, Source, SourceItem, SourceState
from tests.databases import DATABASES
from tests.factories import NOW
from tests.installations import installation
from tests.sources.factories import app_settings, feed, runs, source, stored, turn
from tests.sources.web_server import Reply, WebServer, here

LATER = NOW + timedelta(minutes=15)


def test_a_feed_is_fetched_when_it_is_due_and_its_items_are_stored_once(session, web) -> None:
    made = source(settings={"url": web.put("/rss", feed(("1", "停水"), ("2", "停电")))})
    assert turn(web.network()) == 1
    assert turn(web.network()) == 0
    web.put("/rss", feed(("1", "停水（已修改）"), ("2", "停电"), ("3", "积水")))
    assert turn(web.network(), LATER) == 1
    assert [message.title for message in stored()] == ["停水", "停电", "积水"]
    assert len(find(session, "停", limit=9)) == 2
    assert (made.state, made.errors, made.last_error) == (SourceState.ACTIVE, 0, "")
    assert (made.last_run_at, made.last_success_at) == (LATER, LATER)
    assert made.next_run_at == LATER + timedelta(minutes=15)
    assert (made.fetched, made.created, made.repeated, made.refused) == (5, 3, 2, 0)
    assert [(run.fetched, run.created, run.repeated) for run in runs(made)] == [
        (2, 2, 0),
        (3, 1, 2),
    ]
    assert [one.title for one in service.messages(session, made)] == ["积水", "停电", "停水"]


def test_what_was_deleted_does_not_come_back(session, web) -> None:
    source(settings={"url": web.put("/rss", feed(("1", "停水")))})
    turn(web.network())
    with transaction(CONSOLE) as writing:
        writing.delete(stored()[0])
    turn(web.network(), LATER)
    assert stored() == []
    assert session.scalars(select(SourceItem.message_id)).all() == [None]


def test_one_that_fails_is_tried_later_and_stops_no_other(session, web) -> None:
    bad = source(settings={"url": web.url("/gone")}, name="坏")
    good = source(settings={"url": web.put("/rss", feed(("1", "停水")))}, name="好")
    assert turn(web.network()) == 2
    assert (good.state, good.created) == (SourceState.ACTIVE, 1)
    assert (bad.state, bad.errors) == (SourceState.FAILING, 1)
    assert "对方应答 404" in bad.last_error
    assert bad.next_run_at == NOW + timedelta(minutes=30)
    turn(web.network(), bad.next_run_at)
    assert (bad.errors, bad.next_run_at) == (2, NOW + timedelta(minutes=90))
    assert service.failing(session) == [bad]
    web.put("/gone", feed(("9", "好了")))
    turn(web.network(), bad.next_run_at)
    assert (bad.state, bad.errors, bad.last_error) == (SourceState.ACTIVE, 0, "")
    assert [run.error[:8] for run in runs(bad)] == ["对方应答 404", "对方应答 404", ""]


def test_a_server_that_asks_for_patience_gets_it(session, web) -> None:
    made = source(settings={"url": web.url("/busy")})
    web.replies["/busy"] = Reply(status=429, headers={"Retry-After": "7200"})
    turn(web.network())
    assert made.next_run_at == NOW + timedelta(hours=2)


def test_what_nobody_foresaw_is_noted_too(session, web, monkeypatch, caplog) -> None:
    made = source(settings={"url": web.put("/rss", feed(("1", "停水")))})
    monkeypatch.setattr(collecting.storing, "store", lambda *_arguments: 1 / 0)
    turn(web.network())
    assert "详情已记入日志" in made.last_error
    assert "ZeroDivisionError" in caplog.text
    assert (made.claim, stored()) == (None, [])


def test_settings_that_have_become_invalid_are_noted(session, web) -> None:
    made = source()
    with transaction(CONSOLE):
        made.settings = {"url": "gopher://x"}
    turn(web.network())
    assert "http://" in made.last_error


def test_a_paused_source_is_left_alone(session, web) -> None:
    made = source(settings={"url": web.put("/rss", feed(("1", "停水")))})
    with transaction(CONSOLE):
        service.pause(made)
    assert turn(web.network()) == 0


def test_what_a_person_does_meanwhile_holds(session, web, monkeypatch) -> None:
    """Paused during a run: stays paused. Sent elsewhere during a run: what came is dropped."""
    first = source(settings={"url": web.put("/a", feed(("1", "停水")))}, name="甲")
    second = source(settings={"url": web.put("/b", feed(("2", "停电")))}, name="乙")

    class Slow(Network):
        def get(self, *arguments, **keywords):
            got.wait(5)
            return super().get(*arguments, **keywords)

    got, network = threading.Event(), web.network()
    slow = Slow(listed=network.listed, resolve=here)
    real = collecting.wait

    def meddle(*arguments, **keywords):
        if not got.is_set():
            with transaction(CONSOLE):
                service.pause(first)
            with transaction(CONSOLE):
                second.claim = None
            got.set()
        return real(*arguments, **keywords)

    monkeypatch.setattr(collecting, "wait", meddle)
    turn(slow)
    assert (first.state, first.created) == (SourceState.PAUSED, 1)
    assert (second.created, runs(second)) == (0, [])
    assert [message.title for message in stored()] == ["停水"]


def test_a_claim_keeps_others_away_until_it_lapses(session) -> None:
    made = source()
    with transaction(SYSTEM, NOW) as writing:
        first = claims.take(writing, OVER_THE_NETWORK, NOW)
        assert first is not None
        assert claims.take(writing, OVER_THE_NETWORK, NOW) is None
        lapsed = NOW + claims.LEASE
        second = claims.take(writing, OVER_THE_NETWORK, lapsed)
        assert second is not None
        assert not claims.holds(writing, first)
        assert not claims.renew(writing, first, lapsed)
        assert claims.renew(writing, second, lapsed)
        claims.fail(writing, first, NOW, NOW, "太晚了")
    session.expire_all()
    assert (made.errors, made.claim) == (0, second.token)


def test_runs_do_not_disturb_a_person_who_edits(session, web) -> None:
    made = source(settings={"url": web.put("/rss", feed(("1", "停水")))})
    before = made.version_id
    turn(web.network())
    assert made.version_id == before
    trail = select(AuditEvent.action).where(AuditEvent.object_type == "source")
    assert session.scalars(trail).all() == ["create"]


def test_the_run_log_keeps_the_last(session, monkeypatch) -> None:
    monkeypatch.setattr(claims, "RUNS_KEPT", 3)
    made = source()
    for number in range(5):
        now = NOW + timedelta(days=number)
        with transaction(SYSTEM, now) as writing:
            claim = claims.take(writing, OVER_THE_NETWORK, now)
            claims.succeed(writing, claim, now, now, claims.Counts(number), {}, ["行"] * 30)
    session.expire_all()
    assert [run.fetched for run in runs(made)] == [2, 3, 4]
    assert runs(made)[0].note.splitlines()[-1] == "另有 10 条"


def test_a_slow_feed_keeps_no_other_waiting(session, web) -> None:
    """As many at once as there are threads; the slow one ends at its limit."""
    slow = source(settings={"url": web.url("/mute")}, name="慢")
    web.replies["/mute"] = Reply(write=lambda _handler: web.stopping.wait(5))
    for number in range(6):
        source(settings={"url": web.put(f"/{number}", feed((str(number), f"帖 {number}")))})
    began = time.monotonic()
    assert turn(web.network(seconds=1)) == 7
    assert time.monotonic() - began < 4.5
    assert len(stored()) == 6
    assert "没有取完" in slow.last_error


def test_a_turn_begins_nothing_new_when_its_time_is_over(session, web, monkeypatch) -> None:
    monkeypatch.setattr(collecting, "BUDGET_SECONDS", 0)
    source(settings={"url": web.put("/rss", feed(("1", "停水")))})
    assert turn(web.network()) == 0


def test_a_hot_list_becomes_a_series(session, web) -> None:
    made = source(
        Kind.HOT_LIST,
        {"url": web.put("/hot", '[{"title": "供暖", "heat": 10}]', "application/json")},
    )
    turn(web.network())
    both = '[{"title": "停水", "heat": 30}, {"title": "供暖", "heat": 20}]'
    web.put("/hot", both, "application/json")
    turn(web.network(), LATER)
    entries = {entry.title: (entry, point) for entry, point in hot_series.current(session, made.id)}
    assert list(entries) == ["停水", "供暖"]
    heating = entries["供暖"][0]
    assert (heating.first_seen_at, heating.last_seen_at) == (NOW, LATER)
    series = hot_series.points(session, [heating.id], NOW)[heating.id]
    assert [(point.at, point.rank, point.heat) for point in series] == [
        (NOW, 1, 10),
        (LATER, 2, 20),
    ]
    assert (made.fetched, made.created, made.repeated, stored()) == (3, 2, 1, [])
    web.put("/hot", '[{"title": "积水"}]', "application/json")
    turn(web.network(), NOW + timedelta(days=100))
    assert [entry.title for entry, _point in hot_series.current(session, made.id)] == ["积水"]
    assert session.scalars(select(HotPoint.at)).all() == [NOW + timedelta(days=100)]


@pytest.mark.parametrize("kind", DATABASES)
def test_two_schedulers_fetch_each_source_once(
    kind: str, web: WebServer, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(collecting, "BUDGET_SECONDS", 60)
    with installation(kind, tmp_path) as app:
        with app.app_context():
            for number in range(8):
                source(settings={"url": web.put(f"/{number}", feed((str(number), f"帖 {number}")))})
        start, done = threading.Barrier(3), []

        def run() -> None:
            with app.app_context():
                start.wait()
                done.append(collecting.fetch_due(NOW, app_settings(), web.network()))

        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(done) == 8
        assert sorted(path for path, _headers in web.asked) == sorted(f"/{n}" for n in range(8))
        with app.app_context():
            assert len(stored()) == 8
            states = db.session.execute(select(Source.created, Source.errors, Source.claim)).all()
            assert set(states) == {(1, 0, None)}


def test_a_scheduler_that_died_is_followed_by_another(session, web) -> None:
    made = source(settings={"url": web.put("/rss", feed(("1", "停水")))})
    with transaction(SYSTEM, NOW) as writing:
        assert claims.take(writing, OVER_THE_NETWORK, NOW) is not None
    assert turn(web.network(), NOW + timedelta(minutes=1)) == 0
    assert turn(web.network(), NOW + claims.LEASE) == 1
    assert made.created == 1
