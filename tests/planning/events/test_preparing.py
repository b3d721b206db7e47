"""The checklist: where it comes from, when it is due, who did it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import GuardRefused, Invalid, NotFound, WrongState
from responder.core.permissions import CONSOLE
from responder.planning import service
from responder.planning.events import preparing
from responder.planning.events.models import PreparationItem, PreparationTask
from responder.planning.models import EventState, Form, PressEvent
from tests.factories import NOW, People
from tests.planning import factories as make


@pytest.fixture
def shipped(session: Session) -> list[PreparationItem]:
    with transaction(CONSOLE, NOW) as writing:
        preparing.seed_preparation(writing)
    return list(session.scalars(select(PreparationItem).order_by(PreparationItem.position)))


def advance(event: PressEvent, *actions: str) -> None:
    for action in actions:
        with transaction(CONSOLE, NOW) as session:
            service.advance_event(session, event, action, CONSOLE, NOW, "原因")


def test_the_shipped_checklist_is_the_offices_and_names_its_source(
    session: Session, shipped: list[PreparationItem]
) -> None:
    assert [item.name for item in shipped] == [
        "审批", "口径", "主发布词", "问答提纲", "媒体邀请", "主持词", "保密审查", "场地",
        "实录", "照片", "图解", "效果评估",
    ]  # fmt: skip
    assert shipped[0].days == 5
    assert all(item.source for item in shipped)
    first = [item.name for item in shipped if item.before_confirmation]
    assert first == ["审批", "保密审查"]
    with transaction(CONSOLE, NOW) as writing:
        shipped[0].name = "报批"
        assert preparing.seed_preparation(writing) == 0


def test_approval_makes_the_checklist_and_is_done_by_it(
    session: Session, shipped: list[PreparationItem]
) -> None:
    event = make.event()
    assert preparing.tasks_of(session, event) == []
    advance(event, "approve")
    tasks = preparing.tasks_of(session, event)
    assert [task.name for task in tasks] == [item.name for item in shipped]
    assert [task.name for task in tasks if task.done_at] == ["审批"]
    assert [task.name for task in tasks if task.before_confirmation] == ["审批", "保密审查"]
    due = {task.name: task.due_on for task in tasks}
    assert due["审批"] == date(2026, 11, 20)
    assert due["场地"] == date(2026, 11, 26)
    assert due["效果评估"] == date(2026, 12, 4)


def test_a_button_adds_what_is_missing_and_for_the_form_alone(
    session: Session, shipped: list[PreparationItem]
) -> None:
    event = make.event()
    with transaction(CONSOLE, NOW) as writing:
        shipped[1].form, shipped[2].form, shipped[3].active = Form.CONFERENCE, Form.BRIEFING, False
        preparing.add_task(writing, event, "保密审查", 9)
        made = preparing.make_tasks(writing, event)
        assert preparing.make_tasks(writing, event) == []
    names = [task.name for task in preparing.tasks_of(session, event)]
    assert names == ["保密审查", *(task.name for task in made)]
    assert "主发布词" in names
    assert not {"口径", "问答提纲"} & set(names)
    assert names.count("保密审查") == 1


def test_without_a_certain_day_nothing_is_due(session: Session) -> None:
    event = make.event(state=EventState.PREPARING)
    with transaction(CONSOLE, NOW) as writing:
        task = preparing.add_task(writing, event, "场地", 1)
    assert task.due_on == date(2026, 11, 26)
    advance(event, "postpone")
    assert task.due_on is None
    advance(event, "resume")
    assert task.due_on == date(2026, 11, 26)
    advance(event, "cancel")
    assert task.due_on is None


def test_a_task_is_done_by_somebody_and_can_be_opened_again(
    session: Session, people: People
) -> None:
    actor = people.press_officer.actor
    event = make.event()
    with transaction(actor, NOW) as writing:
        task = preparing.add_task(writing, event, " 场地 ", 1)
        preparing.finish_task(writing, task, actor, NOW)
        preparing.finish_task(writing, task, CONSOLE, NOW + timedelta(days=1))
    assert (task.name, task.done_by_name, task.done_at) == ("场地", actor.name, NOW)
    with transaction(actor, NOW) as writing:
        preparing.reopen_task(writing, task, actor)
    assert (task.done_at, task.done_by_name) == (None, "")
    assert [line.action for line in audit.history(session, task)] == ["create", "finish", "reopen"]


def test_a_task_of_one_event_is_changed_and_removed(session: Session) -> None:
    event = make.event()
    with transaction(CONSOLE, NOW) as writing:
        task = preparing.add_task(writing, event, "场地", 1)
        preparing.edit_task(
            writing, task, "场地与直播", -2, "李四", "含直播", before_confirmation=True
        )
    assert task.before_confirmation
    assert (task.name, task.due_on, task.responsible, task.note) == (
        "场地与直播", date(2026, 12, 1), "李四", "含直播",
    )  # fmt: skip
    with transaction(CONSOLE, NOW) as writing:
        preparing.remove_task(writing, task)
    assert preparing.tasks_of(session, event) == []
    with pytest.raises(NotFound):
        preparing.find_task(session, task.id)


@pytest.mark.parametrize(("name", "days", "field"), [(" ", 1, "name"), ("场地", 61, "days")])
def test_a_task_that_makes_no_sense_is_refused(
    session: Session, name: str, days: int, field: str
) -> None:
    event = make.event()
    with pytest.raises(Invalid) as refusal, transaction(CONSOLE, NOW) as writing:
        preparing.add_task(writing, event, name, days)
    assert field in refusal.value.fields


@pytest.mark.parametrize("state", [EventState.CANCELLED, EventState.EVALUATED])
def test_the_checklist_of_what_is_over_stays(session: Session, state: EventState) -> None:
    event = make.event(state=state)
    with pytest.raises(WrongState), transaction(CONSOLE, NOW) as writing:
        preparing.add_task(writing, event, "场地", 1)


def test_the_offices_approval_does_another_offices_approval_not(session: Session) -> None:
    """What merely has the word in its name is somebody else's to say."""
    event = make.event()
    with transaction(CONSOLE, NOW) as writing:
        police = preparing.add_task(
            writing, event, "大型活动安全审批（公安）", 3, before_confirmation=True
        )
        own = preparing.add_task(writing, event, "审批", 5)
    advance(event, "approve", "prepare")
    assert own.done_at is not None
    assert police.done_at is None
    with pytest.raises(GuardRefused, match="公安"):
        advance(event, "confirm")


def test_due_tasks_are_the_open_ones_of_events_that_live(session: Session) -> None:
    event, gone = make.event("甲"), make.event("乙")
    with transaction(CONSOLE, NOW) as writing:
        late = preparing.add_task(writing, event, "审批", 6)
        today = preparing.add_task(writing, event, "口径", 5)
        done = preparing.add_task(writing, event, "邀请", 5)
        preparing.add_task(writing, event, "场地", 1)
        preparing.add_task(writing, gone, "口径", 5)
        preparing.finish_task(writing, done, CONSOLE, NOW)
    advance(gone, "cancel")
    due: list[PreparationTask] = service.due_tasks(session, date(2026, 11, 20), CONSOLE)
    assert due == [late, today]
    assert preparing.overdue(due, date(2026, 11, 20)) == [late]
