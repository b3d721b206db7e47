"""The big screen: what the duty room sees, and how it is kept fresh."""

from __future__ import annotations

from datetime import timedelta

from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.scheduling.models import SchedulerTurn
from tests.planning import factories as make
from tests.planning.queries import count_queries


def _scheduler_acted(moment) -> None:
    with transaction(CONSOLE) as session:
        session.get_one(SchedulerTurn, 1).renewed_at = moment


def test_the_screen_says_whether_the_scheduler_lives(client, people) -> None:
    people.sign_in(client, people.press_officer)
    _scheduler_acted(utc_now())
    assert "✓ 调度器正常" in client.get("/screen").text
    _scheduler_acted(utc_now() - timedelta(hours=2))
    assert "✗ 调度器自" in client.get("/screen/part").text


def test_the_part_is_the_page_without_its_head_and_masks(client, people) -> None:
    make.topic("找张伟13800138000退费", heat=70.0)
    make.event("请致电13800138000", starts_at=utc_now() + timedelta(days=1))
    people.sign_in(client, people.press_officer)
    page, part = client.get("/screen").text, client.get("/screen/part").text
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in page
    assert "<html" not in part
    assert "13800138000" not in page + part
    assert "退费" in part
    assert "请致电" in part


def test_only_who_reads_topics_and_responses_may_look(client, people) -> None:
    for person, status in ((people.press_officer, 200), (people.operator, 403)):
        people.sign_in(client, person)
        assert client.get("/screen").status_code == status


def test_the_screen_takes_as_many_queries_on_a_busy_day(client, people, session) -> None:
    def look() -> None:
        session.expire_all()
        client.get("/screen/part")

    people.sign_in(client, people.press_officer)
    make.topic("一件", heat=70.0)
    make.event("第一场", starts_at=utc_now() + timedelta(days=1))
    look()  # what is kept from request to request is asked once
    few = count_queries(look)
    for n in range(4):
        make.topic(f"第{n}件", heat=60.0 + n)
        make.event(f"第{n}场", starts_at=utc_now() + timedelta(days=2 + n))
    assert count_queries(look) == few
