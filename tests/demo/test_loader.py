"""The loaded demo reads as if the office had worked there for a fortnight."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from responder.alerts.models import Alert, Kind
from responder.alerts.raising import seed_rules
from responder.alerts.service import open_count
from responder.core.database import transaction
from responder.core.errors import WrongState
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI
from responder.demo import days, loader, lookup
from responder.demo.generate import generate, world_day
from responder.intake.models import Message
from responder.planning.events import media
from responder.planning.events.models import Reply
from responder.planning.models import EntryState, PlanEntry, PressEvent
from responder.planning.plans.models import ChangeKind, PlanChange
from responder.topics import heat_series
from responder.topics.models import (
    CorrectionKind,
    EventKind,
    Topic,
    TopicCorrection,
    TopicEvent,
    TopicRefresh,
)

TODAY = dt.date(2026, 3, 2)
NOW = dt.datetime(2026, 3, 2, 8, tzinfo=SHANGHAI)


@pytest.fixture
def world():
    return generate(TODAY)


@pytest.fixture
def loaded(session, settings, tmp_path, world):
    with transaction(CONSOLE):
        seed_rules(session)
    return loader.load(world, NOW, settings.model_copy(update={"state_dir": tmp_path}))


def test_each_of_the_last_days_ends_with_a_refresh_and_the_last_is_now() -> None:
    ends = list(days.moments(TODAY, NOW, SHANGHAI))
    assert [days_ago for days_ago, _ in ends] == list(range(days.DAYS, -1, -1))
    moments = [moment for _, moment in ends]
    assert moments == sorted(moments)
    assert moments[-1] == NOW
    assert moments[-2] == dt.datetime(2026, 3, 1, 17, 30, tzinfo=SHANGHAI)


def test_who_loads_it_at_night_finds_nothing_that_is_yet_to_be(session, settings, tmp_path) -> None:
    now = dt.datetime(2026, 3, 2, 1, 50, tzinfo=SHANGHAI)
    with transaction(CONSOLE):
        seed_rules(session)
    world = generate(world_day(now))
    loader.load(world, now, settings.model_copy(update={"state_dir": tmp_path}))
    assert session.scalar(select(func.max(Message.occurred_at))) <= now
    early = select(func.count()).where(Message.received_at < Message.occurred_at)
    assert session.scalar(early) == 0
    assert world_day(now + dt.timedelta(hours=7)) == now.date()


def test_the_office_has_lived(session, settings, tmp_path, world, loaded) -> None:
    assert session.scalar(select(func.count(Message.id))) == len(world.messages)
    assert session.scalar(select(func.count(TopicRefresh.id))) == days.DAYS + 1
    _has_curves_and_lineage(session, world)
    _was_corrected(session, world)
    _has_alerts_of_which_some_are_read(session)
    _prepared_its_events(session)
    with pytest.raises(WrongState):
        loader.load(world, NOW, settings.model_copy(update={"state_dir": tmp_path}))


def _has_curves_and_lineage(session, world) -> None:
    topic_of = lookup.topics_of_storylines(session, world.messages)
    curve = heat_series.series(session, topic_of["yellow-water-huaiyin"], TODAY, 30)
    assert len(curve) >= 10
    assert curve[-1].heat > curve[0].heat + 20
    kinds = set(session.scalars(select(TopicEvent.kind)))
    assert {EventKind.BORN, EventKind.MERGED, EventKind.SPLIT} <= kinds


def _was_corrected(session, world) -> None:
    """Each correction is still in force after the refreshes that came later."""
    made = list(session.scalars(select(TopicCorrection)))
    assert {one.kind for one in made} == set(CorrectionKind)
    assert {one.made_by_name for one in made} == {"沈知微"}
    assert all(one.undone_at is None and one.note for one in made)
    topic_of = lookup.topics_of_storylines(session, world.messages)
    assert topic_of["low-pressure-cuipingwan"] != topic_of["night-noise-cuipingwan"]
    assert session.get(Topic, topic_of["canteen-mingxi"]).label == "明溪小学食堂改用预制菜"
    water = session.get(Topic, topic_of["yellow-water-huaiyin"])
    assert water.pinned
    assert lookup.titled(session, "槐荫巷片区频繁跳闸停电").topic_id != water.id
    assert session.scalar(select(func.count(Topic.id)).where(Topic.dismissed)) == 1


def _has_alerts_of_which_some_are_read(session) -> None:
    kinds = {alert.rule.kind for alert in session.scalars(select(Alert))}
    assert {Kind.NEW, Kind.RISING, Kind.LEVEL} <= kinds
    in_all = session.scalar(select(func.count(Alert.id)))
    unread = open_count(session, lookup.actor("analyst"), NOW)
    assert 0 < unread < in_all
    assert open_count(session, lookup.actor("supervisor"), NOW) > unread


def _prepared_its_events(session) -> None:
    event = session.scalars(select(PressEvent).where(PressEvent.wording != "")).one()
    invited = media.counts(media.invitations(session, event))
    assert (event.host != "", invited[Reply.ACCEPTED], invited[Reply.INVITED]) == (True, 3, 1)
    assert [link.statement != "" for link in event.links if link.state == "confirmed"] == [True]
    change = session.scalars(select(PlanChange)).one()
    assert (change.entry.number, change.kind) == (14, ChangeKind.CHANGED)
    sent_in = select(PlanEntry).where(PlanEntry.state == EntryState.PROPOSED)
    assert session.scalars(sent_in).one().proposed_by_id is not None
