"""Numbers, writing, composing anew, signing, and that what is signed stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Actor, Permission
from responder.orders.models import OrderState
from responder.reports.documents import queries, rules, service
from responder.reports.documents.content import from_json
from responder.reports.documents.models import Report, ReportState, SignedIsFinal
from responder.web.listing.sources import counts_by
from tests.factories import NOW
from tests.orders import factories as orders
from tests.planning.queries import count_queries
from tests.reports.documents.factories import (
    SUMMARY,
    TODAY,
    brought_to,
    made,
    month,
    rows,
    standpoint,
    tables,
    take,
    word,
    worried_topic,
    write,
)


def compose_anew(report: Report, actor: Actor, now=NOW):
    with transaction(actor, now) as session:
        return service.compose_anew(session, report, standpoint(now), Attempt(actor, now))


def total(report: Report) -> str:
    return rows(tables(report.said)["热线办理情况"])[-1][1]


def special(**facts) -> Report:
    return made("special", rules.of_topic(worried_topic(**facts).id, TODAY))


def test_numbers_count_within_kind_and_year_without_gaps(people) -> None:
    found = [made("hotline", month(f"2026-0{number}")) for number in (1, 2, 3)]
    take(found[1], "void", people.press_officer.actor, "写错月份")
    again = made("hotline", month("2026-02"))
    other = made("concerns", month("2026-01"))
    next_year = made("hotline", month("2026-04"), NOW + timedelta(days=60))
    assert [queries.number(one) for one in (*found, again, other, next_year)] == [
        "热线月报〔2026〕1号", "热线月报〔2026〕2号", "热线月报〔2026〕3号", "热线月报〔2026〕4号",
        "关切分析〔2026〕1号", "热线月报〔2027〕1号",
    ]  # fmt: skip


def test_a_period_has_one_report_that_stands(people) -> None:
    first = made()
    with pytest.raises(WrongState, match="热线月报〔2026〕1号"):
        made()
    take(first, "void", people.press_officer.actor, "重写")
    assert made().sequence == 2


def test_a_topic_may_have_several_but_not_by_one_double_click(app) -> None:
    topic = worried_topic()
    asked = rules.of_topic(topic.id, TODAY)
    assert made("special", asked).id == made("special", asked).id
    assert made("special", asked, NOW + timedelta(hours=1)).sequence == 2


def test_who_may_not_write_reports_makes_none(people) -> None:
    with pytest.raises(Forbidden):
        made(actor=people.analyst.actor)
    assert db.session.scalars(select(Report)).all() == []


def test_what_is_written_stands_in_the_content(people) -> None:
    report = special()
    assert write(report, {"summary": f"  {SUMMARY}\r\n"})
    assert not write(report, {"summary": SUMMARY})
    assert {slot.code: slot.text for slot in report.said.slots}["summary"] == SUMMARY


@pytest.mark.parametrize(("text", "fits"), [("水" * 200, True), ("水" * 201, False)])
def test_the_summary_has_200_characters_at_most(app, text, fits) -> None:
    report = special()
    if fits:
        assert write(report, {"summary": text})
        return
    with pytest.raises(Invalid, match="最多 200 字，现有 201 字"):
        write(report, {"summary": text})
    with pytest.raises(Invalid):
        write(report, {"title": "改标题"})


def test_what_must_be_written_is_before_it_is_handed_in(people) -> None:
    report = special()
    with pytest.raises(GuardRefused, match="还没有填写摘要"):
        take(report, "submit", people.press_officer.actor)
    write(report, {"summary": "请联系13812345678核实。"})
    with pytest.raises(GuardRefused, match="个人信息"):
        take(report, "submit", people.press_officer.actor)
    write(report, {"summary": SUMMARY})
    take(report, "submit", people.press_officer.actor)
    assert report.state is ReportState.SUBMITTED


@pytest.mark.parametrize("part", ["compose", "write", "submit"])
def test_nobody_signs_what_they_wrote(people, part) -> None:
    both = Actor(
        people.editor.id,
        "兼任",
        frozenset({Permission.REPORT_WRITE, Permission.RESPONSE_SIGN}),
    )
    report = made(actor=both if part == "compose" else None)
    if part == "write":
        write(report, {"analysis": "平稳。"}, both)
    take(report, "submit", both if part == "submit" else people.press_officer.actor)
    with pytest.raises(GuardRefused, match="不能签发"):
        take(report, "sign", both)
    take(report, "sign", people.signer.actor)
    assert (report.signer_name, report.signed_at) == (people.signer.display_name, NOW)


def test_a_returned_report_says_why_and_is_a_draft_again_when_written(people) -> None:
    report = brought_to(ReportState.RETURNED)
    line = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (line.action, line.note) == ("return", "数字请核对")
    write(report, {"analysis": "已核对。"})
    assert report.state is ReportState.DRAFT
    with pytest.raises(GuardRefused, match="理由"):
        take(brought_to(ReportState.SUBMITTED, report), "return", people.signer.actor)


def test_content_stays_until_it_is_composed_anew_and_that_says_what_changed(people) -> None:
    report = made()
    orders.brought_to(OrderState.DISPATCHED)
    db.session.expire_all()
    assert total(report) == "0"
    write(report, {"advice": "增派人手。"})
    changed = compose_anew(report, people.press_officer.actor, NOW + timedelta(hours=1))
    assert ("热线办理情况 · 合计 · 派遣总数", "0", "1") in {
        (one.where, one.before, one.after) for one in changed
    }
    assert total(report) == "1"
    assert report.composed_at == NOW + timedelta(hours=1)
    assert {slot.code: slot.text for slot in report.said.slots}["advice"] == "增派人手。"
    line = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert "合计 · 派遣总数：0 → 1" in line.changes["figures"]


@pytest.mark.parametrize("state", [ReportState.SUBMITTED, ReportState.SIGNED, ReportState.VOID])
def test_only_a_draft_is_composed_anew_or_written(people, state) -> None:
    report = brought_to(state)
    before = dict(report.content)
    with pytest.raises(WrongState):
        compose_anew(report, people.press_officer.actor)
    with pytest.raises(WrongState):
        write(report, {"analysis": "后加的"})
    db.session.expire_all()
    assert report.content == before


def test_signed_content_does_not_change_when_the_records_do(app) -> None:
    report = brought_to(ReportState.SIGNED)
    before, file = dict(report.content), [p.text for p in word(report).paragraphs]
    orders.brought_to(OrderState.DISPATCHED)
    db.session.expire_all()
    assert report.content == before
    assert [p.text for p in word(report).paragraphs] == file


def test_a_signed_report_is_refused_every_change(app) -> None:
    report = brought_to(ReportState.SIGNED)
    with pytest.raises(SignedIsFinal), transaction(CONSOLE, NOW):
        report.title = "另一个标题"
    db.session.expire_all()
    with pytest.raises(SignedIsFinal), transaction(CONSOLE, NOW) as session:
        session.delete(report)


def test_a_void_report_keeps_its_number_and_what_it_said(people) -> None:
    report = brought_to(ReportState.SIGNED)
    before = dict(report.content)
    with pytest.raises(Forbidden):
        take(report, "void", people.press_officer.actor, "写错了")
    take(report, "void", people.signer.actor, "数据有误")
    db.session.expire_all()
    assert (report.state, report.sequence, report.content) == (ReportState.VOID, 1, before)
    assert made().sequence == 2


def test_what_was_seen_is_what_is_decided_on(people) -> None:
    report = made()
    seen = report.version_id
    write(report, {"analysis": "平稳。"})
    with pytest.raises(Stale), transaction(people.press_officer.actor, NOW) as session:
        service.advance(
            session,
            queries.find_to_change(session, report.id, seen),
            "submit",
            Attempt(people.press_officer.actor, NOW),
        )


def test_what_is_stored_gives_the_same_values_back(app) -> None:
    for report in (made(), made("concerns"), special()):
        db.session.expire_all()
        assert from_json(report.content) == report.said
        assert report.title == report.said.title


def test_a_list_does_not_load_what_reports_say(app) -> None:
    for number in range(1, 6):
        made("hotline", month(f"2026-0{number}"))
    db.session.expire_all()

    def read() -> None:
        assert len([one.title for one in db.session.scalars(queries.listed("hotline"))]) == 5

    assert count_queries(read) == 1


def test_figures_of_pages_are_counted(app) -> None:
    made()
    made("concerns")
    counts = counts_by(db.session, queries.listed(year=2026), Report.kind)
    assert counts == {None: 2, "hotline": 1, "concerns": 1}
    assert counts_by(db.session, queries.listed(year=2025), Report.kind) == {None: 0}
    assert queries.years(db.session) == [2026]
