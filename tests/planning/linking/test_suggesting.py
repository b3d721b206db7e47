"""A run of suggestions: computed while others write, stored in a moment."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event as listening
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder import jobs
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.planning import service
from responder.planning.models import EventState, LinkState, TopicEventLink
from tests.factories import NOW, People
from tests.installations import at_once, installation
from tests.planning import factories as make
from tests.planning.queries import count_queries


def matters() -> tuple[int, int]:
    """A topic with an event that fits it, and other matters; their ids."""
    for n, matter in enumerate(("自来水发黄", "公交缩线", "食堂涨价", "桥面破损", "夜间施工")):
        make.topic(f"某地{matter}", [[matter[:3], 0.6], [matter[3:], 0.4]], heat=20.0 + n)
    return make.topic().id, make.event("金浦华庭地库车位租售").id


def proposed(session: Session) -> service.Proposals:
    proposals = service.propose_links(session, NOW)
    assert proposals.wanted
    return proposals


def store(proposals: service.Proposals) -> service.SuggestionRun:
    with transaction(CONSOLE, NOW) as session:
        return service.store_proposals(session, proposals)


def test_a_run_reads_no_message_while_it_holds_the_write_lock(tmp_path: Path) -> None:
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    with installation("sqlite", tmp_path) as app, app.app_context():
        matters()
        listening.listen(db.engine, "before_cursor_execute", note)
        jobs.JOBS["suggest-links"].work(NOW, app.extensions["settings"])
        assert db.session.scalars(select(TopicEventLink)).all()
    locked = statements[statements.index("BEGIN IMMEDIATE") :]
    assert any("topic_message" in one for one in statements)
    assert not any("topic_message" in one for one in locked)


def test_storing_takes_the_same_queries_for_a_few_as_for_many(session: Session) -> None:
    matters()
    few = proposed(session)
    for n in range(9):
        name = f"第{n}医院急诊"
        make.topic(f"{name}停诊", [[name, 0.7], ["停诊", 0.3]], heat=70 + n)
        make.event(f"{name}停诊")
    many = proposed(session)
    assert len(many.wanted) > len(few.wanted)
    assert count_queries(lambda: store(few)) == count_queries(lambda: store(many))


def test_what_a_person_decided_meanwhile_stands(session: Session, people: People) -> None:
    matters()
    make.suggest()
    proposals = proposed(session)
    [link] = make.links()
    make.decide(link, False, people.press_officer)
    assert store(proposals) == service.SuggestionRun(6, 1, 0, 0, 0)
    assert [one.state for one in make.links()] == [LinkState.REFUSED]


def test_what_is_gone_meanwhile_gets_no_suggestion(session: Session) -> None:
    topic_id, event_id = matters()
    other = make.event("金浦华庭车位定价说明", NOW + timedelta(days=9))
    proposals = proposed(session)
    with transaction(CONSOLE, NOW) as writing:
        service.get_event(writing, event_id).state = EventState.CANCELLED
    store(proposals)
    assert {link.event_id for link in make.links()} == {other.id}
    with transaction(CONSOLE, NOW):
        make.links()[0].topic.dismissed = True
    assert store(proposals).removed == 1
    assert make.links() == []
    assert topic_id in proposals.topic_ids


def test_two_runs_at_the_same_moment_store_each_suggestion_once(tmp_path: Path) -> None:
    with installation("postgresql", tmp_path) as app:
        with app.app_context():
            matters()
            proposals = proposed(db.session)
            db.session.rollback()
        at_once(app, lambda _number: store(proposals))
        with app.app_context():
            assert len(make.links()) == len(proposals.wanted)
