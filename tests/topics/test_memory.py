"""What a refresh remembers spares the next one work, and is never believed against the database."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from responder.core.permissions import CONSOLE
from responder.topics import refreshing
from responder.topics.models import Membership, Topic, TopicRefresh
from tests.factories import NOW
from tests.topics.factories import NOISE, WINDOW, store, two_worries


def refresh(folder, as_of=NOW, now=NOW) -> TopicRefresh:
    return refreshing.refresh(as_of, now, WINDOW, CONSOLE, folder=folder)


def memberships(session) -> dict[int, int]:
    return {one.message_id: one.topic_id for one in session.scalars(select(Membership))}


def later_message(minutes: int) -> None:
    said_at = NOW - timedelta(minutes=minutes)
    store("柳岸花园旁搅拌站噪音扰民", f"{NOISE}，孩子睡不着 {minutes}", "丁", said_at)


def test_one_file_is_kept_and_the_next_refresh_goes_on_from_it(session, tmp_path) -> None:
    two_worries()
    refresh(tmp_path)
    before = memberships(session)
    later_message(60)
    (first,) = tmp_path.iterdir()
    assert refresh(tmp_path).topics_created == 0
    (second,) = tmp_path.iterdir()
    assert second != first
    assert before.items() <= memberships(session).items()


def test_without_the_file_the_answer_is_the_same(session, tmp_path) -> None:
    two_worries()
    refresh(tmp_path)
    for path in tmp_path.iterdir():
        path.unlink()
    later_message(60)
    assert refresh(tmp_path).topics_created == 0


def test_a_broken_file_is_passed_over_and_replaced(session, tmp_path) -> None:
    two_worries()
    refresh(tmp_path)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:1000])
    (tmp_path / "killed.part").write_bytes(b"half")
    later_message(60)
    assert refresh(tmp_path).topics_created == 0
    assert [path.stat().st_size > 1000 for path in tmp_path.iterdir()] == [True]


def test_the_file_of_another_database_with_the_same_number_is_not_taken(session, tmp_path) -> None:
    two_worries()
    run = refresh(tmp_path)
    (path,) = tmp_path.iterdir()
    elsewhere = NOW - timedelta(days=3)
    path.rename(path.with_name(f"{run.id}-{elsewhere:%Y%m%d%H%M%S%f}-0.npz"))
    store("城东路路灯不亮", "城东路的路灯坏了一个月没有人修", "戊", NOW - timedelta(minutes=5))
    run = refresh(tmp_path)
    assert (run.messages_added, run.topics_created) == (1, 1)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_look_back_leaves_no_trace_after_the_next_refresh(session, tmp_path) -> None:
    two_worries()
    refresh(tmp_path)
    shown = {
        topic.id: (topic.message_count, topic.last_seen, topic.heat)
        for topic in session.scalars(select(Topic))
    }
    refresh(tmp_path, as_of=NOW - timedelta(days=5, hours=-1))
    assert {topic.message_count for topic in session.scalars(select(Topic))} == {2}
    refresh(tmp_path)
    session.expire_all()
    assert shown == {
        topic.id: (topic.message_count, topic.last_seen, topic.heat)
        for topic in session.scalars(select(Topic))
    }
