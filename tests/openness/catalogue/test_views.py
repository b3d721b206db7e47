"""The pages of the catalogue: what each post sees, what a form refuses, what counts count."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.openness.catalogue import reading, reference
from responder.openness.catalogue.models import (
    CatalogueColumn,
    ColumnAdjustment,
    ColumnFeed,
    OwnKind,
    OwnMapping,
    Publication,
)
from responder.openness.catalogue.rules import Cadence
from tests.factories import NOW, unit
from tests.openness.catalogue.factories import (
    BEGAN,
    TODAY,
    area,
    changed,
    column,
    kind,
    published,
    seeded,
)
from tests.openness.people import liaison_of, other_unit
from tests.openness.workbooks import sheets, table_file
from tests.planning.queries import count_queries
from tests.responses.pages import strict

HOME = "/openness/catalogue"
FORM = {
    "code": "B01", "name": "消费升级", "parent_id": "0", "valid_from": "2026-03-01", "valid_to": "",
    "cadence": "monthly", "check_kind_id": "0", "key_area_id": "0", "on": "2026-03-01",
    "reason": "省重点任务",
}  # fmt: skip
ITEM = {
    "title": "一条信息", "published_on": "2026-03-05", "url": "", "index_number": ""
}  # fmt: skip


def as_(people, client, role: str):
    return people.sign_in(client, getattr(people, role))


def a_catalogue() -> list[CatalogueColumn]:
    top = column(code="A", name="重点领域", check_kind=kind("政策文件类"))
    below = column(code="A1", name="监管", parent=top, key_area=area(), cadence=Cadence.MONTHLY)
    retired = changed(column(code="B", name="旧栏目"), valid_to=TODAY - timedelta(days=30))
    for number in range(3):
        published(below, f"信息 {number}", TODAY - timedelta(days=number))
    published(top, "去年的", BEGAN)
    with transaction(CONSOLE, NOW) as session:
        attempt = Attempt(CONSOLE, NOW)
        reading.save_feed(session, below, "https://www.example.gov.cn/rss", 60, False, attempt)
    return [top, below, retired]


@pytest.mark.parametrize("role", ["openness_officer", "auditor", "supervisor", "liaison"])
def test_every_page_is_well_formed(people, client, role) -> None:
    made = a_catalogue()
    user = liaison_of(unit()) if role == "liaison" else getattr(people, role)
    people.sign_in(client, user)
    item = db.session.scalars(select(Publication)).first()
    addresses = [
        HOME, f"{HOME}?year=2026", f"{HOME}?year=2031", f"{HOME}/due", f"{HOME}/due?urgency=late",
        f"{HOME}/due?urgency=soon", f"{HOME}/adjustments?year=2026",
        f"{HOME}/adjustments?year=2031", f"{HOME}/publications?year=2026",
        f"{HOME}/publications?year=2026&q=没有", f"{HOME}/publications?year=2031",
        *(f"{HOME}/columns/{one.id}" for one in made),
        f"{HOME}/columns/{made[1].id}?q=没有", f"{HOME}/columns/{made[1].id}?year=2026&way=feed",
    ]  # fmt: skip
    if role != "liaison":
        addresses.append(f"{HOME}/settings")
    if role in ("liaison", "openness_officer"):
        addresses += [
            f"{HOME}/publications/new?column={made[0].id}", f"{HOME}/publications/import",
            f"{HOME}/publications/{item.id}/edit",
        ]  # fmt: skip
    if role == "openness_officer":
        addresses += [
            f"{HOME}/columns/new", f"{HOME}/columns/{made[1].id}/edit", f"{HOME}/kinds/new",
            f"{HOME}/kinds/{kind().id}", f"{HOME}/areas/new", f"{HOME}/areas/{area().id}",
            f"{HOME}/columns/{made[1].id}/feed", f"{HOME}/columns/import",
        ]  # fmt: skip
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        strict(answer.text)


def test_empty_pages_say_what_to_do(people, client) -> None:
    office = as_(people, client, "openness_officer")
    for address in ("", "/due", "/adjustments", "/publications", "/settings"):
        answer = office.get(f"{HOME}{address}")
        assert answer.status_code == 200
        strict(answer.text)


def test_a_count_links_to_the_rows_that_it_counts(people, client) -> None:
    a_catalogue()
    reader = as_(people, client, "auditor")
    page = reader.get(f"{HOME}?year=2026").text
    links = re.findall(r'href="(/openness/catalogue[^"]*year=2026[^"]*)">(\d+)<span', page)
    assert len(links) >= 4
    for address, count in links:
        told = reader.get(address.replace("&amp;", "&")).text
        listed = re.search(r'<ul class="rows[^"]*">(.*?)</ul>', told, re.S)
        assert listed is not None
        assert listed[1].count("<li") == int(count), address


def test_columns_that_are_due_are_narrowed_and_sorted(people, client) -> None:
    a_catalogue()
    reader = as_(people, client, "auditor")

    def names(query: str) -> list[str]:
        with reader.get(f"{HOME}/due/list.csv?{query}") as answer:
            return [line.split(",")[2] for line in answer.text.splitlines()[1:]]

    every = names("")
    assert len(every) > 1
    assert names(f"q={every[1]}") == [every[1]]
    assert names("sort=code") == names("sort=-code")[::-1]
    assert names("urgency=late") + names("urgency=soon") + names("urgency=fine") == every
    assert names(f"unit={other_unit().id}") == []


def test_a_column_is_added_and_changed_with_its_lines(people, client) -> None:
    office, home = as_(people, client, "openness_officer"), unit()
    data = {**FORM, "unit_id": str(home.id)}
    answer = office.post(f"{HOME}/columns/new", data=data)
    assert answer.status_code == 302
    made = db.session.scalars(select(CatalogueColumn)).one()
    seen = str(made.version_id)
    edit = {**data, "name": "消费", "code": "XX", "version": seen}
    assert office.post(f"{HOME}/columns/{made.id}/edit", data=edit).status_code == 302
    db.session.refresh(made)
    assert (made.name, made.code) == ("消费", "B01")
    answer = office.post(f"{HOME}/columns/{made.id}/edit", data={**edit, "name": "第三个名字"})
    assert answer.status_code == 409
    assert "第三个名字" in answer.text
    assert "已保存为“消费”" in answer.text
    lines = office.get(f"{HOME}/adjustments?year=2026").text
    assert "栏目名称：消费升级 → 消费" in lines
    assert len(db.session.scalars(select(ColumnAdjustment)).all()) == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "请填写栏目名称"),
        ({"valid_from": "去年"}, "2000 年至 2100 年之间的日期"),
        ({"unit_id": "0"}, "请选择责任单位"),
        ({"valid_to": "2026-01-01"}, "早于启用日期"),
        ({"code": "A01"}, "已有栏目使用"),
    ],
)
def test_a_column_that_cannot_be_keeps_what_was_typed(people, client, wrong, said) -> None:
    column()
    data = {**FORM, "unit_id": str(unit().id), **wrong}
    answer = as_(people, client, "openness_officer").post(f"{HOME}/columns/new", data=data)
    assert answer.status_code == 422
    assert said in answer.text
    assert "省重点任务" in answer.text


def test_a_unit_registers_by_hand_and_sees_its_own(people, client) -> None:
    own, foreign = column(code="A", name="甲栏"), column(code="B", name="乙栏", unit=other_unit())
    published(foreign, "别单位的信息")
    liaison = people.sign_in(client, liaison_of(unit()))
    data = {**ITEM, "column_id": str(own.id)}
    assert liaison.post(f"{HOME}/publications/new", data=data).status_code == 302
    answer = liaison.post(f"{HOME}/publications/new", data=data)
    assert answer.status_code == 422
    assert "已登记过" in answer.text
    wrong = {**data, "column_id": str(foreign.id), "title": "写到别处"}
    assert liaison.post(f"{HOME}/publications/new", data=wrong).status_code == 422
    assert liaison.get(f"{HOME}/columns/{foreign.id}").status_code == 403
    for address in (HOME, f"{HOME}/publications?year=2026", f"{HOME}/due"):
        page = liaison.get(address).text
        assert "乙栏" not in page
        assert "别单位的信息" not in page
    tables = sheets(liaison.get(f"{HOME}/export.xlsx?year=2026").data)
    assert list(tables) == ["公开目录", "调整记录"]
    item = db.session.scalars(select(Publication).where(Publication.column_id == own.id)).one()
    gone = {"version": str(item.version_id)}
    assert liaison.post(f"{HOME}/publications/{item.id}/remove", data=gone).status_code == 403


def test_an_item_is_corrected_once_seen_and_removed_by_the_office(people, client) -> None:
    one = column()
    item = published(one)
    office = as_(people, client, "openness_officer")
    data = {**ITEM, "column_id": str(one.id), "title": "改过", "version": str(item.version_id)}
    address = f"{HOME}/publications/{item.id}"
    assert office.post(f"{address}/edit", data=data).status_code == 302
    answer = office.post(f"{address}/edit", data={**data, "title": "又改"})
    assert answer.status_code == 409
    assert "又改" in answer.text
    assert office.post(f"{address}/remove", data={"version": "1"}).status_code == 409
    db.session.refresh(item)
    answer = office.post(f"{address}/remove", data={"version": str(item.version_id)})
    assert answer.status_code == 302
    assert db.session.scalars(select(Publication)).all() == []


def test_kinds_areas_feeds_and_the_mapping_are_the_offices(people, client) -> None:
    one = column()
    seeded()
    office = as_(people, client, "openness_officer")
    first = reference.check_kinds(db.session)[0]
    kind_form = {"name": "要闻", "limit": "10", "limit_unit": "days", "source": "本市"}
    seen = {**kind_form, "version": str(first.version_id)}
    assert office.post(f"{HOME}/kinds/{first.id}", data=seen).status_code == 302
    assert office.post(f"{HOME}/kinds/{first.id}", data={**seen, "limit": "9"}).status_code == 409
    assert office.post(f"{HOME}/kinds/new", data=kind_form).status_code == 422
    assert office.post(f"{HOME}/kinds/new", data={**kind_form, "limit": "0"}).status_code == 422
    area_form = {"name": "营商环境", "source": "", "active": "y"}
    assert office.post(f"{HOME}/areas/new", data=area_form).status_code == 302
    assert office.post(f"{HOME}/areas/new", data=area_form).status_code == 422
    feed_form = {"url": "https://www.example.gov.cn/rss", "interval_minutes": "30"}
    assert office.post(f"{HOME}/columns/{one.id}/feed", data=feed_form).status_code == 302
    assert office.post(f"{HOME}/columns/{one.id}/feed", data=feed_form).status_code == 409
    bad = {**feed_form, "interval_minutes": "3"}
    assert office.post(f"{HOME}/columns/{one.id}/feed", data=bad).status_code == 422
    assert db.session.scalars(select(ColumnFeed.interval_minutes)).all() == [30]
    mapping = {"concern-all": str(one.id), "document-office": str(one.id)}
    assert office.post(f"{HOME}/mapping", data=mapping).status_code == 302
    assert len(db.session.scalars(select(OwnMapping)).all()) == 2
    seen = {f"was-{line}": column_id for line, column_id in mapping.items()}
    assert office.post(f"{HOME}/mapping", data=seen).status_code == 302
    assert db.session.scalars(select(OwnMapping)).all() == []
    answer = office.post(f"{HOME}/sync", follow_redirects=True)
    assert "新登记 0 条" in answer.text
    strict(answer.text)


def test_of_two_who_map_at_once_each_keeps_what_only_they_changed(people, client) -> None:
    seeded()
    first, second = column(code="A", name="甲栏目"), column(code="B", name="乙栏目")
    office = people.sign_in(client, people.openness_officer)
    nothing_yet = {"was-concern-all": "", "was-document-all": ""}
    office.post(f"{HOME}/mapping", data={**nothing_yet, "concern-all": str(first.id)})
    both = {"concern-all": str(second.id), "document-all": str(second.id)}
    answer = office.post(f"{HOME}/mapping", data={**nothing_yet, **both}, follow_redirects=True)
    assert "没有改成您选的“乙栏目”：别人刚改为“甲栏目”" in answer.text
    kept = {one.kind: one.column.name for one in db.session.scalars(select(OwnMapping))}
    assert kept == {OwnKind.CONCERN: "甲栏目", OwnKind.DOCUMENT: "乙栏目"}
    blind = office.post(f"{HOME}/mapping", data={"concern-all": str(second.id)})
    assert blind.status_code == 302
    assert kept == {one.kind: one.column.name for one in db.session.scalars(select(OwnMapping))}


def test_a_table_of_items_comes_in_by_the_page(people, client, tmp_path) -> None:
    one = column()
    rows = [["第一条", "2026-03-05"], ["", "2026-03-06"]]
    path = table_file(tmp_path, ("标题", "发布日期"), *rows)
    liaison = people.sign_in(client, liaison_of(unit()))
    for column_id, created in (("", 0), (str(one.id), 1)):
        with path.open("rb") as file:
            data = {"file": (file, path.name), "column_id": column_id}
            answer = liaison.post(f"{HOME}/publications/import", data=data)
        assert answer.status_code == (302 if column_id else 422)
        assert len(db.session.scalars(select(Publication)).all()) == created
    strict(liaison.get(answer.location).text)
    assert liaison.get(f"{HOME}/columns/import").status_code == 403


def test_the_catalogue_is_taken_along_with_its_counts(people, client) -> None:
    a_catalogue()
    tables = sheets(as_(people, client, "auditor").get(f"{HOME}/export.xlsx?year=2026").data)
    assert list(tables) == ["公开目录", "调整记录", "重点领域"]
    rows = [row for row in tables["公开目录"] if row[0] in (1, 2, 3)]
    assert [(row[1], row[2], row[-2], row[-1]) for row in rows] == [
        ("A", "重点领域", 0, 3), ("A1", "　监管", 3, 3), ("B", "旧栏目", 0, 0),
    ]  # fmt: skip
    assert any("公共监管" in row and 3 in row for row in tables["重点领域"])


def test_pages_ask_no_more_for_more_columns(people, client) -> None:
    a_catalogue()
    reader = as_(people, client, "auditor")
    pages = [HOME, f"{HOME}/due", f"{HOME}/publications?year=2026"]
    for address in pages:
        reader.get(address)
    few = [count_queries(lambda address=address: reader.get(address)) for address in pages]
    for number in range(40):
        published(column(code=f"C{number}", name=f"栏 {number}", check_kind=kind()))
    people.sign_in(client, people.auditor)
    reader.get(HOME)
    more = [count_queries(lambda address=address: reader.get(address)) for address in pages]
    assert all(after <= before for before, after in zip(few, more, strict=True)), (few, more)
    assert "第 1 / 2 页" in reader.get(f"{HOME}/due").text
