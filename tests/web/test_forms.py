"""Fields that forms share: days and moments within the years that the office can mean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from sqlalchemy import func, select

import responder
from responder.core.database import db
from responder.planning.models import EventState, PressEvent
from responder.responses.consulting.models import Consultation
from responder.responses.models import ResponseItem
from responder.web.forms import DayField, MomentField
from tests.factories import unit
from tests.planning import factories as planned
from tests.responses.factories import opened
from tests.responses.pages import strict

SENTENCE = "请填写 2000 年至 2100 年之间的日期"
BEYOND = ("0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31")


class DatesForm(FlaskForm):
    day = DayField("日期")
    moment = MomentField("时间")


@pytest.mark.parametrize("text", [*BEYOND, "2026-02-30", "昨天"])
def test_what_is_no_day_of_the_office_is_answered_by_a_sentence(app: Flask, text: str) -> None:
    sent = {"day": text, "moment": f"{text}T09:30"}
    with app.test_request_context(method="POST", data=sent):
        form = DatesForm()
        assert not form.validate()
        for field in (form.day, form.moment):
            assert field.data is None
            (error,) = field.errors
            assert SENTENCE in error
        assert text in str(form.day())


@pytest.mark.parametrize("text", ["2000-01-01", "2026-02-28", "2100-12-31"])
def test_a_day_of_the_office_is_taken(app: Flask, text: str) -> None:
    sent = {"day": text, "moment": f"{text}T09:30"}
    with app.test_request_context(method="POST", data=sent):
        form = DatesForm()
        assert form.validate()
        assert form.day.data.isoformat() == text
        assert form.moment.data.isoformat() == f"{text}T09:30:00"


def test_every_form_uses_the_bounded_fields() -> None:
    root = Path(responder.__file__).parent
    bare = re.compile(r"\b(DateField|DateTimeField|DateTimeLocalField)\(")
    using = [path.name for path in root.rglob("*.py") if bare.search(path.read_text("utf-8"))]
    assert using == []


@pytest.mark.parametrize("day", BEYOND)
def test_no_page_fails_over_a_year_that_nobody_means(client, people, day: str) -> None:
    item, moment = opened(), f"{day}T09:30"
    event = planned.event(state=EventState.POSTPONED)
    known = (PressEvent, ResponseItem, Consultation)
    before = [db.session.scalar(select(func.count()).select_from(one)) for one in known]
    new_event = {
        "theme": "车位", "form": "briefing", "unit_id": unit().id, "plan_entry_id": 0,
    }  # fmt: skip
    new_item = {
        "title": "车位", "concern": "只售不租", "unit_id": unit().id, "level": "ordinary",
        "event_id": 0,
    }  # fmt: skip
    consulted = {"units": "市住建局", "conclusion": "限期整改"}
    resumed = {"version": event.version_id, "starts_at": moment}
    for person, address, sent in (
        (people.press_officer, "/planning/events/new", {**new_event, "starts_at": moment}),
        (people.press_officer, "/planning/events/new",
         {**new_event, "starts_at": "2026-12-01T09:30", "ends_at": moment}),
        (people.press_officer, f"/planning/events/{event.id}/resume", resumed),
        (people.analyst, "/responses/open", {**new_item, "found_at": moment}),
        (people.editor, f"/responses/{item.id}/consultations/new",
         {**consulted, "held_at": moment}),
    ):  # fmt: skip
        people.sign_in(client, person)
        answer = client.post(address, data=sent)
        assert answer.status_code in {200, 422}, address
        assert SENTENCE in answer.text
        strict(answer.text)
    assert before == [db.session.scalar(select(func.count()).select_from(one)) for one in known]
