"""The way back from a click: refused plainly once the thing has moved on, and in the trail."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from sqlalchemy import select

from responder.alerts.models import AlertReading, Kind
from responder.core.audit import AuditEvent
from responder.core.database import transaction
from responder.core.permissions import CONSOLE, Role
from responder.planning.events import avoiding, preparing
from responder.planning.linking import verdicts
from responder.responses.drafting import lists
from responder.topics.models import Topic
from responder.warnings.models import WarningDelivery
from responder.web import undoing
from tests.alerts.factories import refresh_and_look, rule
from tests.factories import NOW
from tests.planning import factories as make
from tests.responses.factories import drafted, opened
from tests.topics.factories import two_worries
from tests.warnings.factories import look, seeded

SATURDAY = NOW + timedelta(hours=25)
DAYS = {"name": "全国两会", "first_day": "2027-03-03", "last_day": "2027-03-12", "source": "通知"}


def way_back(page: str) -> tuple[str, dict[str, str]]:
    """Where the button of a piece of news posts, and what."""
    form = re.search(r'alert-success split-row.*?<form method="post" action="([^"]+)">(.*?)</form>',
                     page, re.DOTALL)  # fmt: skip
    assert form, "no way back is offered"
    fields = re.findall(r'name="([^"]+)" value="([^"]*)"', form[2])
    return unescape(form[1]), {name: unescape(value) for name, value in fields}


def deeds(session, person) -> list[str]:
    mine = select(AuditEvent.action).where(AuditEvent.actor_id == person.id)
    return list(session.scalars(mine.order_by(AuditEvent.id)))


@pytest.fixture
def unread(session, people):
    """Two alerts, and a warning of the editor, on a Saturday."""
    rule(Kind.NEW, people=3)
    two_worries()
    refresh_and_look()
    seeded()
    assert people.editor
    drafted()
    look(SATURDAY)
    with time_machine.travel(SATURDAY, tick=False):
        yield


@pytest.mark.parametrize("room", ["alerts", "warnings"])
def test_what_was_read_is_unread_again_once(client, people, session, unread, room) -> None:
    def read() -> int:
        session.expire_all()
        if room == "alerts":
            return len(session.scalars(select(AlertReading)).all())
        ended = select(WarningDelivery).where(WarningDelivery.read_at.is_not(None))
        return len(session.scalars(ended).all())

    people.sign_in(client, people.editor)
    address, fields = way_back(client.post(f"/{room}/read", follow_redirects=True).text)
    assert read() > 0
    people.sign_in(client, people.supervisor)
    client.post(address, data=fields)
    assert read() > 0
    people.sign_in(client, people.editor)
    assert "恢复为未阅" in client.post(address, data=fields, follow_redirects=True).text
    assert read() == 0
    again = client.post(address, data=fields)
    assert again.status_code == 409
    assert "没有可以恢复的" in again.text
    assert deeds(session, people.editor) == ["draft", f"unread_{room}"]


def choosable(page: str) -> list[str]:
    """The rows of a list that can be chosen."""
    return re.findall(r'name="chosen" form="bulk" value="([^"]+)"', page)


@pytest.mark.parametrize("room", ["alerts", "warnings"])
def test_what_was_read_of_a_list_is_unread_again(client, people, session, unread, room) -> None:
    people.sign_in(client, people.editor)
    before = choosable(client.get(f"/{room}").text)
    step = {"chosen": before[:1], "action": "read"}
    done = client.post(f"/{room}/bulk", data=step, follow_redirects=True).text
    assert choosable(done) == before[1:]
    address, fields = way_back(done)
    assert "恢复为未阅" in client.post(address, data=fields, follow_redirects=True).text
    assert choosable(client.get(f"/{room}").text) == before


def test_what_was_finished_at_once_is_open_again_once(client, people, session) -> None:
    event, officer = make.event(starts_at=NOW + timedelta(days=3)), people.press_officer.actor
    with transaction(CONSOLE, NOW) as writing:
        tasks = [preparing.add_task(writing, event, name, 1) for name in ("场地", "直播", "口径")]
        preparing.finish_task(writing, tasks[2], officer, NOW)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        people.sign_in(client, people.press_officer)
        chosen = {"chosen": [task.id for task in tasks[:2]], "action": "finish"}
        done = client.post("/planning/preparation/bulk", data=chosen, follow_redirects=True)
        assert "没有过期或即将到期的筹备事项" in done.text
        address, fields = way_back(done.text)
        people.sign_in(client, people.editor)
        assert client.post(address, data=fields).status_code == 403
        people.sign_in(client, people.press_officer)
        back = client.post(address, data=fields, follow_redirects=True).text
        assert "2 个筹备事项恢复为未完成" in back
        assert client.post(address, data=fields).status_code == 409
    session.expire_all()
    assert [bool(task.done_at) for task in preparing.tasks_of(session, event)] == [
        False, False, True,
    ]  # fmt: skip


def test_many_are_finished_only_by_who_may_and_is_shown_them(client, people, session) -> None:
    event = make.event(starts_at=NOW + timedelta(days=3))
    with transaction(CONSOLE, NOW) as writing:
        due, later = (preparing.add_task(writing, event, "场地", days) for days in (1, -40))
    with time_machine.travel(NOW, tick=False):
        chosen = {"chosen": [due.id, later.id], "action": "finish"}
        people.sign_in(client, people.editor)
        assert client.post("/planning/preparation/bulk", data=chosen).status_code == 403
        people.sign_in(client, people.press_officer)
        answer = client.post("/planning/preparation/bulk", data=chosen)
        assert answer.status_code == 409
        assert "已不在列表里" in answer.text
        way_back(answer.text)  # of the one that was done
    session.expire_all()
    assert [bool(task.done_at) for task in (due, later)] == [True, False]


def test_what_was_withdrawn_at_once_holds_again_but_for_what_was_said_since(
    client, people, session
) -> None:
    two_worries()
    refresh_and_look()
    officer = people.press_officer.actor
    with transaction(CONSOLE, NOW) as writing:
        first, second = writing.scalars(select(Topic).order_by(Topic.id).limit(2))
        said = [
            verdicts.say_no_answer(writing, one, "谣言", officer, NOW) for one in (first, second)
        ]
    people.sign_in(client, people.press_officer)
    chosen = {"chosen": [one.id for one in said], "action": "withdraw"}
    done = client.post("/planning/gaps/settled/bulk", data=chosen, follow_redirects=True)
    address, fields = way_back(done.text)
    people.sign_in(client, people.holding(Role.PRESS_OFFICER, "other"))
    assert client.post(address, data=fields).status_code == 409  # somebody else's click
    people.sign_in(client, people.press_officer)
    with transaction(CONSOLE, NOW) as writing:
        verdicts.say_no_answer(writing, writing.get_one(Topic, second.id), "已答", officer, NOW)
    back = client.post(address, data=fields, follow_redirects=True).text
    assert "1 个话题恢复为无需回应" in back
    assert client.post(address, data=fields).status_code == 409
    session.expire_all()
    standing = {one.topic_id: one.reason for one in session.scalars(verdicts.settled())}
    assert standing == {first.id: "谣言", second.id: "已答"}


def test_what_somebody_answers_meanwhile_is_not_said_to_need_no_answer(
    client, people, session
) -> None:
    topic, officer = make.topic("金浦华庭车位", heat=80.0), people.press_officer.actor
    with transaction(CONSOLE, NOW) as writing:
        said = verdicts.say_no_answer(writing, topic, "谣言", officer, NOW)
    people.sign_in(client, people.press_officer)
    done = client.post(f"/planning/verdicts/{said.id}/withdraw", follow_redirects=True)
    address, fields = way_back(done.text)
    opened(topic=topic)
    assert client.post(address, data=fields).status_code == 409
    session.expire_all()
    assert session.scalars(verdicts.settled()).all() == []


def test_what_was_removed_comes_back_once(client, people, session) -> None:
    people.sign_in(client, people.press_officer)
    client.post("/planning/avoided-periods/new", data=DAYS)
    (period,) = avoiding.periods(session)
    removed = client.post(
        f"/planning/avoided-periods/{period.id}/remove",
        data={"version": period.version_id},
        follow_redirects=True,
    )
    address, fields = way_back(removed.text)
    client.post(address, data=fields)
    again = client.post(address, data=fields)
    assert again.status_code == 422
    assert "已在表里" in again.text
    (back,) = avoiding.periods(session)
    assert {name: str(getattr(back, name)) for name in DAYS} == DAYS
    assert deeds(session, people.press_officer) == ["create", "delete", "create"]
    people.sign_in(client, people.editor)
    assert client.post(address, data=fields).status_code == 403


def test_what_no_cookie_can_carry_is_offered_no_way_back(client, people, session) -> None:
    keeper = people.press_officer
    forms = "\n".join(f"{n}" + "误" * 90 for n in range(12))
    with transaction(CONSOLE) as writing:
        row = lists.put_name(writing, None, "市住房和城乡建设局", forms, keeper.actor)
    people.sign_in(client, keeper)
    with client.application.test_request_context():
        assert len(forms) > undoing.MOST_CHARACTERS
    removed = client.post(
        f"/responses/names/{row.id}/remove",
        data={"version": row.version_id},
        follow_redirects=True,
    )
    assert "已删除" in removed.text
    assert "撤销" not in removed.text
