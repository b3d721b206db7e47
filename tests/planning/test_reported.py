"""Reports (举报) never reach the unit reported on: not quoted, not read, warned of."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.intake.models import Message, Nature
from responder.orders import service as orders
from responder.planning import reported
from responder.planning.briefing.layout import shipped_template
from responder.planning.briefing.rendering import word_file
from responder.planning.models import EventState, LinkState, PressEvent
from responder.topics.models import Topic
from tests.factories import NOW, People
from tests.planning import factories as make
from tests.planning.briefing.factories import message, pack_of

REPORTED = "举报市住建局某科长收受开发商好处费，请问纪委什么时候来查？"
ASKED = "小区地下车位为什么只售不租？"


@pytest.fixture
def event(session: Session) -> PressEvent:
    return make.event(state=EventState.PREPARING)


@pytest.fixture
def topic(event: PressEvent) -> Topic:
    found = make.topic()
    make.link(found, event, LinkState.CONFIRMED)
    return found


def report(of: Topic, body: str = REPORTED) -> Message:
    made = message(of, body)
    with transaction(CONSOLE, NOW):
        made.nature = Nature.REPORT
    return made


def test_no_report_is_quoted_and_the_pack_says_how_many_were_left_out(
    event: PressEvent, topic: Topic
) -> None:
    message(topic, ASKED)
    report(topic)
    report(topic, "再次举报：这位科长还收了购物卡，谁来管？")
    pack = pack_of(event)
    (part,) = pack.topics
    assert [question.text for question in part.questions] == [ASKED]
    assert (part.read, part.reports) == (1, 2)
    paragraphs = Document(BytesIO(word_file(pack, shipped_template()))).paragraphs
    text = "\n".join(paragraph.text for paragraph in paragraphs)
    assert "另有举报 2 条，内容不列入本材料。" in text
    assert "举报市住建局" not in text


def test_the_page_of_the_pack_says_it_too(
    client: FlaskClient, people: People, event: PressEvent, topic: Topic
) -> None:
    report(topic)
    people.sign_in(client, people.press_officer)
    page = client.get(f"/planning/events/{event.id}/briefing").text
    assert "另有举报 1 条，内容不列入本材料。" in page
    assert "好处费" not in page


@pytest.mark.parametrize("merged", [False, True])
def test_what_the_office_deals_with_as_a_report_is_one_however_it_came(
    people: People, event: PressEvent, topic: Topic, merged: bool
) -> None:
    """The message came as a complaint; its order, or the one it went into, says report."""
    message(topic, ASKED)
    made = message(topic, REPORTED)
    actor = people.operator.actor
    with transaction(actor, NOW) as session:
        made.nature = Nature.COMPLAINT
        nature = Nature.COMPLAINT if merged else Nature.REPORT
        order = orders.open_from_message(session, made, actor, NOW, nature=nature)
        if merged:
            other = message_elsewhere(session)
            into = orders.open_from_message(session, other, actor, NOW, nature=Nature.REPORT)
            session.flush()
            order.merged_into = into
    assert reported.reports_in(db.session, [topic.id]) == {topic.id: 1}
    (part,) = pack_of(event).topics
    assert [question.text for question in part.questions] == [ASKED]


def message_elsewhere(session: Session) -> Message:
    made = Message(
        fingerprint="elsewhere", channel="hotline", title="", body=REPORTED, author_key="x",
        district="", occurred_at=NOW, received_at=NOW,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def test_what_only_a_report_says_leads_to_no_event(session: Session) -> None:
    for matter in ("自来水发黄", "公交缩线", "食堂涨价", "桥面破损"):
        make.topic(matter, [[matter[:2], 0.6], [matter[2:], 0.4]], heat=20.0)
    topic = make.topic("小区问题", [["小区", 1.0]])
    make.event("工程招投标专项整治", summary="通报围标串标和工程招投标专项整治情况")
    said = message(topic, "工程招投标有人围标串标，请专项整治")
    make.suggest()
    assert [link.topic_id for link in make.links()] == [topic.id]
    with transaction(CONSOLE, NOW):
        said.nature = Nature.REPORT
    make.suggest()
    assert make.links() == []


def test_a_theme_from_a_topic_with_reports_comes_with_a_warning(
    client: FlaskClient, people: People
) -> None:
    topic = make.topic()
    message(topic, ASKED)
    people.sign_in(client, people.press_officer)
    path = f"/planning/events/new?topic_id={topic.id}"
    assert "留言中有举报" not in client.get(path).text
    report(topic)
    assert "留言中有举报 1 条" in client.get(path).text
    again = client.post(path, data={"topic_id": topic.id, "theme": ""})
    assert "留言中有举报 1 条" in again.text
