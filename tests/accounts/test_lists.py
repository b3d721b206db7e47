"""The lists of people and of leave: by what they are restricted, and whose they are."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import pytest

from responder.accounts import absences
from responder.accounts.absence_models import STATE_LABELS
from responder.accounts.absence_views import today
from responder.core.database import transaction
from responder.core.permissions import CONSOLE, Role
from responder.core.times import utc_now
from tests.factories import unit
from tests.responses.pages import strict

DAY = timedelta(days=1)


def cells(client, address: str) -> set[str]:
    """The first cell of each row of a file."""
    with client.get(address) as answer:
        text = answer.data.decode("utf-8-sig")
    return {row[0] for row in csv.reader(StringIO(text))} - {"姓名", "请假人"}


def test_people_are_found_by_name_post_unit_and_account(client, people, session) -> None:
    admin, editor, liaison = people.administrator, people.editor, people.liaison
    bureau = unit()
    with transaction(CONSOLE):
        liaison.unit, editor.active = bureau, False
    people.sign_in(client, admin)
    names = [one.display_name for one in (admin, editor, liaison)]
    assert cells(client, "/people/list.csv") == set(names)
    for asked, name in (
        ("q=EDIT", names[1]), ("role=administrator", names[0]), (f"unit={unit().id}", names[2]),
        ("active=0", names[1]),
    ):  # fmt: skip
        assert cells(client, f"/people/list.csv?{asked}") == {name}, asked
    assert cells(client, "/people/list.csv?q=_dit") == set()
    page = client.get("/people?active=1&sort=-signed_in").text
    strict(page)
    assert f"/people/{liaison.id}" in page
    assert f"/people/{editor.id}" not in page


@pytest.fixture
def away(people) -> dict[str, str]:
    """State → who is on such leave; the editor stands in for each."""
    now, day, deputy = utc_now(), today(), people.editor
    spans = {"coming": (2, 3), "under_way": (0, 1), "over": (0, 0), "withdrawn": (5, 6)}
    roles = (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.THIRD_REVIEWER, Role.SIGNER)
    names = {}
    for (state, (first, last)), role in zip(spans.items(), roles, strict=True):
        person = people.holding(role)
        with transaction(person.actor, now) as session:
            absence = absences.declare(
                session, person, deputy, day + first * DAY, day + last * DAY, "",
                person.actor, now, day,
            )  # fmt: skip
            if state == "over":
                absence.first_day = absence.last_day = day - DAY
            elif state == "withdrawn":
                absences.end(session, absence, person.actor, day)
        names[state] = person.display_name
    return names


def test_leave_is_found_by_state_days_and_names(client, people, away) -> None:
    people.sign_in(client, people.administrator)
    assert set(away) == set(STATE_LABELS)
    for state, name in away.items():
        assert cells(client, f"/absences/list.csv?state={state}") == {name}, state
        page = client.get(f"/absences?state={state}").text
        strict(page)
        assert name in page
    assert cells(client, f"/absences/list.csv?q={away['over']}") == {away["over"]}
    assert cells(client, f"/absences/list.csv?q={people.editor.display_name}") == set(away.values())
    days = f"from={today() + DAY}&to={today() + 2 * DAY}"
    assert cells(client, f"/absences/list.csv?{days}") == {away["under_way"], away["coming"]}


def test_one_s_own_leave_alone_is_taken_along(client, people, away) -> None:
    people.sign_in(client, people.signer)
    assert cells(client, "/absences/list.csv") == {away["withdrawn"]}
    assert cells(client, f"/absences/list.csv?q={away['over']}") == {away["withdrawn"]}
    for address in ("/absences", "/absences/list.print"):
        assert away["over"] not in client.get(address).text.partition("代办人</label>")[0]
