"""Two people at one task, medium, line of the template or period: nothing is lost unseen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.planning import service
from responder.planning.events import avoiding, checklist, media, preparing
from responder.planning.events.checklist import ItemFacts
from tests.factories import NOW, People
from tests.planning import factories as make
from tests.planning.events.test_views import field

DAYS = (date(2027, 3, 3), date(2027, 3, 12))


@pytest.fixture
def press(client: FlaskClient, people: People) -> FlaskClient:
    return people.sign_in(client, people.press_officer)


def task(session: Session) -> str:
    event = service.get_event(session, make.event().id)
    with transaction(CONSOLE, NOW) as writing:
        return f"/planning/tasks/{preparing.add_task(writing, event, '场地', 5).id}"


def medium(session: Session) -> str:
    event = service.get_event(session, make.event().id)
    with transaction(CONSOLE, NOW) as writing:
        return f"/planning/media/{media.invite(writing, event, media.MediumFacts('日报')).id}"


def item(session: Session) -> str:
    with transaction(CONSOLE, NOW) as writing:
        stored = checklist.save_item(writing, None, ItemFacts("场地", 5, 1))
        return f"/planning/preparation-items/{stored.id}"


def period(session: Session) -> str:
    with transaction(CONSOLE, NOW) as writing:
        return f"/planning/avoided-periods/{avoiding.save_period(writing, None, *DAYS, '两会').id}"


# What is written of each, and in which field two people write.
KINDS = {
    task: ({"name": "场地", "days": "5"}, "note"),
    medium: ({"outlet": "日报"}, "note"),
    item: ({"name": "场地", "days": "5", "position": "1", "active": "y"}, "source"),
    period: ({"name": "两会", "first_day": "2027-03-03", "last_day": "2027-03-12"}, "source"),
}
Kind = Callable[[Session], str]


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_saves_second_sees_both_loses_nothing_and_decides(
    press: FlaskClient, session: Session, kind: Kind
) -> None:
    (facts, where), path = KINDS[kind], f"{kind(session)}/edit"
    seen = field(press.get(path).text, "version")
    first = {**facts, where: "先写的", "version": seen}
    assert press.post(path, data=first).status_code == 302
    second = press.post(path, data={**facts, where: "后写的", "version": seen})
    assert second.status_code == 409
    assert "已保存为“先写的”" in second.text
    assert "后写的" in second.text
    assert "先写的" in press.get(path).text
    again = {**facts, where: "后写的", "version": field(second.text, "version")}
    assert press.post(path, data=again).status_code == 302
    assert "后写的" in press.get(path).text


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_that_tells_no_version_saves_nothing(
    press: FlaskClient, session: Session, kind: Kind
) -> None:
    (facts, where), path = KINDS[kind], f"{kind(session)}/edit"
    assert press.post(path, data={**facts, where: "没看过"}).status_code == 409
    assert "没看过" not in press.get(path).text


@pytest.mark.parametrize("kind", KINDS)
def test_a_mistyped_form_keeps_the_version_that_was_seen(
    press: FlaskClient, session: Session, kind: Kind
) -> None:
    (facts, where), path = KINDS[kind], f"{kind(session)}/edit"
    seen = field(press.get(path).text, "version")
    press.post(path, data={**facts, where: "先写的", "version": seen})
    name = next(iter(facts))
    wrong = press.post(path, data={**facts, name: "", where: "后写的", "version": seen})
    assert field(wrong.text, "version") == seen


@pytest.mark.parametrize("kind", [task, medium, period])
def test_what_has_changed_is_not_removed_unseen(
    press: FlaskClient, session: Session, kind: Kind
) -> None:
    (facts, where), path = KINDS[kind], kind(session)
    page = press.get(f"{path}/edit").text
    seen = field(page, "version")
    press.post(f"{path}/edit", data={**facts, where: "改过", "version": seen})
    for version in ({"version": seen}, {}):
        answer = press.post(f"{path}/remove", data=version)
        assert answer.status_code == 409
        assert "已有变化" in answer.text
    latest = field(press.get(f"{path}/edit").text, "version")
    assert press.post(f"{path}/remove", data={"version": latest}).status_code == 302
    assert press.get(f"{path}/edit").status_code == 404


def test_a_reply_is_not_overwritten_unseen_and_the_same_one_twice_is_one(
    press: FlaskClient, session: Session
) -> None:
    path = f"{medium(session)}/reply"
    assert press.post(path, data={"reply": "accepted", "version": "1"}).status_code == 302
    assert press.post(path, data={"reply": "accepted", "version": "1"}).status_code == 302
    assert press.post(path, data={"reply": "declined", "version": "1"}).status_code == 409
    db.session.expire_all()
    one = media.find_invitation(session, int(path.split("/")[3]))
    assert one.reply == "accepted"
    assert press.post(path, data={"reply": "declined", "version": "2"}).status_code == 302


def test_a_task_is_done_however_often_it_is_said(press: FlaskClient, session: Session) -> None:
    path = task(session)
    for action in ("finish", "finish", "reopen", "reopen"):
        assert press.post(f"{path}/{action}").status_code == 302
