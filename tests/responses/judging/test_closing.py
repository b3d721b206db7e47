"""What needs no public answer is closed by two people, and opened again by a judgement."""

from __future__ import annotations

from datetime import timedelta
from xml.etree.ElementTree import Element

import pytest
from sqlalchemy import select

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Forbidden, GuardRefused, Invalid, WrongState
from responder.core.permissions import CONSOLE, Role
from responder.planning.linking import gaps, verdicts
from responder.planning.linking.models import TopicVerdict
from responder.planning.models import EventState
from responder.responses import service as responses
from responder.responses.board.service import STATES
from responder.responses.judging.queries import last_judgement
from responder.responses.judging.rules import Grade
from responder.responses.models import ItemState, Level
from responder.warnings.running import running
from tests.factories import NOW
from tests.planning import factories as planned
from tests.responses.factories import (
    brought_to,
    drafted,
    judged_away,
    opened,
    reload,
    save,
    take,
    topic,
)
from tests.responses.judging.test_judging import judge
from tests.responses.pages import HTML, strict

GRAVE = Grade.GRAVE
HOUR = timedelta(hours=1)
WHY = "已电话答复来电人"


@pytest.mark.parametrize("action", ["close", "close_told"])
def test_closing_stops_every_clock_and_tells_who_and_why(people, action):
    item = opened(level=Level.MAJOR_EMERGENCY)
    judge(item, people.supervisor, must=False, at=NOW + HOUR)
    take(item, action, people.press_officer, WHY, NOW + 2 * HOUR)
    assert reload(item).state is ItemState.CLOSED
    assert {clock.stopped_at for clock in item.clocks} == {NOW + 2 * HOUR}
    line = audit.history(db.session, item)[-1]
    assert (line.action, line.actor_name, line.note) == (
        action, people.press_officer.actor.name, WHY,
    )  # fmt: skip


@pytest.mark.parametrize("role", Role)
def test_whoever_decides_on_clocks_closes_and_with_a_reason(people, role):
    item = opened()
    judged_away(item, people.analyst)
    person = people.holding(role, "another")
    if role not in {Role.SIGNER, Role.PRESS_OFFICER, Role.SUPERVISOR}:
        with pytest.raises(Forbidden):
            take(item, "close", person, WHY)
        return
    with pytest.raises(GuardRefused, match="请写明不答复，办结的理由"):
        take(item, "close", person, " ")
    take(item, "close", person, WHY)
    assert reload(item).state is ItemState.CLOSED


def test_only_what_was_last_judged_so_by_somebody_else_who_wrote_none_of_it_is_closed(people):
    item = drafted()
    with pytest.raises(GuardRefused, match="请先研判"):
        take(item, "close", people.press_officer, WHY)
    judged_away(item)
    with pytest.raises(GuardRefused, match="是您研判的"):
        take(item, "close", people.supervisor, WHY)
    judge(item, people.supervisor, must=True)
    with pytest.raises(GuardRefused, match="请先研判"):
        take(item, "close", people.press_officer, WHY)
    judged_away(item)
    both = people.holding(Role.SIGNER)
    item.drafted_by_id = both.id
    db.session.commit()
    with pytest.raises(GuardRefused, match="您发起或起草过本事项，不能由您办结"):
        take(item, "close", both, WHY)
    take(item, "submit", people.editor)
    with pytest.raises(WrongState):
        take(item, "close", people.press_officer, WHY)


def test_a_closed_item_is_in_nobodys_hands_and_counted_apart(people):
    matter = topic()
    item = brought_to(ItemState.CLOSED, topic=matter)
    assert responses.due(db.session) == []
    assert list(running(db.session)) == []
    assert (responses.next_clock(item), responses.is_suspended(item)) == (None, False)
    assert responses.answers_in_hand(db.session, [matter.id]) == []
    assert responses.counts_by_state(db.session)[ItemState.CLOSED] == 1
    assert ItemState.CLOSED not in STATES
    with pytest.raises(WrongState, match="已办结"):
        responses.set_event(db.session, item, planned.event(), people.press_officer.actor)
    with pytest.raises(DomainError):
        save(item, "再写一稿，已经办结。", people.editor)


def test_what_is_overdue_stays_so_when_it_is_closed(people):
    item = opened()
    judged_away(item, at=NOW + 50 * HOUR)
    take(item, "close", people.press_officer, WHY, NOW + 51 * HOUR)
    (clock,) = reload(item).clocks
    assert clock.stopped_at > clock.due_at == NOW + 48 * HOUR


def test_a_judgement_that_it_must_be_answered_opens_it_again_with_its_clocks(people):
    item = opened()
    ended = item.clocks[0].due_at
    judged_away(item)
    take(item, "close", people.press_officer, WHY, NOW + HOUR)
    with pytest.raises(Invalid, match="重新研判"):
        take(item, "reopen", people.analyst, WHY)
    judge(item, people.analyst, must=False, at=NOW + 2 * HOUR)
    assert reload(item).state is ItemState.CLOSED
    judge(item, people.analyst, note="又有新的反映", at=NOW + 3 * HOUR)
    (clock,) = reload(item).clocks
    assert (item.state, clock.stopped_at, clock.due_at) == (ItemState.DRAFT, None, ended)
    deeds = [line.action for line in audit.history(db.session, item)]
    assert deeds[-2:] == ["reopen", "judge"]


def test_what_a_held_event_has_stopped_does_not_run_on(people):
    item = opened(level=Level.MAJOR_EMERGENCY)
    event = planned.event(starts_at=NOW + HOUR, state=EventState.HELD)
    responses.set_event(db.session, item, event, people.press_officer.actor)
    db.session.commit()
    judge(item, people.supervisor, must=False, grade=GRAVE, at=NOW + 2 * HOUR)
    take(item, "close", people.press_officer, WHY, NOW + 2 * HOUR)
    judge(item, people.supervisor, grade=GRAVE, at=NOW + 3 * HOUR)
    stopped = {clock.rule.stopped_by: clock.stopped_at for clock in reload(item).clocks}
    assert stopped == {"published": None, "event_held": NOW + HOUR}


def test_a_new_level_starts_no_clock_of_what_stays_closed(people):
    item = brought_to(ItemState.CLOSED)
    judge(item, people.supervisor, grade=GRAVE, must=False, at=NOW + HOUR)
    assert all(clock.stopped_at for clock in reload(item).clocks)
    assert (len(item.clocks), item.level) == (1, Level.ORDINARY)
    assert last_judgement(item).level is Level.MAJOR_EMERGENCY
    judge(item, people.supervisor, grade=Grade.NONE, must=False, at=NOW + 2 * HOUR)
    judge(item, people.supervisor, grade=Grade.NONE, must=True, at=NOW + 3 * HOUR)
    assert (reload(item).state, item.level) == (ItemState.DRAFT, Level.ORDINARY)
    assert {clock.rule.level for clock in item.clocks} == {Level.ORDINARY}


def test_a_level_that_was_judged_while_it_was_closed_comes_when_it_is_opened_again(people):
    item = brought_to(ItemState.CLOSED)
    judge(item, people.supervisor, grade=GRAVE, must=True, at=NOW + HOUR)
    assert (reload(item).level, len(item.clocks)) == (Level.MAJOR_EMERGENCY, 2)
    assert {clock.rule.level for clock in item.clocks} == {Level.MAJOR_EMERGENCY}


def test_the_topic_of_what_was_closed_comes_back_when_it_is_hotter(people):
    matter = topic()
    heated(matter, 44.0)
    item = brought_to(ItemState.CLOSED, topic=matter)
    (verdict,) = db.session.scalars(select(TopicVerdict))
    assert (verdict.topic_id, verdict.heat) == (matter.id, 44.0)
    assert verdict.reason == f"第 {item.id} 号事项：不答复，办结"
    assert gaps.open_gaps(db.session) == []
    heated(matter, 95.0)
    (gap,) = gaps.open_gaps(db.session)
    assert (gap.topic_id, gap.verdict.id) == (matter.id, verdict.id)
    judge(item, people.supervisor, must=True, at=NOW + HOUR)
    assert gaps.open_gaps(db.session) == []
    assert db.session.scalars(verdicts.settled()).all() == []


def heated(matter, heat):
    with transaction(CONSOLE, NOW):
        matter.heat = heat


def test_the_page_offers_it_where_it_was_judged_so_and_says_that_it_is_closed(client, people):
    item = opened()
    people.sign_in(client, people.press_officer)
    address = f"/responses/{item.id}"
    assert "单独答复后办结" not in client.get(address).text
    judged_away(item)
    page = client.get(address).text
    strict(page)
    assert "单独答复后办结" in page
    sent = {"version": reload(item).version_id, "note": WHY}
    assert client.post(f"{address}/close_told", data=sent).status_code == 302
    page = client.get(address).text
    strict(page)
    for told in ("已办结（不公开）", WHY, "单独答复后办结</strong>", "重新研判"):
        assert told in page
    assert "重新办理</button>" not in page
    assert item.title in client.get("/responses?state=closed").text


@pytest.mark.parametrize("role", [Role.SIGNER, Role.PRESS_OFFICER, Role.SUPERVISOR])
@pytest.mark.parametrize("action", ["close", "close_told"])
def test_the_button_that_closes_has_room_for_its_reason(client, people, role, action):
    item = opened()
    judged_away(item, people.analyst)
    people.sign_in(client, people.holding(role, "closes"))
    address = f"/responses/{item.id}"
    form = form_to(strict(client.get(address).text), f"{address}/{action}")
    assert sendable(form) == {"csrf_token", "version", "note"}
    (note,) = form.iter(f"{HTML}textarea")
    assert note.get("required") is not None
    sent = {"version": reload(item).version_id, "note": WHY}
    assert client.post(form.get("action", ""), data=sent).status_code == 302
    assert reload(item).state is ItemState.CLOSED


def test_whoever_may_not_close_is_asked_for_no_reason(client, people):
    item = opened()
    judged_away(item)
    people.sign_in(client, people.supervisor)
    address = f"/responses/{item.id}"
    form = form_to(strict(client.get(address).text), f"{address}/close")
    assert "note" not in sendable(form)


def test_many_are_closed_with_a_reason_and_the_box_says_so(client, people):
    item = opened()
    judged_away(item)
    people.sign_in(client, people.press_officer)
    page = client.get("/responses/bulk", query_string={"chosen": [item.id]}).text
    strict(page)
    assert "意见（办理“单独答复后办结”“不答复，办结”时必填，各件相同）" in page
    people.sign_in(client, people.editor)
    submitted = drafted()
    page = client.get("/responses/bulk", query_string={"chosen": [submitted.id]}).text
    assert "意见（可不填，各件相同）" in page


def form_to(page: Element, address: str) -> Element:
    """The form of a page that is sent to this address."""
    (form,) = (one for one in page.iter(f"{HTML}form") if one.get("action") == address)
    return form


def sendable(form: Element) -> set[str | None]:
    """Names of what a browser would send."""
    kinds = (f"{HTML}input", f"{HTML}textarea", f"{HTML}select")
    return {field.get("name") for field in form.iter() if field.tag in kinds}
