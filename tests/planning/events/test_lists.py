"""The office's own lists: days to avoid, and the checklist template."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from responder.core.database import transaction
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import CONSOLE
from responder.planning.events import avoiding, checklist, preparing
from responder.planning.events.checklist import ItemFacts
from responder.planning.events.models import PreparationItem
from responder.planning.models import Form
from tests.factories import NOW
from tests.planning import factories as make

FIRST, LAST = date(2027, 3, 3), date(2027, 3, 12)


def test_days_to_avoid_are_entered_changed_and_removed(session: Session) -> None:
    with transaction(CONSOLE, NOW) as writing:
        period = avoiding.save_period(writing, None, FIRST, LAST, " 全国两会 ", "通知")
        avoiding.save_period(writing, None, date(2026, 12, 13), date(2026, 12, 13), "公祭日")
    assert [one.name for one in avoiding.periods(session)] == ["全国两会", "公祭日"]
    with transaction(CONSOLE, NOW) as writing:
        avoiding.save_period(writing, period, FIRST, FIRST, "开幕")
    assert (period.name, period.last_day, period.source) == ("开幕", FIRST, "")
    with transaction(CONSOLE, NOW) as writing:
        avoiding.remove_period(writing, period)
    with pytest.raises(NotFound):
        avoiding.find_period(session, period.id)


@pytest.mark.parametrize(
    ("first", "last", "name", "field"), [(FIRST, LAST, " ", "name"), (LAST, FIRST, "x", "last_day")]
)
def test_a_period_that_makes_no_sense_is_refused(
    session: Session, first: date, last: date, name: str, field: str
) -> None:
    with pytest.raises(Invalid) as refusal, transaction(CONSOLE, NOW) as writing:
        avoiding.save_period(writing, None, first, last, name)
    assert field in refusal.value.fields


def test_a_line_of_the_template_is_changed_and_shut_off(session: Session) -> None:
    with transaction(CONSOLE, NOW) as writing:
        item = checklist.save_item(writing, None, ItemFacts("场地", 1, 1))
        checklist.save_item(writing, item, ItemFacts("场地", 2, 3, Form.BRIEFING, "规程", False))
    assert (item.days, item.position, item.form, item.active) == (2, 3, Form.BRIEFING, False)
    assert checklist.next_position(session) == 4


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (ItemFacts(" ", 1, 1), "name"),
        (ItemFacts("新的", 61, 1), "days"),
        (ItemFacts("场地", 3, 1), "name"),
        (ItemFacts("场地", 3, 1, Form.BRIEFING), "name"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(
    session: Session, facts: ItemFacts, field: str
) -> None:
    with transaction(CONSOLE, NOW) as writing:
        checklist.save_item(writing, None, ItemFacts("场地", 1, 1))
    with pytest.raises(Invalid) as refusal, transaction(CONSOLE, NOW) as writing:
        checklist.save_item(writing, None, facts)
    assert field in refusal.value.fields


def test_a_line_for_one_form_and_one_for_all_are_twins(session: Session) -> None:
    with transaction(CONSOLE, NOW) as writing:
        checklist.save_item(writing, None, ItemFacts("场地", 1, 1, Form.BRIEFING))
        checklist.save_item(writing, None, ItemFacts("场地", 1, 2, Form.CONFERENCE))
    with pytest.raises(Invalid, match="已有“场地”"), transaction(CONSOLE, NOW) as writing:
        checklist.save_item(writing, None, ItemFacts("场地", 1, 3))


def test_twins_of_former_days_make_one_task_and_can_be_shut_off(session: Session) -> None:
    event = make.event()  # a briefing
    with transaction(CONSOLE, NOW) as writing:
        for position, form in enumerate((Form.BRIEFING, None), start=1):
            writing.add(PreparationItem(name="场地", days=position, position=position, form=form))
    with transaction(CONSOLE, NOW) as writing:
        made = preparing.make_tasks(writing, event)
    assert [(task.name, task.days) for task in made] == [("场地", 1)]
    one, other = checklist.items(session)
    with transaction(CONSOLE, NOW) as writing:
        checklist.save_item(writing, one, ItemFacts("场地", 1, 1, Form.BRIEFING, active=False))
        checklist.save_item(writing, other, ItemFacts("场地", 3, 2))
    with pytest.raises(Invalid), transaction(CONSOLE, NOW) as writing:
        checklist.save_item(writing, one, ItemFacts("场地", 1, 1, Form.BRIEFING))
