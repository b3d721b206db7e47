"""The gate, the hour, the entry, and the job that publishes what is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, NotFound, WrongState
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI
from responder.publishing import releasing, service
from responder.publishing.models import Entry
from responder.responses.models import ItemState
from responder.settings import Settings
from tests.factories import NOW
from tests.responses.factories import ANSWER, brought_to, drafted, reload, take

S = ItemState
LATER = NOW + timedelta(hours=3)  # the factories schedule for two hours after NOW

PRIVATE = [
    ("请拨13812345678", "手机号码"),
    ("身份证11010519491231002X", "身份证号"),
    ("王建国先生", "姓名"),
    ("住3栋2单元501室", "门牌住址"),
    ("卡号6222021234567890128", "银行卡号"),
    ("信箱someone@example.com", "电子邮箱"),
]


def publish_due(now):
    return releasing.publish_due(now, Settings())


def entries():
    return db.session.scalars(select(Entry).order_by(Entry.id)).all()


def spoil(item, **texts):
    """As if a stricter rule of the gate had come after the signature."""
    with transaction(CONSOLE, NOW):
        for name, text in texts.items():
            setattr(item, name, text)


@pytest.mark.parametrize("field", ["title", "concern", "concern_source", "answer"])
@pytest.mark.parametrize(("text", "kind"), PRIVATE)
def test_the_gate_finds_each_kind_in_each_field(session, field, text, kind):
    item = drafted(f"{ANSWER}{text if field == 'answer' else ''}")
    if field != "answer":
        spoil(item, **{field: text})
    assert [(found.field, found.finding.label) for found in service.gate(item)] == [(field, kind)]


@pytest.mark.parametrize("action", ["schedule", "publish"])
def test_the_gate_stops_what_would_go_out_and_says_where(people, action):
    item = brought_to(S.SIGNED)
    spoil(item, concern="请联系13812345678")
    with pytest.raises(GuardRefused, match=r"关切内容中的手机号码 138.*请退回修改") as refused:
        take(item, action, people.press_officer)
    assert "13812345678" not in refused.value.message
    assert reload(item).state is S.SIGNED
    assert entries() == []


def test_a_signed_text_that_the_gate_refuses_can_be_put_right(people):
    item = brought_to(S.SIGNED)
    spoil(item, answer="请联系13812345678，尽快办理。")
    take(item, "return", people.signer, note="隐去电话")
    assert reload(item).state is S.DRAFT
    assert item.reviews[-1].approved is False


def test_an_hour_that_has_passed_or_lies_years_ahead_is_refused(people):
    item = brought_to(S.SIGNED)
    with pytest.raises(Invalid, match="已过"):
        take(item, "schedule", people.press_officer, publish_at=NOW - timedelta(minutes=1))
    with pytest.raises(Invalid, match="最多定在两年以内"):
        take(item, "schedule", people.press_officer, publish_at=NOW + timedelta(days=732))
    assert reload(item).state is S.SIGNED
    take(item, "schedule", people.press_officer, publish_at=NOW)
    assert reload(item).publish_at == NOW


def test_an_editor_publishes_nothing(people):
    item = brought_to(S.SIGNED)
    with pytest.raises(Forbidden):
        take(item, "publish", people.editor)


def test_publishing_copies_the_texts_and_stops_the_clocks(people):
    item = brought_to(S.PUBLISHED)
    [entry] = entries()
    assert entry.index_number == f"HY-2026-{item.id:04d}"
    assert (entry.unit_name, entry.publisher) == ("市住房和城乡建设局", "本市人民政府新闻办公室")
    assert (entry.title, entry.answer, entry.published_at) == (item.title, ANSWER, NOW)
    assert [clock.stopped_at for clock in item.clocks] == [NOW]
    spoil(item, answer="事后改动的内容，不应影响公开条目。")
    assert entries()[0].answer == ANSWER


def test_nothing_is_published_twice(people):
    item = brought_to(S.PUBLISHED)
    with pytest.raises(WrongState):
        take(item, "publish", people.press_officer)
    assert len(entries()) == 1


def test_the_job_publishes_at_the_hour_and_not_before(session):
    item = brought_to(S.SCHEDULED)
    assert publish_due(item.publish_at - timedelta(seconds=1)) == 0
    assert publish_due(item.publish_at) == 1
    assert reload(item).state is S.PUBLISHED
    assert entries()[0].published_at == item.publish_at
    assert audit.history(session, item)[-1].actor_name == "系统"
    assert publish_due(LATER) == 0
    assert len(entries()) == 1


def test_what_fell_due_while_nothing_ran_is_caught_up(session):
    for _ in range(3):
        brought_to(S.SCHEDULED)
    assert publish_due(NOW + timedelta(days=9)) == 3
    assert len(entries()) == 3


def test_an_item_that_the_gate_refuses_at_its_hour_goes_back_with_the_reason(session):
    spoilt, good = brought_to(S.SCHEDULED), brought_to(S.SCHEDULED)
    spoil(spoilt, answer="请联系13812345678，尽快办理。")
    assert publish_due(LATER) == 1
    assert [entry.item_id for entry in entries()] == [good.id]
    assert (reload(spoilt).state, spoilt.publish_at) == (S.SIGNED, None)
    line = audit.history(session, spoilt)[-1]
    assert (line.action, line.actor_name) == ("unschedule", "系统")
    assert "到点未发布：含有个人信息：回应内容中的手机号码 138" in line.note
    assert "13812345678" not in line.note


def test_an_item_that_cannot_be_stored_stops_no_other(session, caplog):
    broken, good = brought_to(S.SCHEDULED), brought_to(S.SCHEDULED)
    with transaction(CONSOLE, NOW) as writing:
        writing.add(
            Entry(
                item_id=broken.id,
                index_number="HY-2026-9999",
                title="已有的条目",
                concern="占用",
                concern_source="",
                unit_name="某局",
                answer="占用",
                publisher="某办",
                published_at=NOW,
            )
        )
    assert publish_due(LATER) == 1
    assert reload(broken).state is S.SCHEDULED
    assert reload(good).state is S.PUBLISHED
    assert f"item {broken.id} could not be published" in caplog.text


def test_taking_the_hour_back_keeps_the_item_from_going_out(people):
    item = brought_to(S.SCHEDULED)
    take(item, "unschedule", people.press_officer)
    assert publish_due(LATER) == 0
    assert reload(item).publish_at is None


def test_the_column_is_newest_first_and_searched_in_either_script(people):
    for title, days in (("关于路灯", 0), ("关于停水", 1)):
        item = brought_to(S.SIGNED, title=title)
        take(item, "publish", people.press_officer, at=NOW + timedelta(days=days))
    titles = [entry.title for entry in db.session.scalars(service.entries())]
    assert titles == ["关于停水", "关于路灯"]
    take(brought_to(S.SIGNED, title="關於路燈"), "publish", people.press_officer)
    for words in ("關於 路燈", "关于 路灯"):
        found = db.session.scalars(service.entries(words)).all()
        assert {entry.title for entry in found} == {"关于路灯", "關於路燈"}
    assert db.session.scalars(service.entries("%")).all() == []


def test_a_year_begins_by_the_offices_clocks(people):
    for moment in (
        datetime(2026, 12, 31, 15, 59, tzinfo=UTC),
        datetime(2026, 12, 31, 16, tzinfo=UTC),
    ):
        take(brought_to(S.SIGNED), "publish", people.press_officer, at=moment)
    assert service.years(db.session, SHANGHAI) == [2027, 2026]
    of_2027 = db.session.scalars(service.entries(year=2027)).all()
    assert [entry.published_at for entry in of_2027] == [datetime(2026, 12, 31, 16, tzinfo=UTC)]


def test_an_empty_column_has_no_years_and_no_entries(session):
    assert service.years(session, SHANGHAI) == []
    assert session.scalar(select(func.count()).select_from(Entry)) == 0
    with pytest.raises(NotFound):
        service.find_entry(session, 1)
