"""Refreshing: two worries stay two, ids stay, people have the same topic tomorrow."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select

from responder.core.database import transaction
from responder.core.errors import Stale
from responder.core.permissions import CONSOLE
from responder.intake.models import Message
from responder.topics import refreshing
from responder.topics.gathering import gather
from responder.topics.models import Membership, Topic, TopicRefresh
from tests.factories import NOW
from tests.topics.factories import NOISE, PARKING, WINDOW, refresh, store, two_worries


def members(session) -> dict[int, int]:
    return {m.message_id: m.topic_id for m in session.scalars(select(Membership))}


def test_two_worries_are_two_topics_named_by_their_own_words(session) -> None:
    two_worries()
    run = refresh()
    topics = session.scalars(select(Topic).order_by(Topic.label)).all()
    assert (run.messages_added, run.topics_created, run.topics_total) == (6, 2, 2)
    assert sorted(topic.message_count for topic in topics) == [3, 3]
    assert [("云锦世家" in t.label, "柳岸花园" in t.label) for t in topics] in (
        [(True, False), (False, True)],
        [(False, True), (True, False)],
    )


def test_a_second_refresh_changes_no_id(session) -> None:
    two_worries()
    refresh()
    before = members(session)
    assert refresh().topics_created == 0
    assert members(session) == before


def test_a_new_message_joins_the_topic_that_is_there(session) -> None:
    two_worries()
    refresh()
    before = members(session)
    store("柳岸花园旁搅拌站噪音扰民", f"{NOISE}，孩子睡不着", "丁", NOW - timedelta(hours=2))
    assert refresh().topics_created == 0
    after = members(session)
    assert {message: after[message] for message in before} == before
    topic = session.scalar(select(Topic).where(Topic.label.contains("柳岸花园")))
    assert (topic.message_count, topic.people_count) == (4, 4)


def test_the_heat_is_shown_in_parts_that_add_up(session) -> None:
    two_worries()
    refresh()
    for topic in session.scalars(select(Topic)):
        assert topic.heat == round(sum(part["points"] for part in topic.heat_parts), 1)
        assert len(topic.heat_parts) == 7


def test_what_came_after_as_of_does_not_count_yet(session) -> None:
    two_worries()
    run = refresh(as_of=NOW - timedelta(days=5, hours=-1))
    assert run.messages_added == 4  # the first two days of each
    assert refresh().messages_added == 2


def test_who_only_sends_on_what_others_wrote_counts_for_less(session) -> None:
    store("云锦世家捆绑销售车位", PARKING, "甲", NOW - timedelta(days=2))
    store("转：云锦世家捆绑销售车位", f"{PARKING}！", "乙", NOW - timedelta(days=1))
    refresh()
    volume = session.scalars(select(Topic)).one().heat_parts[0]
    assert "其中 1 人只转述相同内容" in volume["evidence"]


def test_what_the_window_leaves_behind_cools_down(session) -> None:
    two_worries()
    refresh()
    refreshing.refresh(NOW + timedelta(days=400), NOW, WINDOW)
    assert {topic.heat for topic in session.scalars(select(Topic))} == {0.0}


def ranked_as_of(session) -> set[datetime]:
    return set(session.scalars(select(Topic.ranked_as_of)))


def test_what_somebody_spoke_of_lately_is_ranked_by_the_hour(session) -> None:
    two_worries()  # the last two days ago
    refresh(NOW)
    for minutes, ranked in ((59, NOW), (61, NOW + timedelta(minutes=61))):
        refresh(NOW + timedelta(minutes=minutes))
        assert ranked_as_of(session) == {ranked}


def test_what_nobody_speaks_of_is_ranked_once_a_day(session) -> None:
    two_worries()
    silent = NOW + timedelta(days=9)
    before_midnight = silent.replace(hour=15, minute=59)  # in Shanghai
    refresh(silent)
    refresh(before_midnight)
    assert ranked_as_of(session) == {silent}
    refresh(before_midnight + timedelta(minutes=2))
    assert ranked_as_of(session) == {before_midnight + timedelta(minutes=2)}


def test_a_week_of_silence_is_told_within_the_hour(session) -> None:
    two_worries()
    a_week_after = NOW + timedelta(days=3)  # of the last message of both
    said = []
    for minutes in (-1, 59):
        refresh(a_week_after + timedelta(minutes=minutes))
        said.append({topic.heat_parts[1]["evidence"] for topic in session.scalars(select(Topic))})
    assert all(evidence.startswith("近 7 天 1 人") for evidence in said[0])
    assert said[1] == {"近 7 天没有人反映"}


def overtaken(monkeypatch, times: int) -> None:
    """Let another refresh finish between reading and writing, so many times."""
    left = [times]

    def gather_slowly(*arguments, **named):
        found = gather(*arguments, **named)
        if left[0]:
            left[0] -= 1
            with transaction(CONSOLE, NOW) as session:
                session.add(
                    TopicRefresh(
                        as_of=NOW, ran_at=NOW, messages_added=0, topics_created=0, topics_total=0
                    )
                )
        return found

    monkeypatch.setattr(refreshing, "gather", gather_slowly)


def test_a_refresh_that_was_overtaken_begins_again(session, monkeypatch) -> None:
    two_worries()
    overtaken(monkeypatch, times=1)
    assert refresh().messages_added == 6


def test_a_refresh_that_is_always_overtaken_stores_nothing(session, monkeypatch) -> None:
    two_worries()
    overtaken(monkeypatch, times=refreshing.ATTEMPTS)
    with pytest.raises(Stale, match="稍后再运行"):
        refresh()
    assert members(session) == {}


def test_a_message_that_is_gone_before_its_text_is_read_has_the_refresh_begin_again(
    session, monkeypatch
) -> None:
    two_worries()
    refresh()
    topic = session.scalar(select(Topic).where(Topic.label.contains("柳岸花园")))
    first = min(message for message, topic_id in members(session).items() if topic_id == topic.id)
    store("柳岸花园旁搅拌站噪音扰民", f"{NOISE}，孩子睡不着", "丁", NOW - timedelta(hours=2))
    headings = refreshing.newest_headings

    def undone_meanwhile(*asked):
        session.execute(delete(Message).where(Message.id == first))
        return headings(*asked)

    monkeypatch.setattr(refreshing, "newest_headings", undone_meanwhile)
    assert refresh().messages_added == 1
    assert topic.message_count == 3


def test_a_message_that_is_gone_before_it_is_counted_has_the_refresh_begin_again(
    session, monkeypatch
) -> None:
    two_worries()
    refresh()
    store("路灯不亮", "云锦世家门前路灯坏了", "戊", NOW)
    lately = refreshing.crowd.lately

    def undone_meanwhile(*asked):
        session.execute(delete(Message).where(Message.title == "路灯不亮"))
        return lately(*asked)

    monkeypatch.setattr(refreshing.crowd, "lately", undone_meanwhile)
    assert refresh().messages_added == 0
    assert len(members(session)) == 6


def test_nothing_new_and_still_fresh_means_nothing_to_do(session) -> None:
    two_worries()
    assert refreshing.refresh_if_new(NOW, WINDOW) is not None
    assert refreshing.refresh_if_new(NOW + timedelta(minutes=5), WINDOW) is None
    store("路灯不亮", "云锦世家门前路灯坏了", "戊", NOW)
    assert refreshing.refresh_if_new(NOW + timedelta(minutes=6), WINDOW).messages_added == 1
    assert refreshing.refresh_if_new(NOW + timedelta(hours=2), WINDOW) is not None


def test_an_empty_database_gives_no_topics(session) -> None:
    assert refresh().topics_total == 0
