"""The pages of packages: what each post sees, what a form refuses, what citizens read."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from docx import Document
from sqlalchemy import select

from responder.accounts.proof_models import SigningProof
from responder.accounts.proofs import PASSWORD as PASSWORD_PROOF
from responder.accounts.proofs import Proven
from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import GuardRefused
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.publishing.packages import entering, steps
from responder.publishing.packages.models import Duty, PackageFile, PackageState, PolicyPackage
from responder.publishing.packages.released import (
    Attachment,
    Interpretation,
    PolicyDocument,
)
from responder.settings import Settings
from tests.factories import NOW, PASSWORD, People, unit
from tests.planning.queries import queries
from tests.publishing.packages.factories import (
    TITLE,
    WAY,
    attached,
    brought_to,
    cleared,
    column,
    complete,
    planned,
    proposed,
    released_with_files,
    take,
)
from tests.responses.pages import strict

S = PackageState
FORM = {
    "title": TITLE, "document_number": "", "issuer": "市人民政府办公室", "level": "office",
    "planned_on": "2026-12-03", "duty": "together", "duty_reason": "", "body": "第一条 试行。",
}  # fmt: skip


def as_(people: People, client, role: str):
    return people.sign_in(client, getattr(people, role))


def typed(package: PolicyPackage, **changed: str) -> dict[str, str]:
    row = {"column-1": str(column().id), "form-1": "图解", "writer-1": "物业科",
           "due_on-1": "2026-11-26", "channel-1": "门户网站"}  # fmt: skip
    return {"version": str(package.version_id), **row, **changed}


def test_a_unit_reads_its_own_packages_alone(people, client):
    other = unit("YJJ", "市应急管理局")
    own, foreign = proposed(title="本单位的文件"), proposed(title="别单位的文件", unit=other)
    liaison, home = people.liaison, unit()
    with transaction(CONSOLE):
        liaison.unit_id = home.id
    page = as_(people, client, "liaison").get("/packages")
    assert page.status_code == 200
    assert "本单位的文件" in page.text
    assert "别单位的文件" not in page.text
    assert client.get(f"/packages/{own.id}").status_code == 200
    for address in (f"/packages/{foreign.id}", f"/packages/{foreign.id}/edit"):
        assert client.get(address).status_code == 404
    sent = client.post(f"/packages/{foreign.id}/drop", data={"version": "1", "note": "理由"})
    assert sent.status_code in (403, 404)
    assert foreign.state is S.COLLECTING


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": " "}, "请填写文件标题"),
        ({"planned_on": "2026-13-40"}, "请填写 2000 年至 2100 年之间的日期"),
        ({"unit_id": "0"}, "请选择起草单位"),
        ({"duty": "none"}, "请写明理由"),
    ],
)
def test_a_document_that_lacks_a_fact_is_kept_on_the_page_with_what_is_wrong(
    people, client, changed, said
):
    home = unit()
    sent = {**FORM, "unit_id": str(home.id), **changed}
    answer = as_(people, client, "press_officer").post("/packages/new", data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert "第一条 试行。" in answer.text  # what was typed is not lost
    assert db.session.scalars(select(PolicyPackage)).all() == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"column-1": ""}, "第 1 行"),
        ({"due_on-1": "昨天"}, "第 1 行"),
        ({"column-1": "99999"}, "第 1 行"),
        ({"writer-1": ""}, "第 1 行"),
    ],
)
def test_a_wrong_line_of_a_plan_is_named_and_nothing_is_stored(people, client, changed, said):
    package = proposed()
    answer = as_(people, client, "editor").post(
        f"/packages/{package.id}/plan", data=typed(package, **changed)
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert "门户网站" in answer.text
    db.session.expire_all()
    assert package.plan == []


def test_an_empty_plan_is_refused_and_one_that_is_not_due_may_be_emptied(people, client):
    package = proposed()
    empty = {"version": str(package.version_id)}
    answer = as_(people, client, "editor").post(f"/packages/{package.id}/plan", data=empty)
    assert answer.status_code == 422
    assert "解读方案没有保存：一行也没有填" in answer.text
    assert "解读方案已保存" not in answer.text
    later = planned(proposed(duty=Duty.LATER, duty_reason="先行公布"))
    sent = {"version": str(later.version_id)}
    assert client.post(f"/packages/{later.id}/plan", data=sent).status_code == 302
    db.session.expire_all()
    assert later.plan == []


def test_who_sends_a_package_again_reads_what_happens_next(people, client):
    package = brought_to(S.RETURNED)
    editor = as_(people, client, "editor")
    editor.post(f"/packages/{package.id}/resubmit", data={"version": package.version_id})
    assert "已重新送到新闻办：核对齐全后送审" in editor.get(f"/packages/{package.id}").text


def test_the_history_tells_of_plan_materials_and_files_and_names_no_file(people, client):
    package = complete()
    file = attached(package, "王大力来信.pdf")
    actor = people.editor.actor
    with transaction(actor, NOW) as session:
        entering.remove_file(session, file, Attempt(actor, NOW))
        entering.remove_material(session, package.materials[0], Attempt(actor, NOW))
    done = [line.action for line in audit.history(db.session, package)]
    assert done == [
        "create", "save_plan", "add_material", "add_material", "add_file", "remove_file",
        "remove_material",
    ]  # fmt: skip
    page = as_(people, client, "editor").get(f"/packages/{package.id}").text
    for said in ("填写解读方案", "共 2 项", "添加解读材料", "部门解读", "上传附件", "现有附件 1 个",
                 "删除附件", "删除解读材料"):  # fmt: skip
        assert said in page
    assert "王大力来信" not in page


def test_of_two_who_fill_in_one_plan_the_second_is_told(people, client):
    package = proposed()
    first = typed(package)
    as_(people, client, "editor").post(f"/packages/{package.id}/plan", data=first)
    answer = client.post(f"/packages/{package.id}/plan", data={**first, "form-1": "视频"})
    assert answer.status_code == 409
    assert "视频" in answer.text
    db.session.expire_all()
    assert [line.form for line in package.plan] == ["图解"]


def test_a_slip_reads_the_same_on_the_page_and_in_word(people, client):
    package = proposed()
    slip = take(package, "return", people.press_officer, "请先报送解读方案。")
    page = as_(people, client, "press_officer").get(f"/packages/slips/{slip.id}")
    word = client.get(f"/packages/slips/{slip.id}/word")
    lines = "\n".join(one.text for one in Document(BytesIO(word.data)).paragraphs)
    for told in (slip.number, TITLE, "解读方案、解读材料", "请先报送解读方案。", unit().name):
        assert told in page.text
        assert told in lines


def test_citizens_read_the_document_beside_its_interpretations_until_it_is_withdrawn(
    people, client
):
    assert client.get("/interpretations").status_code == 200
    package = brought_to(S.RELEASED)
    document = db.session.scalars(select(PolicyDocument)).one()
    found = db.session.scalars(select(Interpretation)).all()
    pages = {
        address: client.get(address).text
        for address in (
            "/interpretations",
            "/interpretations/documents",
            f"/interpretations/documents/{document.id}",
            *(f"/interpretations/{one.id}" for one in found),
        )
    }
    for address, text in pages.items():
        strict(text)
        assert TITLE in text, address
    for name in ("feed.xml", "feed.json"):
        assert found[0].title in client.get(f"/interpretations/{name}").text
    take(package, "withdraw", people.signer, "数据有误，现予撤回。")
    text = client.get(f"/interpretations/{found[0].id}").text
    assert "数据有误，现予撤回。" in text
    assert found[0].body not in text
    assert client.get("/interpretations/99999").status_code == 404


def test_a_figure_of_the_year_opens_what_it_counts(people, client):
    brought_to(S.RELEASED)
    page = as_(people, client, "press_officer").get("/packages?year=2026").text
    row = page[page.index("专家解读") :]
    address = row.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    listed = client.get(address).text
    assert "experts 的解读" in listed
    assert "departments 的解读" not in listed


def test_a_package_is_signed_with_a_proof_alone(people, client):
    package, signer = brought_to(S.REVIEWED), people.signer
    for proven in (None, Proven(people.editor.id, PASSWORD_PROOF)):
        attempt = Attempt(signer.actor, NOW)
        with pytest.raises(GuardRefused, match="先验证"), transaction(signer.actor, NOW) as session:
            steps.advance(session, package, "sign", attempt, Settings(), proven)
    as_(people, client, "signer")
    assert 'name="proof"' in client.get(f"/packages/{package.id}").text
    address, seen = f"/packages/{package.id}/sign", {"version": str(package.version_id)}
    for given in ({}, {"proof": "错误"}):
        refused = client.post(address, data={**seen, **given})
        assert (refused.status_code, "密码不正确" in refused.text) == (403, True)
        strict(refused.text)
    # What could not be taken anyway asks for nothing, and counts no try.
    assert client.post(address, data={"version": "99", "proof": "错误"}).status_code == 409
    assert db.session.scalars(select(SigningProof.tries)).one() == 2
    db.session.expire_all()
    assert package.state is S.REVIEWED
    assert client.post(address, data={**seen, "proof": PASSWORD}).status_code == 302
    db.session.expire_all()
    assert (package.state, package.gates[-1].proof) == (S.SIGNED, "password")
    assert [gate.proof for gate in package.gates[:-1]] == ["", ""]
    assert audit.history(db.session, package)[-1].changes["proof"] == "password"
    assert "已用密码验证" in client.get(f"/packages/{package.id}").text


def test_a_document_is_withdrawn_with_a_proof_alone(people, client):
    package = brought_to(S.RELEASED)
    people.sign_in(client, people.signer)
    assert 'name="proof"' in client.get(f"/packages/{package.id}").text
    seen = {"version": str(package.version_id), "note": "数据有误，现予撤回。"}
    address = f"/packages/{package.id}/withdraw"
    for given in ({}, {"proof": "错误"}):
        answer = client.post(address, data={**seen, **given})
        assert answer.status_code == 403
        assert seen["note"] in answer.text
    assert package.state is S.RELEASED
    assert client.post(address, data={**seen, "proof": PASSWORD}).status_code == 302
    db.session.expire_all()
    assert package.state is S.WITHDRAWN
    assert audit.history(db.session, package)[-1].changes["proof"] == "password"


def test_the_other_steps_of_a_package_ask_for_no_proof(people, client):
    package = brought_to(S.REVIEWED)
    sent = {"version": str(package.version_id), "note": "第二条与上位法不一致。"}
    page = as_(people, client, "signer").post(f"/packages/{package.id}/return", data=sent)
    assert page.status_code == 302
    db.session.expire_all()
    assert package.state is S.RETURNED


def test_the_sitemap_names_every_page_with_its_last_change_and_reads_no_text(people, client):
    first, second = brought_to(S.RELEASED), brought_to(S.RELEASED, title="另一份文件")
    at = NOW + timedelta(days=2)
    take(second, "withdraw", people.signer, "数据有误。", at=at)
    with queries() as asked_for:
        root = ElementTree.fromstring(client.get("/interpretations/sitemap.xml").data)
    told = {one[0].text.partition("/interpretations")[2]: one[1].text for one in root}
    document = {one.package_id: one for one in db.session.scalars(select(PolicyDocument))}
    for package, moment in ((first, NOW), (second, at)):
        one = document[package.id]
        pages = [f"/documents/{one.id}", *(f"/{each.id}" for each in one.interpretations)]
        assert [datetime.fromisoformat(told[page]) for page in pages] == [moment] * 3
    assert datetime.fromisoformat(told[""]) == at
    assert len(told) == 7
    assert not [statement for statement in asked_for if "body" in statement]
    assert [one for one in asked_for if "policy_" in one and "LIMIT" not in one] == []


def test_a_public_attachment_is_kept_and_never_shown(app, people, client):
    """Uploaded by somebody, it runs in no page of ours, whatever it calls itself."""
    released_with_files("附件.pdf")
    attachment = db.session.scalars(select(Attachment)).one()
    address = f"/interpretations/attachments/{attachment.id}"
    with client.application.test_client() as stranger, stranger.get(address) as answer:
        assert (answer.status_code, answer.data.decode()) == (200, "%PDF-1.7 内容：附件.pdf")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert quote("附件.pdf") in disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-cache"  # asked for again, and so withdrawn
    assert "Set-Cookie" not in answer.headers
    assert address in client.get(f"/interpretations/documents/{attachment.document_id}").text


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("evil.exe", b"MZ", "只收 pdf、ofd"),
        ("通知.pdf", b"MZ", "内容不是 pdf 文件"),
        ("全部.zip", b"PK\x03\x04", "只收 pdf、ofd"),
        ("通知.pdf", b"%PDF-1.7", "已上传“通知.pdf”"),
    ],
)
def test_only_documents_and_pictures_are_attached(people, client, name, content, told):
    editor, package = as_(people, client, "editor"), proposed()
    page = f"/packages/{package.id}"
    data = {"file": (BytesIO(content), name), "version": package.version_id}
    assert editor.post(f"{page}/files", data=data).location == f"{page}#files"
    assert told in editor.get(page).text
    kept = db.session.scalars(select(PackageFile)).all()
    assert [(one.name, one.media_type) for one in kept] == (
        [(name, "application/pdf")] if "已上传" in told else []
    )


def test_an_attachment_is_public_only_while_its_document_stands(app, people, client):
    package = complete()
    file = cleared(attached(package))
    for role, action in WAY[:3]:
        take(package, action, getattr(people, role))
    assert client.get(f"/interpretations/attachments/{file.id}").status_code == 404
    assert client.get(f"/packages/files/{file.id}").status_code == 302  # to the sign-in
    take(package, "release", people.press_officer)
    attachment = db.session.scalars(select(Attachment)).one()
    address = f"/interpretations/attachments/{attachment.id}"
    with client.get(address) as answer:
        assert answer.status_code == 200
    stored = app.extensions["settings"].package_files / attachment.digest
    kept = stored.read_bytes()
    stored.unlink()
    gone = client.get(address)
    assert (gone.status_code, "暂时不能下载" in gone.text) == (404, True)
    stored.write_bytes(kept)
    take(package, "withdraw", people.signer, "数据有误。")
    db.session.expire_all()
    assert client.get(address).status_code == 404
    page = client.get(f"/interpretations/documents/{attachment.document_id}").text
    assert address not in page


def test_packages_are_narrowed_and_taken_along(people, client):
    proposed(title="物业管理办法")
    proposed(title="停车管理办法", document_number="江政发〔2026〕9号")
    brought_to(S.RELEASED)
    client = as_(people, client, "press_officer")
    page = client.get("/packages?q=〔2026〕9号").text
    strict(page)
    assert "停车管理办法" in page
    for query, count in {"": 3, "q=物业": 1, "state=released": 1, "from=2027-01-01": 0}.items():
        with client.get(f"/packages/list.csv?{query}") as answer:
            assert len(answer.text.splitlines()) == 1 + count, query
