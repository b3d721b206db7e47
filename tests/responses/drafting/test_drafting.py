"""Writing an answer: formats, autosave, templates, the office's lists, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from responder import jobs
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, Stale
from responder.core.permissions import Role
from responder.publishing import service as publishing
from responder.publishing.channels import service as channels
from responder.publishing.webhooks.outbox import body_of
from responder.responses import service
from responder.responses.drafting import lists, slips, templates
from responder.responses.drafting.formats import TextFormat
from responder.responses.drafting.models import DraftSlip, Severity
from responder.responses.drafting.templates import TemplateFacts
from responder.responses.models import Draft, ItemState
from responder.settings import Settings
from tests.factories import NOW
from tests.responses.factories import ANSWER, WAY, brought_to, drafted, opened, reload, save, take
from tests.responses.pages import strict

MARKDOWN = "## 办理情况\n\n经核实，开发企业须于**十二月底前**公布[方案](https://example.com/p)。"
PLAIN = "办理情况\n经核实，开发企业须于十二月底前公布方案（https://example.com/p）。"
TYPED = "刚写了一半，还没有保存的文字。"


def keep(item, person, text=TYPED, seen=0, based_on=None, at=NOW):
    with transaction(person.actor, at) as session:
        number = slips.last_number(session, item) if based_on is None else based_on
        return slips.keep(
            session, item, person.actor, text, TextFormat.PLAIN, number, seen, at
        )  # fmt: skip


def published_markdown(people):
    item = opened()
    with transaction(people.editor.actor, NOW) as session:
        service.save_draft(
            session, item, MARKDOWN, people.editor.actor, NOW, item.version_id,
            TextFormat.MARKDOWN,
        )  # fmt: skip
    for role, action in WAY[:-1]:
        take(item, action, people.holding(role))
    return publishing.entry_of(db.session, item.id)


def test_markdown_goes_out_as_html_for_readers_and_as_plain_text_for_the_rest(client, people):
    entry = published_markdown(people)
    assert (entry.answer, entry.answer_format) == (MARKDOWN, TextFormat.MARKDOWN)
    pages = {
        path: client.get(path).text
        for path in (f"/concerns/{entry.id}", "/concerns/feed.xml", "/concerns/feed.json")
    }
    strict(pages[f"/concerns/{entry.id}"])
    assert "<strong>十二月底前</strong>" in pages[f"/concerns/{entry.id}"]
    assert "&lt;strong&gt;十二月底前&lt;/strong&gt;" in pages["/concerns/feed.xml"]
    assert "<strong>十二月底前</strong>" in pages["/concerns/feed.json"]
    told = body_of(entry, "publish", NOW)["data"]
    assert told["answer"] == PLAIN
    assert "<h3>办理情况</h3>" in told["answer_html"]
    for text in channels.prepared(entry, "https://example.com"):
        assert "**" not in text.text
    people.sign_in(client, people.press_officer)
    address = f"/publishing/entries/{entry.id}/changes/new?kind=correct"
    assert '<option selected value="markdown">' in client.get(address).text
    sent = {"title": "甲", "concern": "乙", "note": "更正", "base": 0, "answer_format": "markdown"}
    refused = client.post(address, data={**sent, "answer": "请拨打**138**12345678。"})
    assert (refused.status_code, "回应内容中的手机号码" in refused.text) == (422, True)
    corrected = client.post(address, data={**sent, "answer": MARKDOWN.replace("十二", "十一")})
    assert "<strong>十一月底前</strong>" in client.get(corrected.location).text


def test_a_plain_answer_looks_as_it_always_did(client, people):
    text = "1. **不变**\n<b>也不变</b>，经核实已办结。"
    item = brought_to(ItemState.PUBLISHED, text)
    page = client.get(f"/concerns/{publishing.entry_of(db.session, item.id).id}").text
    assert "<p>1. **不变**</p>\n<p>&lt;b&gt;也不变&lt;/b&gt;，经核实已办结。</p>" in page


def test_the_format_is_part_of_the_version(people):
    item = drafted()
    with transaction(people.editor.actor, NOW) as session:
        draft = service.save_draft(
            session, item, ANSWER, people.editor.actor, NOW, item.version_id, TextFormat.MARKDOWN
        )
    assert (draft.number, draft.format) == (2, TextFormat.MARKDOWN)
    save(item, f"{ANSWER}已办结。", people.editor)
    assert reload(item).answer_format is TextFormat.MARKDOWN


def test_a_slip_is_its_writers_alone_and_no_version(client, people):
    item, editor, other = drafted(), people.editor, people.holding(Role.EDITOR, "other")
    slip = keep(item, editor)
    assert slips.offer(db.session, item, editor.actor).slip.text == TYPED
    assert slips.offer(db.session, item, other.actor) is None
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 1
    people.sign_in(client, other)
    assert TYPED not in client.get(f"/responses/{item.id}?slip=restore").text
    with pytest.raises(Forbidden):
        keep(item, people.signer)
    with pytest.raises(Stale, match="未保存的文字"):
        keep(item, editor, "另一个窗口")
    assert keep(item, editor, "接着写", seen=slip.version_id).text == "接着写"
    # What is stored already needs no slip.
    assert keep(item, editor, ANSWER, seen=2) is None
    assert slips.offer(db.session, item, editor.actor) is None


def test_the_very_text_that_was_saved_comes_late_and_brings_no_slip_back(people):
    item, saved = drafted(), "保存好的全文，经核实已办结。"
    save(item, saved, people.editor)
    assert keep(item, people.editor, saved, based_on=1) is None
    assert slips.offer(db.session, item, people.editor.actor) is None


def test_what_a_second_window_typed_is_kept_however_soon_the_first_has_saved(people):
    item = drafted()
    save(item, "第一个窗口保存的全文，已办结。", people.editor)
    assert keep(item, people.editor, based_on=1).text == TYPED
    offered = slips.offer(db.session, item, people.editor.actor)
    assert (offered.slip.text, offered.newer.number) == (TYPED, 2)


def test_old_slips_are_erased_by_the_job(people):
    item = drafted()
    keep(item, people.editor)
    jobs.JOBS["erase-slips"].work(NOW + timedelta(days=6), Settings())
    assert db.session.scalar(select(func.count()).select_from(DraftSlip)) == 1
    jobs.JOBS["erase-slips"].work(NOW + timedelta(days=7), Settings())
    assert db.session.scalar(select(func.count()).select_from(DraftSlip)) == 0


def test_a_slip_is_offered_restored_compared_and_thrown_away_without_a_script(client, people):
    item = drafted()
    people.sign_in(client, people.editor)
    address = f"/responses/{item.id}"
    sent = {"text": TYPED, "format": "plain", "version": 1, "based_on": 1, "slip": 0}
    kept = client.post(f"{address}/slip", data=sent).json
    assert (kept["kept"], kept["slip"]) == (True, 1)
    page = client.get(address).text
    strict(page)
    assert "您有未保存的文字" in page
    assert f">\n{ANSWER}</textarea>" in page
    refused = client.post(f"{address}/slip", data={**sent, "text": "新写的"})
    assert (refused.status_code, refused.json["kept"]) == (409, False)
    # Saving from a page that has not taken it up leaves it.
    save(item, "同事保存的另一个版本，已经办结。", people.holding(Role.EDITOR, "colleague"))
    restored = client.get(f"{address}?slip=restore").text
    strict(restored)
    assert f">\n{TYPED}</textarea>" in restored
    assert "保存了第 2 版" in restored
    assert "<del>" in restored
    seen = reload(item).version_id
    saved = {**sent, "version": seen, "slip": 0, "text": "先存别的一段，已经办结。"}
    client.post(f"{address}/draft", data=saved)
    assert "您有未保存的文字" in client.get(address).text
    saved |= {"version": reload(item).version_id, "slip": 1, "text": TYPED}
    client.post(f"{address}/draft", data=saved)
    assert reload(item).answer == TYPED
    assert "您有未保存的文字" not in client.get(address).text
    client.post(f"{address}/slip", data={**sent, "text": "又写", "based_on": 4, "slip": 0})
    assert client.post(f"{address}/slip/discard").status_code == 302
    assert db.session.scalar(select(func.count()).select_from(DraftSlip)) == 0


def test_who_gives_up_after_a_conflict_of_two_windows_is_not_asked_again(client, people):
    item = drafted()
    people.sign_in(client, people.editor)
    address, seen = f"/responses/{item.id}", item.version_id
    typed = {"text": TYPED, "format": "plain", "version": seen, "based_on": 1, "slip": 0}
    save(item, "在另一个窗口保存的稿件，已经办结。", people.editor)
    slip = client.post(f"{address}/slip", data=typed).json["slip"]
    refused = client.post(f"{address}/draft", data={**typed, "slip": slip})
    assert refused.status_code == 409
    strict(refused.text)
    assert "您在另一个窗口保存过本事项" in refused.text
    assert "被别人改过" not in refused.text
    assert f'formaction="{address}/slip/discard"' in refused.text
    other = {"text": "这个窗口没有见过的文字", "slip": slip + 1}
    client.post(f"{address}/slip/discard", data=other)
    assert "您有未保存的文字" in client.get(address).text
    # The slip of a page whose number the autosave has overtaken is known by its text.
    gone = client.post(f"{address}/slip/discard", data={"text": TYPED, "slip": 0})
    assert gone.status_code == 302
    assert "您有未保存的文字" not in client.get(address).text
    save(reload(item), "同事保存的稿件，情况已核实。", people.holding(Role.EDITOR, "colleague"))
    refused = client.post(f"{address}/draft", data=typed)
    assert "本事项已被别人改过" in refused.text


def test_the_check_answers_a_script_with_a_part_and_a_button_with_the_page(client, people):
    item = drafted()
    people.sign_in(client, people.editor)
    address = f"/responses/{item.id}/check"
    sent = {"text": "请联系**138**12345678。", "format": "markdown", "version": 1}
    part = client.post(address, data=sent, headers={"X-Part": "1"}).text
    assert "<html" not in part
    assert "手机号码，不能签发和发布" in part
    assert "拦截" in part
    assert "<strong>138</strong>12345678" in part
    page = client.post(address, data=sent).text
    strict(page)
    assert "请联系**138**12345678。</textarea>" in page
    assert "手机号码，不能签发和发布" in page
    assert reload(item).answer == ANSWER
    people.sign_in(client, people.first_reviewer)
    assert client.post(address, data=sent).status_code == 403


def put_template(people, **changed):
    facts = {
        "name": "办结答复", "text": "您反映的“{{标题}}”已由{{ 单位 }}办结。{{日期}}",
        "written": TextFormat.PLAIN, **changed,
    }  # fmt: skip
    with transaction(people.press_officer.actor, NOW) as session:
        return templates.put_template(
            session, None, TemplateFacts(**facts), people.press_officer.actor
        )


def test_a_template_fills_an_empty_page_and_overwrites_nothing(client, people):
    item, template = opened(), put_template(people)
    people.sign_in(client, people.editor)
    address = f"/responses/{item.id}?template={template.id}"
    page = client.get(address).text
    strict(page)
    filled = "您反映的“关于金浦华庭车位只售不租的回应”已由市住房和城乡建设局办结。"
    assert f">\n{filled}" in page
    assert reload(item).answer == ""
    save(item, ANSWER, people.editor)
    page = client.get(address).text
    assert f">\n{ANSWER}</textarea>" in page
    assert "模板没有套用" in page
    assert filled in page
    told = client.get(f"/responses/{item.id}/template-text?template={template.id}").json
    assert told["text"].startswith(filled)
    assert client.get(f"/responses/{item.id}?template=999").status_code == 404


def test_a_template_that_cannot_be_is_refused(people):
    put_template(people)
    for changed, reason in (
        ({}, "已有名为"),
        ({"name": "甲", "text": "{{电话}}"}, "不认识“{{电话}}”"),
        ({"name": " "}, "请填写模板名称"),
    ):
        with pytest.raises(Invalid, match=reason):
            put_template(people, **changed)


def put_word(people, word, severity=Severity.BLOCK, advice="改写"):
    keeper = people.press_officer.actor
    with transaction(keeper, NOW) as session:
        return lists.put_word(session, None, word, advice, severity, keeper)


@pytest.mark.parametrize(("action", "role", "steps"), [("submit", Role.EDITOR, 0),
                                                       ("sign", Role.SIGNER, 5)])  # fmt: skip
def test_a_barred_word_stops_the_handing_in_and_the_signature(people, action, role, steps):
    item = drafted("经核实，**严厉**打击违规售卖车位的企业。")
    with transaction(people.editor.actor, NOW):
        item.answer_format = TextFormat.MARKDOWN
    for other, step in WAY[:steps]:
        take(item, step, people.holding(other))
    put_word(people, "核实", Severity.REMIND)
    word = put_word(people, "严厉打击")
    with pytest.raises(GuardRefused, match="不许使用的词：严厉打击。"):
        take(item, action, people.holding(role))
    with transaction(people.press_officer.actor, NOW) as session:
        lists.remove_word(session, word, people.press_officer.actor, word.version_id)
    take(item, action, people.holding(role))


def test_any_two_versions_are_compared(client, people):
    item = drafted("第一段，已经办结。\n第二段，计划三月完工。")
    save(item, "第一段，已经办结。\n第二段，计划四月完工。", people.editor)
    save(item, "第一段，已经办结。\n第二段，计划四月完工。\n第三段。", people.editor)
    people.sign_in(client, people.auditor)
    address = f"/responses/{item.id}/drafts/compare"
    page = client.get(f"{address}?from=1&to=3").text
    strict(page)
    assert "计划<del>三</del><ins>四</ins>月完工" in page
    assert "增 5 字，删 1 字" in page
    assert "改动 1 段，新增 1 段，删去 0 段" in page
    assert "第 2 版 → 第 3 版" in client.get(address).text
    assert "文字相同" in client.get(f"{address}?from=2&to=2").text
    assert client.get(f"{address}?from=9&to=1").status_code == 404
