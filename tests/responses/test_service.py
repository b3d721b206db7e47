"""Opening, writing, waiting, falling due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event as db_event
from sqlalchemy import inspect, select

from responder.accounts.models import UserRole
from responder.core import audit
from responder.core.clocks import ClockRule, Unit
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from responder.core.permissions import CONSOLE, Role
from responder.responses import service
from responder.responses.models import ItemState, Level
from tests.factories import NOW, unit
from tests.responses.factories import (
    ANSWER,
    brought_to,
    drafted,
    opened,
    reload,
    save,
    take,
    topic,
)

FRIDAY_0800 = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


def test_an_ordinary_matter_is_due_after_48_running_hours_across_the_weekend(session):
    friday = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
    [clock] = opened(found_at=friday).clocks
    assert clock.due_at == datetime(2026, 11, 22, 0, 30, tzinfo=UTC)  # a Sunday
    assert clock.steps == [
        "起算：2026年11月20日 星期五 08:30",
        "连续计时 48 小时，不扣除夜间和节假日",
        "到期：2026年11月22日 星期日 08:30",
    ]


def test_a_grave_emergency_starts_both_of_its_clocks_from_when_it_was_found(session):
    item = opened(level=Level.MAJOR_EMERGENCY, found_at=FRIDAY_0800)
    lengths = [clock.due_at - FRIDAY_0800 for clock in item.clocks]
    assert lengths == [timedelta(hours=5), timedelta(hours=24)]


def test_a_rule_that_counts_working_days_leaves_out_the_weekend(session):
    with transaction(CONSOLE):
        rule = session.scalar(select(ClockRule).where(ClockRule.level == Level.ORDINARY))
        rule.length, rule.unit, rule.starts_from = 2, Unit.WORKING_DAYS, "opened_at"
    [clock] = opened().clocks
    assert clock.due_at == datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)  # Tuesday's last second
    assert "其间 2 天不是工作日：11月21日、11月22日" in clock.steps


def test_a_rule_with_an_unknown_start_opens_nothing(session):
    with transaction(CONSOLE):
        rule = session.scalar(select(ClockRule).where(ClockRule.level == Level.ORDINARY))
        rule.starts_from = "full_moon"
    with pytest.raises(Invalid, match="full_moon"):
        opened()
    assert session.scalars(service.board()).all() == []


def test_what_is_found_cannot_lie_ahead(session):
    with pytest.raises(Invalid, match="尚未到来"):
        opened(found_at=NOW + timedelta(minutes=1))


@pytest.mark.parametrize("missing", ["title", "concern"])
def test_an_item_needs_title_and_concern(session, missing):
    with pytest.raises(Invalid) as refused:
        opened(**{missing: "  "})
    assert list(refused.value.fields) == [missing]


def test_an_operator_opens_nothing(people):
    operator, responsible = people.operator.actor, unit()
    with pytest.raises(Forbidden), transaction(operator) as session:
        service.open_item(
            session,
            operator,
            NOW,
            title="标题",
            concern="内容",
            concern_source="",
            unit=responsible,
            level=Level.ORDINARY,
            found_at=NOW,
        )


def test_each_save_keeps_a_version_and_its_writer(people):
    item = drafted("第一稿，情况正在核实之中。")
    save(item, "第二稿，情况已经核实清楚。", people.holding(Role.EDITOR, "other"))
    assert [(d.number, d.author_name) for d in item.drafts] == [(1, "editor 某"), (2, "other 某")]
    assert item.answer == "第二稿，情况已经核实清楚。"


def test_an_unchanged_text_makes_no_version(people):
    item = drafted()
    version = item.version_id
    save(item, ANSWER.replace("，", "，") + "\r\n", people.editor)
    assert len(item.drafts) == 1
    assert item.version_id == version


def test_only_an_editor_writes(people):
    item = opened()
    with pytest.raises(Forbidden):
        save(item, ANSWER, people.analyst)


def test_nothing_is_written_once_the_review_has_begun(people):
    item = brought_to(ItemState.FIRST_REVIEW)
    with pytest.raises(WrongState, match="待初审"):
        save(item, "另写一稿，情况已经核实清楚。", people.editor)


def test_a_text_beyond_measure_is_refused(people):
    with pytest.raises(Invalid, match="最多 20000 字"):
        drafted("长" * 20_001)


def test_writing_on_what_somebody_else_has_saved_is_refused(people):
    item = drafted()
    seen = item.version_id
    save(item, "别人先保存的稿件，情况已经核实。", people.holding(Role.EDITOR, "other"))
    with pytest.raises(Stale), transaction(people.editor.actor) as session:
        service.save_draft(session, item, "我后写的稿件。", people.editor.actor, NOW, seen)
    assert reload(item).answer == "别人先保存的稿件，情况已经核实。"


def test_a_step_is_not_taken_on_what_was_not_seen(people):
    item = brought_to(ItemState.FIRST_REVIEW)
    seen = item.version_id
    take(item, "return", people.first_reviewer, note="请补充依据")
    save(item, "补充了依据的稿件，情况已经核实。", people.editor)
    take(item, "submit", people.editor)
    with pytest.raises(Stale, match="看过最新内容"):
        service.find_item_as_seen(db.session, item.id, seen)
    with pytest.raises(Stale, match="看过最新内容"):
        service.find_item_as_seen(db.session, item.id, None)
    assert service.find_item_as_seen(db.session, item.id, item.version_id) is item


def test_an_unknown_item_says_where_to_look(session):
    with pytest.raises(NotFound, match="回应事项列表"):
        service.find_item(session, 4711)


def test_a_correction_of_the_concern_is_kept_as_a_version_of_its_writer(people):
    item = drafted()
    with transaction(people.editor.actor, NOW) as session:
        draft = service.revise(
            session,
            item,
            title=item.title,
            concern="业主反映车位只售不租。",
            concern_source="微博",
            actor=people.editor.actor,
            now=NOW,
            version=item.version_id,
        )
    assert (draft.number, draft.text) == (2, ANSWER)
    assert reload(item).concern == "业主反映车位只售不租。"


def test_the_trail_copies_neither_concern_nor_answer(people):
    item = opened(concern="王建国先生电话13812345678反映停水")
    save(item, "已联系13812345678，情况核实清楚。", people.editor)
    with transaction(people.editor.actor, NOW) as session:
        facts = {"title": item.title, "concern": "居民反映停水。", "concern_source": ""}
        version = item.version_id
        service.revise(session, item, **facts, actor=people.editor.actor, now=NOW, version=version)
    lines = audit.history(db.session, item)
    assert [line.action for line in lines] == ["open", "draft", "update", "revise"]
    assert "13812345678" not in str([line.changes for line in lines])


def test_an_item_waits_for_whoever_may_take_its_next_step(people):
    for state in ItemState:
        brought_to(state)
    waiting = {
        role: [item.state for item in service.waiting_for(db.session, people.holding(role).actor)]
        for role in Role
    }
    assert {role: states for role, states in waiting.items() if states} == {
        Role.EDITOR: [ItemState.DRAFT],
        Role.FIRST_REVIEWER: [ItemState.FIRST_REVIEW],
        Role.SECOND_REVIEWER: [ItemState.SECOND_REVIEW],
        Role.THIRD_REVIEWER: [ItemState.THIRD_REVIEW],
        Role.SECRECY_REVIEWER: [ItemState.SECRECY_REVIEW],
        Role.SIGNER: [ItemState.SIGNING],
        Role.PRESS_OFFICER: [ItemState.SIGNED],
    }


def test_an_item_without_a_word_waits_for_its_editor(people):
    item = opened()
    assert service.waiting_for(db.session, people.editor.actor) == [item]


def test_what_waits_is_found_without_reading_the_texts(people):
    for _ in range(3):
        brought_to(ItemState.FIRST_REVIEW)
    reviewer = people.first_reviewer.actor
    db.session.expunge_all()
    items = service.waiting_for(db.session, reviewer)
    drafts = [draft for item in items for draft in item.drafts]
    assert len(drafts) == 3
    assert all("text" in inspect(draft).unloaded for draft in drafts)


def test_an_item_does_not_wait_for_a_reviewer_who_wrote_it(people):
    reviewer = people.first_reviewer
    with transaction(CONSOLE):
        reviewer.posts.append(UserRole(role=Role.EDITOR))
    item = drafted(editor=people.first_reviewer)
    take(item, "submit", people.editor)
    assert service.waiting_for(db.session, people.first_reviewer.actor) == []
    other = people.holding(Role.FIRST_REVIEWER, "other")
    assert service.waiting_for(db.session, other.actor) == [item]


def test_what_ends_first_is_due_first(session):
    late = opened(title="后到期", found_at=NOW)
    soon = opened(title="先到期", found_at=NOW - timedelta(hours=40))
    grave = opened(title="突发", level=Level.MAJOR_EMERGENCY)
    ends = [(clock.item.title, clock.rule.length) for clock in service.due(session)]
    assert ends == [("突发", 5), ("先到期", 48), ("突发", 24), ("后到期", 48)]
    assert session.scalars(service.board()).all() == [grave, soon, late]
    assert len(service.due(session, limit=2)) == 2


def test_what_is_published_is_no_longer_due(session):
    item = brought_to(ItemState.PUBLISHED)
    assert service.due(session) == []
    assert service.next_clock(item) is None
    assert item.clocks[0].stopped_at == NOW


def test_the_board_finds_either_script_and_takes_wildcards_for_letters(session):
    item = opened(title="关于车位的回应")
    opened(title="关于停水的回应", concern="停水100%属实")
    other_script = opened(title="關於車位的回應")
    for words in ("關於車位", "关于车位"):
        assert session.scalars(service.board(q=words)).all() == [other_script, item]
    assert len(session.scalars(service.board(q="100%")).all()) == 1
    assert session.scalars(service.board(q="_")).all() == []
    assert session.scalars(service.board(q="\x00车位的回应")).all() == [other_script, item]


def test_the_board_filters_by_unit_and_counts_every_state(session):
    opened(unit=unit("swj", "市水务局"))
    drafted()
    counts = service.counts_by_state(session, unit_id=unit("swj", "市水务局").id)
    assert counts[ItemState.DRAFT] == 1
    assert set(counts) == set(ItemState)
    assert len(session.scalars(service.board(unit_id=unit().id)).all()) == 1


def test_a_topic_knows_its_items_and_fills_in_a_new_one(session):
    matter = topic("王建国先生反映车位只售不租")
    first, second = opened(topic=matter), opened(topic=matter)
    assert service.items_of_topic(session, matter.id) == [second, first]
    known = service.prefill(session, matter.id)
    assert "王建国" not in known.title + known.concern
    assert "10 人通过 12 条留言" in known.concern
    with pytest.raises(NotFound):
        service.prefill(session, 4711)


def test_the_number_of_queries_does_not_grow_with_the_board(session):
    for _ in range(3):
        opened()

    def queries() -> int:
        seen: list[str] = []
        session.expire_all()
        watch = lambda *args: seen.append(args[2])  # noqa: E731
        db_event.listen(db.engine, "before_cursor_execute", watch)
        try:
            for item in session.scalars(service.board()):
                assert item.unit.name
                assert service.next_clock(item)
        finally:
            db_event.remove(db.engine, "before_cursor_execute", watch)
        return len(seen)

    few = queries()
    for _ in range(5):
        opened()
    assert queries() == few > 0
