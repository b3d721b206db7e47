"""Agreed wording reaches the briefing pack of an event, and the check of a draft."""

from __future__ import annotations

from datetime import timedelta

import pytest

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI, utc_now
from responder.intake.models import Nature
from responder.planning.briefing.layout import shipped_template
from responder.planning.briefing.rendering import word_file
from responder.planning.models import EventState, LinkState
from responder.responses import service as responses
from responder.responses.drafting.formats import TextFormat
from responder.responses.drafting.looking import look_through
from responder.responses.models import ItemState
from responder.responses.sourcing.service import attach
from responder.topics.models import Membership
from tests.factories import NOW
from tests.orders.factories import message
from tests.planning import factories as planned
from tests.planning.briefing.test_word_file import pack_of, text_of
from tests.responses.consulting.test_consulting import agreed
from tests.responses.factories import brought_to, drafted, opened, topic
from tests.responses.pages import strict

SAID = "车位租售方案十二月底前公布，联系人电话13812345678。"
SHOWN = "车位租售方案十二月底前公布"


def at_an_event(matter):
    event = planned.event("车位新闻通气会", utc_now() + timedelta(days=3), EventState.CONFIRMED)
    planned.link(matter, event, LinkState.CONFIRMED)
    return event


def test_the_pack_tells_the_agreed_wording_of_what_is_in_hand_without_personal_data(client, people):
    matter = topic()
    item, event = opened(topic=matter), at_an_event(matter)
    (answer,) = pack_of(event).topics[0].in_hand
    assert answer.wording == ""
    agreed(item, people.editor, "先前的说法。")
    agreed(item, people.editor, SAID, seen=1)
    (answer,) = pack_of(event).topics[0].in_hand
    assert SHOWN in answer.wording
    assert "13812345678" not in answer.wording
    text = text_of(word_file(pack_of(event), shipped_template()))
    assert "可按商定口径回答：" in text
    assert SHOWN in text
    assert "先前的说法" not in text
    people.sign_in(client, people.press_officer)
    page = client.get(f"/planning/events/{event.id}/briefing").text
    strict(page)
    assert SHOWN in page


@pytest.mark.parametrize("way", ["message", "topic"])
def test_of_what_answers_a_report_the_pack_tells_neither_title_nor_wording(people, way):
    matter = topic()
    item, event = opened(topic=matter, title="关于举报某工地的回应"), at_an_event(matter)
    agreed(item, people.editor, SAID)
    report = message(title="举报工地", body="我举报工地夜间偷排污水", nature=Nature.REPORT)
    with transaction(CONSOLE, NOW) as session:
        if way == "message":
            attach(session, responses.find_item(session, item.id), report)
        else:
            session.add(Membership(message_id=report.id, topic_id=matter.id, similarity=1.0))
    (answer,) = pack_of(event).topics[0].in_hand
    assert (answer.title, answer.wording) == (f"第 {item.id} 号事项", "")
    text = text_of(word_file(pack_of(event), shipped_template()))
    assert SHOWN not in text
    assert "举报某工地" not in text


def test_what_is_out_is_told_in_its_own_words(people):
    matter = topic()
    item = drafted(topic=matter)
    agreed(item, people.editor, SAID)
    out = brought_to(ItemState.PUBLISHED, topic=matter)
    assert [one.wording for one in responses.answers_in_hand(db.session, [matter.id])] == [SAID]
    assert out.id != item.id


def test_a_number_or_day_that_differs_from_the_agreed_wording_is_told(people):
    item = opened()
    agreed(item, people.editor, "首批车位共300个，租售方案12月20日前公布。首批安置共86户。")

    def remarks(text):
        check = look_through(db.session, item, text, TextFormat.PLAIN, NOW, SHANGHAI)
        return " ".join(str(vars(one)) for one in check.remarks)

    told = remarks("经核实，首批安置共68户，租售方案12月25日前公布。")
    assert "文中68户，商定口径里是86户" in told
    assert "商定口径里是12月20日" in told
    assert "商定口径" not in remarks("经核实，首批安置共86户，租售方案12月20日前公布。")
