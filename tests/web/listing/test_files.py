"""What is taken along of a list: all that meets the conditions, as text, masked, and recorded."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from zipfile import ZipFile

from python_calamine import CalamineWorkbook
from sqlalchemy import select

from responder.core.audit import AuditEvent
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.intake import service
from responder.web.listing import exporting
from tests.factories import NOW
from tests.intake.factories import new_message
from tests.planning.queries import count_queries
from tests.responses.pages import strict

TITLES = ('=HYPERLINK("http://x")', "+86路灯", "-1", "@路灯", "\t=1", "路灯𠮷，致电13812345678")


def store(count: int = 0) -> None:
    rows = [new_message(n, title=title, body="路灯坏了") for n, title in enumerate(TITLES)]
    rows += [new_message(100 + n, title=f"公交{n}", body="公交太少") for n in range(count)]
    with transaction(CONSOLE) as session:
        service.store_messages(session, rows, NOW)


def test_a_file_holds_exactly_what_is_filtered_and_no_formula(client, people, session) -> None:
    store(40)
    people.sign_in(client, people.editor)
    with client.get("/messages/list.xlsx?q=路灯") as answer:
        book = BytesIO(answer.data)
        assert ".xlsx" in answer.headers["Content-Disposition"]
    head, *rows = CalamineWorkbook.from_filelike(book).get_sheet_by_index(0).to_python()
    titles = {row[head.index("标题")].strip() for row in rows}
    assert titles == {one.strip() for one in TITLES[:-1]} | {"路灯𠮷，致电138******78"}
    assert b"<f>" not in ZipFile(book).read("xl/worksheets/sheet1.xml")
    with client.get("/messages/list.csv") as answer:
        assert answer.data.startswith("\ufeff".encode())
        lines = list(csv.reader(StringIO(answer.data.decode("utf-8-sig"))))
    assert len(lines) == 1 + 46
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in lines for cell in row)
    assert "'-1" in {cell for row in lines for cell in row}
    told = session.scalars(select(AuditEvent).where(AuditEvent.action == "export")).all()
    assert [(one.changes["format"], one.changes["rows"]) for one in told] == [
        ("xlsx", 6),
        ("csv", 46),
    ]
    assert told[0].changes["conditions"] == ["关键词：路灯"]


def test_a_file_of_the_desk_is_kept_by_no_browser(client, people) -> None:
    for reader, address in (
        (people.editor, "/messages/list.xlsx"),
        (people.administrator, "/people/list.csv"),
    ):
        people.sign_in(client, reader)
        with client.get(address) as answer:
            assert answer.status_code == 200, address
            assert answer.headers["Cache-Control"] == "no-store", address


def test_a_page_elsewhere_has_nobody_take_a_list_along(client, people, session) -> None:
    people.sign_in(client, people.editor)
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    for kind in ("csv", "xlsx", "print"):
        answer = client.get(f"/messages/list.{kind}", headers=elsewhere)
        assert answer.status_code == 403
        assert "别的网站" in answer.text
    assert client.get("/messages", headers=elsewhere).status_code == 200
    exports = select(AuditEvent).where(AuditEvent.action == "export")
    assert session.scalars(exports).all() == []
    for place in ("none", "same-origin", "same-site"):
        with client.get("/messages/list.csv", headers={"Sec-Fetch-Site": place}) as answer:
            assert answer.status_code == 200
    assert len(session.scalars(exports).all()) == 3


def test_what_is_public_is_kept_as_it_was(client) -> None:
    with client.get("/static/responder.css") as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] != "no-store"


def test_a_print_is_a_page_and_what_is_too_much_is_said(client, people, monkeypatch) -> None:
    store()
    people.sign_in(client, people.editor)
    page = client.get("/messages/list.print?q=路灯").text
    strict(page)
    assert "138******78" in page
    assert client.get("/messages/list.pdf").status_code == 404
    monkeypatch.setattr(exporting, "MOST_PRINTED", 5)
    refused = client.get("/messages/list.print")
    assert refused.status_code == 422
    assert "请先加上条件" in refused.text


def test_more_rows_ask_no_more_of_the_database(client, people) -> None:
    people.sign_in(client, people.editor)
    store()
    few = count_queries(lambda: client.get("/messages"))
    store(60)
    assert count_queries(lambda: client.get("/messages?size=60")) == few
    assert "每页" in client.get("/messages?size=60").text


def test_a_condition_that_makes_no_sense_makes_no_file(client, people, session) -> None:
    store()
    people.sign_in(client, people.editor)
    for address in ("q=路灯&from=2026-02-30", "q=路灯&nature=x", f"q={'路' * 101}"):
        refused = client.get(f"/messages/list.xlsx?{address}")
        assert refused.status_code == 400, address
        strict(refused.text)
    assert session.scalars(select(AuditEvent).where(AuditEvent.action == "export")).all() == []
    refused = client.get("/messages/list.csv?q=路灯&from=2026-02-30").text
    assert "日期“2026-02-30”不存在" in refused
    assert 'href="/messages?q=%E8%B7%AF%E7%81%AF"' in refused
    printed = client.get("/messages/list.print?q=路灯&from=2026-02-30")
    assert printed.status_code == 200
    assert "日期“2026-02-30”不存在" in printed.text
    with client.get("/messages/list.csv?q=路灯&page=x&size=7") as answer:
        assert answer.status_code == 200
