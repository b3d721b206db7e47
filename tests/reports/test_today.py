"""Today: each person's own morning, and the trail for those who may read it."""

from __future__ import annotations

from datetime import timedelta

from responder.core.database import transaction
from responder.core.permissions import CONSOLE, Role
from responder.planning import service as planning
from responder.planning.models import Form
from responder.topics import heat_settings
from responder.topics.rules import SHIPPED, Scale
from tests.factories import NOW, unit
from tests.topics.factories import refresh, two_worries


def test_an_operator_sees_the_desk_and_the_topics_but_no_deadlines(client, people) -> None:
    people.sign_in(client, people.operator)
    page = client.get("/").text
    assert "登记来电" in page
    assert "热点" in page
    assert 'id="due"' not in page  # the rules of clocks stand in the navigation for all


def test_hot_topics_that_no_event_answers_stand_out(client, people, session) -> None:
    two_worries()
    refresh()
    with transaction(CONSOLE, NOW) as opened:
        heat_settings.save(opened, Scale(SHIPPED.weights, (1, 2, 100)), seen_version=0)
    people.sign_in(client, people.press_officer)
    page = client.get("/").text
    assert page.count(">没有发布活动<") == 2
    assert "2 个热点还没有发布活动" in page


def test_a_proposed_event_waits_for_a_colleague_of_whoever_proposed_it(client, people) -> None:
    proposer = people.press_officer
    unit_row = unit()
    colleague = people.holding(Role.PRESS_OFFICER, "deputy")
    with transaction(proposer.actor) as session:
        planning.create_event(
            session,
            proposer.actor,
            theme="夜间施工管理",
            form=Form.BRIEFING,
            starts_at=NOW + timedelta(days=4000),
            unit=unit_row,
        )
    people.sign_in(client, proposer)
    assert "现在没有等您办理的事项" in client.get("/").text
    people.sign_in(client, colleague)
    assert "现在没有等您办理的事项" not in client.get("/").text


def test_an_empty_office_is_told_what_to_do(client, people) -> None:
    people.sign_in(client, people.analyst)
    assert "登记来电或导入留言后，系统会自动聚合" in client.get("/").text


def test_the_trail_is_told_in_words_and_can_be_filtered(client, people, session) -> None:
    kept = unit("jyj", "市教育局")
    with transaction(CONSOLE):
        kept.name = "市教育体育局"
    people.sign_in(client, people.auditor)
    page = client.get("/audit?kind=unit").text
    assert "名称：市教育局 → 市教育体育局" in page
    assert "人员" not in client.get("/audit?kind=unit&person=无此人").text.split("</form>")[1]


def test_the_trail_is_closed_to_others(client, people) -> None:
    people.sign_in(client, people.editor)
    assert client.get("/audit").status_code == 403
