"""Leave and deputies: who stands in on which day, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from responder.accounts import absences
from responder.accounts.absence_models import Absence
from responder.accounts.absence_views import today as present_day
from responder.core.audit import MASK, AuditEvent
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid, WrongState
from responder.core.permissions import CONSOLE
from tests.factories import NOW, unit

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)


def away(user, deputy, first=TODAY, last=TODAY + DAY, by=None):
    actor = (by or user).actor
    with transaction(actor, NOW) as session:
        return absences.declare(session, user, deputy, first, last, "年假", actor, NOW, TODAY)


def test_a_deputy_stands_in_on_the_days_of_the_absence_alone(people, session) -> None:
    first, second, editor = people.first_reviewer, people.second_reviewer, people.editor
    absence = away(first, second)
    ids = [first.id, editor.id]
    assert absences.deputies_of(session, ids, TODAY) == {first.id: second}
    assert absences.deputies_of(session, ids, TODAY + DAY) == {first.id: second}
    for day in (TODAY - DAY, TODAY + 2 * DAY):
        assert absences.deputies_of(session, ids, day) == {}
        assert absences.stands_in_for(session, second.id, day) == []
    assert absences.stands_in_for(session, second.id, TODAY) == [first]
    assert absences.stands_in_for(session, first.id, TODAY) == []
    with transaction(first.actor, NOW) as session:
        absences.end(session, absence, first.actor, TODAY + DAY)
    assert absences.deputies_of(session, ids, TODAY) == {first.id: second}
    assert absences.deputies_of(session, ids, TODAY + DAY) == {}
    with pytest.raises(WrongState), transaction(first.actor) as session:
        absences.end(session, absence, first.actor, TODAY + DAY)
    trail = session.scalars(
        select(AuditEvent).where(AuditEvent.object_type == "absence").order_by(AuditEvent.id)
    ).all()
    assert [line.action for line in trail] == ["create", "update"]
    assert trail[0].changes["reason"] == [MASK, MASK]
    # The day that was given back is free again; one ended on its first day never was.
    again = away(first, editor, TODAY + DAY, TODAY + 3 * DAY)
    with transaction(first.actor) as session:
        absences.end(session, again, first.actor, TODAY)
    assert again.state(TODAY) == "withdrawn"
    assert absences.deputies_of(session, ids, TODAY + DAY) == {}


def test_what_does_not_do_is_refused(people, session) -> None:
    first, second, editor = people.first_reviewer, people.second_reviewer, people.editor
    away(first, second)
    with pytest.raises(Invalid, match="已登记过请假"):
        away(first, editor, TODAY + DAY, TODAY + 5 * DAY)
    with pytest.raises(Invalid, match="也请假"):
        away(editor, first)
    with pytest.raises(Invalid, match="不能由本人代办"):
        away(editor, editor)
    with pytest.raises(Invalid, match="早于第一天"):
        away(editor, second, TODAY, TODAY - DAY)
    with pytest.raises(Invalid, match="已经过去"):
        away(editor, second, TODAY - 3 * DAY, TODAY - DAY)
    with pytest.raises(Invalid, match="最多登记一年"):
        away(editor, second, TODAY, TODAY + 400 * DAY)
    with pytest.raises(Forbidden):
        away(editor, second, by=people.signer)
    away(editor, second, by=people.administrator)
    with transaction(CONSOLE):
        second.active = False
    with pytest.raises(Invalid, match="已停用"):
        away(people.signer, second)
    assert absences.deputies_of(session, [first.id], TODAY) == {}


def test_the_page_declares_and_ends_ones_own_leave(people, client, session) -> None:
    first, second = people.first_reviewer, people.second_reviewer
    people.sign_in(client, first)
    assert "还没有请假" in client.get("/absences").text
    day = present_day()
    form = {"user_id": first.id, "first_day": day, "last_day": day, "deputy_id": second.id}
    assert client.post("/absences", data={**form, "deputy_id": 0}).status_code == 422
    other = {**form, "user_id": people.editor.id}
    assert client.post("/absences", data=other).status_code == 422
    assert client.post("/absences", data=form).status_code == 302
    assert "请假中" in client.get("/absences").text
    absence = session.scalars(select(Absence)).one()
    people.sign_in(client, second)
    page = client.get("/absences").text
    assert "您今天代" in page
    assert "年假" not in page
    assert client.post(f"/absences/{absence.id}/end").status_code == 403
    people.sign_in(client, people.administrator)
    assert client.post(f"/absences/{absence.id}/end").status_code == 302
    db.session.expire_all()
    assert absence.ended_on == day
    own = {**form, "user_id": people.editor.id, "deputy_id": first.id}
    assert client.post("/absences", data=own).status_code == 302


def test_nobody_of_a_unit_or_without_the_items_stands_in(session, people):
    liaison, home = people.liaison, unit()
    with transaction(CONSOLE):
        liaison.unit_id = home.id
    signer, spokesperson = people.signer, people.spokesperson
    for stranger in (liaison, people.operator):
        with pytest.raises(Invalid, match="请另选代办人"):
            away(signer, stranger)
    listed = absences.possible_deputies(session, signer.id)
    assert spokesperson in listed
    assert liaison not in listed
    away(signer, spokesperson)
    with transaction(CONSOLE):
        spokesperson.unit_id = home.id  # moved to a unit since
    assert absences.delegated_rights(session, spokesperson.id, TODAY) == frozenset()
