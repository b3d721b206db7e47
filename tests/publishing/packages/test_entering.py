"""Gathering a package: files that somebody else has read, days that can be, columns that retire."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.publishing.packages import columns, entering, public
from responder.publishing.packages.entering import FARTHEST
from responder.publishing.packages.models import PackageFile, PackageState
from responder.settings import Settings
from tests.factories import NOW
from tests.publishing.packages.factories import (
    COLUMNS,
    attached,
    brought_to,
    cleared,
    column,
    complete,
    facts,
    out,
    planned,
    proposed,
    take,
    written,
)

S = PackageState
SECRET = "联系人王小明，电话13912345678"


def retire(code: str) -> None:
    kept = column(code)
    with transaction(CONSOLE, NOW) as session:
        columns.save_column(session, kept, kept.name, kept.position, False)


# ---- files ----


def test_an_attachment_is_cleared_by_somebody_else_before_the_signature(app, people):
    package = complete()
    file = attached(package)
    take(package, "organise", people.press_officer)
    take(package, "review", people.second_reviewer)
    with pytest.raises(GuardRefused, match=r"附件“附件一\.pdf”还没有人核对个人信息"):
        take(package, "sign", people.signer)
    with pytest.raises(GuardRefused, match="这是您上传的附件"):
        cleared(file, people.editor)
    for role in ("signer", "analyst", "liaison"):
        with pytest.raises(Forbidden, match="由新闻办或审核人核对"):
            cleared(file, getattr(people, role))
    db.session.expire_all()
    assert file.cleared_at is None
    cleared(file)
    assert (file.cleared_at, file.cleared_by_name) == (NOW, people.first_reviewer.display_name)
    take(package, "sign", people.signer)
    assert package.state is S.SIGNED


def test_each_attachment_is_cleared_by_itself_and_one_that_comes_again_anew(app, people):
    package = complete()
    first = cleared(attached(package))
    second = attached(package, "附件二.pdf", b"%PDF-1.7 other")
    take(package, "organise", people.press_officer)
    take(package, "review", people.second_reviewer)
    with pytest.raises(GuardRefused, match=r"“附件二\.pdf”") as refused:
        take(package, "sign", people.signer)
    assert first.name not in refused.value.message
    take(package, "return", people.signer, "附件二请换。")
    actor = people.editor.actor
    with transaction(actor, NOW) as session:
        entering.remove_file(session, second, Attempt(actor, NOW))
    again = attached(package, "附件一.pdf")  # the very same content
    assert again.cleared_at is None
    assert db.session.scalars(select(PackageFile.id)).all() == [first.id, again.id]


def test_what_is_out_needs_no_more_clearing(app, people):
    package = brought_to(S.COLLECTING)
    file = attached(package)
    take(package, "drop", people.press_officer, "改为部门文件。")
    with pytest.raises(GuardRefused, match="不必再核对"):
        cleared(file)


def test_the_page_offers_clearing_to_others_alone(app, client, people):
    package = complete()
    file = attached(package, person=people.editor)
    button = f"/packages/files/{file.id}/clear"
    for role, offered in (("editor", False), ("signer", False), ("first_reviewer", True)):
        people.sign_in(client, getattr(people, role))
        assert (button in client.get(f"/packages/{package.id}").text) is offered, role
    people.sign_in(client, people.editor)
    assert client.post(button).status_code == 422
    people.sign_in(client, people.signer)
    assert client.post(button).status_code == 403
    people.sign_in(client, people.first_reviewer)
    assert client.post(button).status_code == 302
    db.session.expire_all()
    assert file.cleared_by_name == people.first_reviewer.display_name


# ---- days ----


@pytest.mark.parametrize("sign", [1, -1])
def test_a_day_more_than_five_years_away_is_a_mistyped_year(session, people, sign):
    farthest = NOW.date() + sign * FARTHEST
    package = proposed(planned_on=farthest)
    assert package.planned_on == farthest
    beyond = farthest + sign * timedelta(days=1)
    with pytest.raises(Invalid, match="请核对年份") as refused:
        proposed(planned_on=beyond)
    assert list(refused.value.fields) == ["planned_on"]
    actor, entered = people.editor.actor, facts(planned_on=beyond)
    with pytest.raises(Invalid, match="请核对年份"), transaction(actor, NOW) as writing:
        entering.edit(writing, package, entered, Attempt(actor, NOW))
    db.session.expire_all()
    assert package.planned_on == farthest


# ---- columns ----


def test_a_retired_column_takes_nothing_new(session, people):
    package = proposed()
    retire("media")
    with pytest.raises(Invalid, match="没有停用的解读栏目"):
        written(package, "media")
    with pytest.raises(Invalid, match="不存在或已停用"):
        planned(package, "media")


def test_a_retired_column_keeps_what_stands_in_it(session, people):
    package = complete()
    retire("experts")
    material = next(one for one in package.materials if one.column.code == "experts")
    # What was written for it is changed, planned, signed and released all the same.
    actor = people.editor.actor
    changed = entering.MaterialFacts(material.column_id, "改过的标题", material.author, "改过。")
    with transaction(actor, NOW) as writing:
        entering.save_material(writing, package, material, changed, Attempt(actor, NOW))
    planned(package, *COLUMNS, form="视频")
    for role, action in (("press_officer", "organise"), ("second_reviewer", "review"),
                         ("signer", "sign"), ("press_officer", "release")):  # fmt: skip
        take(package, action, getattr(people, role))
    assert out()[1] == ["departments 的解读", "改过的标题"]
    zone = Settings().zone
    counted = {one.code: n for one, n in public.counts_by_column(session, 2026, zone)}
    assert counted["experts"] == 1
    assert "experts" in [one.code for one in public.public_columns(session)]
    kept = public.interpretations(public.column_of(session, "experts"), 2026, zone)
    assert [one.title for one in session.scalars(kept)] == ["改过的标题"]


def test_a_retired_column_stays_on_the_public_page_and_an_empty_one_goes(client, people):
    brought_to(S.RELEASED)
    retire("experts")
    retire("media")
    page = client.get("/interpretations").text
    assert "column=experts" in page
    assert "column=media" not in page
    assert "experts 的解读" in client.get("/interpretations?column=experts").text


def test_a_renamed_column_leaves_the_name_on_what_went_out(session, people):
    package = brought_to(S.RELEASED)
    kept = column("experts")
    before = kept.name
    with transaction(CONSOLE, NOW) as writing:
        columns.save_column(writing, kept, "名家解读", kept.position, True)
    session.expire_all()
    assert before in {one.column_name for one in package.document.interpretations}


# ---- the trail ----


def test_no_text_of_a_package_stands_in_the_trail_in_clear(session, people):
    package = complete(body=f"第一条 {SECRET}。", title=f"办法 {SECRET}")
    package = written(package, title=SECRET, author=SECRET, body=f"解读：{SECRET}")
    actor = people.editor.actor
    with transaction(actor, NOW) as writing:
        entered = facts(body=f"第二条 {SECRET}。", title=f"新办法 {SECRET}")
        entering.edit(writing, package, entered, Attempt(actor, NOW))
    lines = session.scalars(select(AuditEvent)).all()
    kinds = {line.object_type for line in lines}
    assert {"policy_package", "package_material"} <= kinds
    told = "".join(f"{line.changes}{line.note}" for line in lines)
    for kept in ("13912345678", "王小明", "第一条", "第二条", "停车位先满足业主"):
        assert kept not in told, kept
