"""The office's rule on how long senders are kept, and what erasing leaves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import Invalid, Stale
from responder.core.permissions import CONSOLE, SYSTEM
from responder.core.times import SHANGHAI
from responder.intake import service
from responder.intake.identity import authors, retention
from responder.intake.identity.retention import Erased
from responder.intake.models import Channel, Message
from tests.factories import NOW
from tests.intake.factories import new_message

OLD = datetime(2024, 10, 15, 2, 0, tzinfo=UTC)  # its month ended more than 730 days before NOW
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


def store(number: int, received_at: datetime = OLD, **changes: object) -> Message:
    message = new_message(number, received_at=received_at, **changes)
    with transaction(CONSOLE) as session:
        service.store_messages(session, [message], NOW)
        return session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()


def erase(before: datetime = BEFORE) -> Erased:
    *_, done = retention.erase(before, CONSOLE, NOW)
    return done


def people(session: Session) -> int:
    return session.scalars(select(func.count(Message.author_key.distinct()))).one()


def test_the_sender_goes_and_the_message_stays(session: Session) -> None:
    message = store(1, author="王女士", phone="13812345678", body="路灯坏了", place="滨江路")
    assert erase() == Erased(1, 1)
    session.refresh(message)
    assert (message.author, message.phone) == ("", "")
    assert (message.body, message.place) == ("路灯坏了", "滨江路")


def test_nothing_leads_from_an_erased_message_back_to_a_person(session: Session) -> None:
    erased = store(1, author="王女士", phone="13812345678")
    kept = store(2, received_at=NOW, author="王女士", phone="13812345678")
    old_key = kept.author_key
    erase()
    session.refresh(erased)
    assert erased.author_key != old_key
    assert len(erased.author_key) == 32
    assert authors.earlier_of(session, "13812345678") == [kept]
    assert authors.earlier_of(session, erased) == []


def test_people_are_counted_as_before(session: Session) -> None:
    for number in range(4):
        store(number, author="", phone=f"1381234000{number % 2}")
    store(9, author="匿名")
    assert people(session) == 3
    assert erase() == Erased(5, 3)
    assert people(session) == 3


def test_what_was_erased_does_not_come_back_with_the_file_it_came_from(session: Session) -> None:
    message = new_message(1, author="王女士", received_at=OLD)
    for _ in range(2):
        with transaction(CONSOLE) as writing:
            service.store_messages(writing, [message], NOW)
        erase()
    assert session.scalars(select(Message.author)).all() == [""]


def test_a_message_that_somebody_still_needs_the_sender_of_is_spared(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed, other = store(1, phone="13812345678"), store(2, phone="13812345678")
    monkeypatch.setattr(retention, "_spared", {})
    retention.spare("orders", lambda: select(Message.id).where(Message.title == needed.title))
    assert retention.due(session, BEFORE) == Erased(1, 1)
    assert erase() == Erased(1, 1)
    assert [one.phone for one in (needed, other) if not session.refresh(one)] == ["13812345678", ""]


def test_an_erasure_that_was_stopped_goes_on(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PEOPLE_A_STEP", 2)
    for number in range(5):
        store(number)
    stopped = retention.erase(BEFORE, CONSOLE, NOW)
    assert next(stopped) == Erased(2, 2)
    stopped.close()
    assert erase() == Erased(3, 3)
    events = audit.history(session, retention.rule_of(session))
    assert [event.changes["messages"] for event in events] == [2, 2, 1]


def test_a_trial_erases_nothing(session: Session) -> None:
    store(1)
    assert retention.due(session, BEFORE) == Erased(1, 1)
    assert session.scalars(select(Message.author)).all() == ["市民1"]


@pytest.mark.parametrize(
    ("days", "today", "first_kept"),
    [
        (730, date(2026, 11, 23), date(2024, 11, 1)),
        (730, date(2026, 10, 31), date(2024, 10, 1)),
        (30, date(2026, 3, 31), date(2026, 3, 1)),
        (30, date(2026, 3, 30), date(2026, 2, 1)),
        (0, date(2026, 3, 30), date(2026, 3, 1)),
    ],
)
def test_whole_months_are_due_once_their_last_day_is_old_enough(
    days: int, today: date, first_kept: date
) -> None:
    assert retention.cutoff(days, today) == first_kept


def test_the_rule_is_carried_out_once_a_day_and_told_with_its_counts(session: Session) -> None:
    store(1)
    store(2, received_at=datetime(2024, 10, 31, 16, 0, tzinfo=UTC))  # November in Shanghai
    assert retention.erase_due(NOW, SHANGHAI, SYSTEM) == Erased(1, 1)
    store(3)
    assert retention.erase_due(NOW + timedelta(hours=1), SHANGHAI, SYSTEM) == Erased()
    assert retention.erase_due(NOW + timedelta(days=1), SHANGHAI, SYSTEM) == Erased(1, 1)
    events = audit.history(session, retention.rule_of(session))
    assert [(event.action, event.actor_name) for event in events] == [("erase", "系统")] * 2
    before = "2024-10-31T16:00:00+00:00"
    assert events[0].changes == {"before": before, "messages": 1, "people": 1}


def test_zero_days_keep_for_ever(session: Session) -> None:
    message = store(1, channel=Channel.HOTLINE)
    with transaction(CONSOLE) as writing:
        retention.change(writing, 0)
    assert retention.erase_due(NOW, SHANGHAI, SYSTEM) == Erased()
    assert message.author == "市民1"


def test_the_rule_is_changed_with_a_trace_and_within_reason(session: Session) -> None:
    with transaction(CONSOLE) as writing:
        rule = retention.change(writing, 365, retention.rule_of(writing).version_id)
        seen = rule.version_id
    assert audit.history(session, rule)[-1].changes == {"keep_days": [730, 365]}
    for days in (-1, 40_000):
        with pytest.raises(Invalid, match="保留天数"):
            retention.change(session, days)
    with pytest.raises(Stale):
        retention.change(session, 10, seen - 1)
