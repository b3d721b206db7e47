"""What is said on each topic: kept once, and never over somebody else's words."""

from __future__ import annotations

import pytest

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid, Stale, WrongState
from responder.planning.briefing import statements
from responder.planning.models import EventState, LinkState, TopicEventLink
from tests.factories import NOW
from tests.planning import factories
from tests.planning.briefing.factories import answered_event


@pytest.fixture
def link(session) -> TopicEventLink:
    made, _ = answered_event()
    return made.links[0]


def write(link: TopicEventLink, text: str, shown: str, actor) -> bool:
    with transaction(actor, NOW) as session:
        return statements.write(session, link.id, text, shown, actor)


def test_a_statement_is_kept_and_in_the_trail(session, people, link):
    officer = people.press_officer.actor
    assert write(link, " 已约谈。\r\n限期整改。 ", statements.seen(link), officer)
    db.session.expire_all()
    kept = statements.get(db.session, link.id)
    assert kept.statement == "已约谈。\n限期整改。"
    assert audit.history(session, kept)[-1].changes["statement"] == ["", "已约谈。\n限期整改。"]


def test_the_second_of_two_who_write_is_told(people, link):
    officer = people.press_officer.actor
    shown = statements.seen(link)
    write(link, "先写的。", shown, officer)
    with pytest.raises(Stale):
        write(link, "后写的。", shown, officer)
    assert not write(link, "先写的。", shown, officer)


def test_what_may_not_be_written_is_refused(people, link):
    officer = people.press_officer.actor
    with pytest.raises(Forbidden):
        write(link, "一", statements.seen(link), people.analyst.actor)
    with pytest.raises(Invalid):
        write(link, "长" * (statements.LONGEST + 1), statements.seen(link), officer)
    cancelled = factories.event(state=EventState.CANCELLED)
    other = factories.link(factories.topic(), cancelled, LinkState.CONFIRMED)
    with pytest.raises(WrongState):
        write(other, "一", statements.seen(other), officer)
    suggested = factories.link(factories.topic(), factories.event())
    with pytest.raises(WrongState):
        write(suggested, "一", statements.seen(suggested), officer)
