"""What people of a unit read of other units' plans and events, at every exit."""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple

import pytest
from docx import Document
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from responder.accounts.models import User
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
from responder.core.times import local, utc_now
from responder.planning import service
from responder.planning.calendars import feeds
from responder.planning.events import files, media, preparing
from responder.planning.events.models import FileKind
from responder.planning.models import EventState
from responder.planning.plans import changing
from responder.planning.plans.changing import Ground
from tests.factories import NOW, People, unit
from tests.planning import factories as make

# Each of them stands in one field of another unit's event, row, medium, file or task.
INNER = {
    "summary": "甲摘要", "wording": "乙口径", "leader_opinion": "丙批示", "speaker": "丁发布人",
    "place": "戊厅", "host": "己主持", "attendees": "庚参加", "spokesperson_opinion": "辛意见",
    "evaluation": "壬评估",
}  # fmt: skip
OTHERS = ("癸记者", "K123456", "子事项", "丑责任人", "寅材料")
ROW = {"speaker": "卯局长", "basis": "辰依据", "remark": "巳备注"}
REASON, APPROVAL = "午理由", "未批准"
SECRETS = (*INNER.values(), *OTHERS, *ROW.values(), REASON, APPROVAL)


class Told(NamedTuple):
    event: int
    file: int
    year: int


@pytest.fixture
def told(client: FlaskClient) -> Told:
    """An event and an adopted row of 市住建局 with all that can be written of them."""
    now = utc_now()
    row = make.entry(now.year, 12, theme="车位计划", **ROW)
    make.adopt(now.year)
    event = make.event("车位租售", now, EventState.PREPARING)
    settings = client.application.extensions["settings"]
    with transaction(CONSOLE, now) as session:
        row = service.get_entry(session, row.id)
        told = {"theme": "车位计划（调整）", "unit": unit(), **ROW}
        changing.change_entry(
            session, row, make.facts(month=12, **told), row.version_id,
            Ground(REASON, APPROVAL, CONSOLE, now),
        )  # fmt: skip
        event = service.get_event(session, event.id)
        for name, text in INNER.items():
            setattr(event, name, text)
        media.invite(session, event, media.MediumFacts("日报", "癸记者", "13812345678", "K123456"))
        task = preparing.add_task(session, event, "子事项", 0)
        task.responsible = "丑责任人"
        kept = files.keep(settings.event_files, BytesIO("寅材料".encode()), "通稿.txt", 5)
        file = files.add_file(
            session, event, kept, "通稿.txt", "text/plain", FileKind.MATERIAL, CONSOLE, now
        )
    return Told(event.id, file.id, now.year)


def pages(told: Told) -> list[str]:
    year = told.year
    return [
        f"/planning/events/{told.event}",
        f"/planning/events/{told.event}/approval-form",
        f"/planning/events/{told.event}/media",
        f"/planning/events/{told.event}/media/export",
        f"/planning/files/{told.file}",
        "/planning/events",
        *(f"/planning/events?q={word}" for word in ("甲摘要", "丁发布人", "戊厅")),
        "/planning/preparation",
        *(f"/planning/calendar?view={view}" for view in ("agenda", "month", "quarter", "year")),
        f"/planning/calendar/{year}.ics",
        f"/planning/plan/{year}",
        f"/planning/plan/{year}/baselines/1",
        f"/planning/plan/{year}/status",
        f"/planning/plan/{year}/status/now",
        *(f"/planning/plan/{year}/export.{kind}" for kind in ("xlsx", "docx", "ics")),
        "/",
    ]


def words(client: FlaskClient, address: str) -> str:
    """All that an address says, whatever kind of file it is; nothing where it is refused."""
    with client.get(address, follow_redirects=True) as answer:
        if answer.status_code == 403:
            assert "新闻办" in answer.text
            return ""
        assert answer.status_code == 200, address
        content = answer.data
    if address.endswith((".xlsx", "/export")):
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        return str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    if address.endswith(".docx"):
        document = Document(BytesIO(content))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(one.text for one in document.paragraphs), *cells])
    return content.decode().replace("\r\n ", "")


def feed(client: FlaskClient, owner: User) -> str:
    with transaction(owner.actor, NOW) as session:
        issued = feeds.create_feed(session, owner.actor, "手机", None, NOW)
    return words(client, f"/calendar/{issued.token}.ics")


def of_unit(people: People, name: str | None) -> User:
    """A liaison of 市住建局, of another unit, or of none."""
    if name is None:
        return people.holding(Role.LIAISON, "unitless")
    make.liaison(people, unit() if name == "own" else unit("jyj", "市教育局"))
    return people.liaison


@pytest.mark.parametrize("name", ["other", None])
def test_people_of_a_unit_read_the_outline_of_other_units(
    client: FlaskClient, people: People, told: Told, name: str | None
) -> None:
    user = of_unit(people, name)
    people.sign_in(client, user)
    leaks = [
        (address, secret)
        for address in pages(told)
        for said in [words(client, address)]
        for secret in SECRETS
        if secret not in address and secret in said
    ]
    assert leaks == []
    calendar = feed(client, user)
    assert [secret for secret in SECRETS if secret in calendar] == []
    for address in (f"/planning/events/{told.event}", "/planning/events"):
        page = words(client, address)
        assert all(word in page for word in ("车位租售", "新闻通气会", "市住房和城乡建设局"))
    plan = words(client, f"/planning/plan/{told.year}")
    assert "车位计划（调整）" in plan
    assert "SUMMARY:车位租售" in calendar
    for address in pages(told)[1:5]:
        assert client.get(address).status_code == 403, address


@pytest.mark.parametrize("word", ["甲摘要", "丁发布人", "戊厅"])
def test_a_search_finds_nothing_by_what_the_person_may_not_read(
    client: FlaskClient, people: People, told: Told, word: str
) -> None:
    people.sign_in(client, of_unit(people, "other"))
    assert "车位租售" not in client.get(f"/planning/events?q={word}").text
    assert "车位租售" in client.get("/planning/events?q=车位").text
    people.sign_in(client, of_unit(people, "own"))
    assert "车位租售" in client.get(f"/planning/events?q={word}").text


@pytest.mark.parametrize("who", [Role.LIAISON, Role.PRESS_OFFICER, Role.EDITOR, Role.AUDITOR])
def test_the_own_unit_and_the_office_read_all_of_it(
    client: FlaskClient, people: People, told: Told, who: Role
) -> None:
    user = of_unit(people, "own") if who is Role.LIAISON else people.holding(who)
    if who is Role.EDITOR:  # whoever sits at a desk of the office, wherever they come from
        elsewhere = unit("jyj", "市教育局")
        with transaction(CONSOLE, NOW):
            user.unit = elsewhere
    people.sign_in(client, user)
    said = "\n".join(words(client, address) for address in pages(told)) + feed(client, user)
    assert [secret for secret in SECRETS if secret not in said] == []
    calendar = words(client, f"/planning/plan/{told.year}/export.ics")
    assert all(word in calendar for word in ("甲摘要", "丁发布人", "戊厅"))


def test_rows_of_a_draft_are_for_the_office_and_the_own_unit(
    client: FlaskClient, people: People
) -> None:
    today = local(utc_now()).date()  # the calendar opens in the office's month
    year = today.year
    make.entry(year, today.month, 15, theme="住建的草案条目")
    addresses = [
        f"/planning/plan/{year}",
        f"/planning/plan/{year}/export.xlsx",
        f"/planning/plan/{year}/export.docx",
        f"/planning/plan/{year}/status/now",
        "/planning/calendar",
        "/planning/calendar?view=agenda",
    ]

    def seen(user: User) -> set[bool]:
        people.sign_in(client, user)
        return {"住建的草案条目" in words(client, address) for address in addresses}

    assert seen(of_unit(people, "other")) == {False}
    assert seen(of_unit(people, "own")) == {True}
    assert seen(people.press_officer) == {True}
    make.adopt(year)
    db.session.expire_all()
    assert seen(of_unit(people, "other")) == {True}
