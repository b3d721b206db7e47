"""群众关切月度分析: against the month before, and what was answered."""

from __future__ import annotations

from datetime import timedelta

from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.intake.models import Channel
from responder.planning.models import EventState, LinkState
from responder.routing import service as routing
from responder.topics.models import Topic
from tests.factories import NOW
from tests.intake.searching.asked import messages_of
from tests.planning import factories as planning
from tests.planning.briefing.factories import heat_on, message
from tests.planning.queries import count_queries
from tests.reports.documents.factories import TODAY, composed, month, rows, said, tables
from tests.reports.documents.test_hotline import categories

MONTH_AGO = NOW - timedelta(days=30)  # in October


def topic(label: str, now: int, before: int = 0, **more) -> Topic:
    """A topic with so many messages of this month and of the one before."""
    made = planning.topic(label, keywords=[[label[:2], 1.0]], first_seen=MONTH_AGO)
    for _ in range(before):
        message(made, f"{label}，请处理。", at=MONTH_AGO, **more)
    for _ in range(now):
        message(made, f"{label}，请处理。", **more)
    return made


def test_volume_stands_beside_that_of_the_month_before(app) -> None:
    topic("明溪小学门口拥堵", 3, 2, channel=Channel.WEIBO, district="云溪区")
    topic("槐荫巷水管爆裂", 1, 2, channel=Channel.HOTLINE, district="")
    content = composed("concerns", month())
    assert "本月共有留言 4 条，上月 4 条，增减 0 条（+0.0%）。" in said(content)
    found = tables(content)
    channels = {row[0]: row[1:] for row in rows(found["按渠道"])}
    assert channels["微博"] == ["3", "2", "+1", "+50.0%"]
    assert channels["市长热线"] == ["1", "2", "-1", "-50.0%"]
    assert channels["微信"] == ["0", "0", "0", "无数据"]
    assert rows(found["按区县"]) == [
        ["云溪区", "3", "2", "+1", "+50.0%"],
        ["没有写明区县", "1", "2", "-1", "-50.0%"],
    ]


def test_categories_count_what_people_confirmed(app, people) -> None:
    top, first, _second = categories()
    of = topic("明溪小学门口拥堵", 2, 1)
    said_now = message(of, "另一条留言，请处理。")
    with transaction(people.analyst.actor, NOW) as session:
        routing.confirm(session, said_now.id, first.id, people.analyst.actor, NOW, "人工判断")
    found = rows(tables(composed("concerns", month()))["按分类"])
    assert found == [
        [top.name, "1", "0", "+1", "无数据"],
        [f"　{first.name}", "1", "0", "+1", "无数据"],
        ["没有确认分类", "2", "1", "+1", "+100.0%"],
    ]


def test_each_figure_links_to_the_messages_that_it_counts(app, people) -> None:
    _top, first, _second = categories()
    of = topic("明溪小学门口拥堵", 3, 2, channel=Channel.WEIBO, district="云溪区")
    one = message(of, "另一条留言，请处理。", district="云溪区东")
    with transaction(people.analyst.actor, NOW) as session:
        routing.confirm(session, one.id, first.id, people.analyst.actor, NOW, "人工判断")
    content = composed("concerns", month())
    runs = [
        run
        for label in ("按渠道", "按区县", "按分类")
        for row in tables(content)[label].rows
        for cell in row
        for run in cell
        if run.link
    ]
    assert len(runs) >= 6
    for run in runs:
        asked = {name: str(value) for name, value in run.link.arguments}
        listed = messages_of(asked)
        assert str(listed.count()) == run.text, run


def test_top_topics_rise_and_fall(app) -> None:
    up, down = topic("明溪小学门口拥堵", 4, 1), topic("槐荫巷水管爆裂", 2, 5)
    topic("只有一个人说", 1)
    heat_on(up, TODAY, 61.5)
    found = tables(composed("concerns", month()))
    assert rows(found["主要话题"]) == [
        ["1", up.label, "4", "4", "61.5", "关注", "无数据"],
        ["2", down.label, "2", "2", "无数据", "无数据", "无数据"],
    ]
    assert rows(found["升温较快"])[0] == [up.label, "4", "1", "+3"]
    assert rows(found["降温较快"]) == [[down.label, "2", "5", "-3"]]


def test_what_was_answered_and_how_long_it_took_and_what_was_not(app) -> None:
    answered, open_ = topic("明溪小学门口拥堵", 3), topic("槐荫巷水管爆裂", 2)
    held = planning.event(starts_at=NOW - timedelta(days=1), state=EventState.HELD)
    link = planning.link(answered, held, LinkState.CONFIRMED)
    with transaction(CONSOLE, NOW):
        link.statement = "已增设护学岗。"
    content = composed("concerns", month())
    found = tables(content)
    row = rows(found["已回应的话题"])[0]
    assert (row[0], row[1], row[2]) == (answered.label, held.theme, "会上已回应")
    assert row[4] == "29 天"
    assert rows(found["尚未回应的话题"]) == [[open_.label, "2", "10月21日", "没有办理"]]
    assert "已回应 1 个，尚未回应 1 个。用时的中位数为 29 天。" in said(content)


def test_a_month_without_messages_says_so(app) -> None:
    content = composed("concerns", month("2026-01"))
    assert "无数据：本月没有两条以上留言的话题" in said(content)
    assert "本月共有留言 0 条，上月 0 条，增减 0 条（无数据）。" in said(content)


def test_a_month_that_goes_on_is_said_to(app) -> None:
    assert "本月尚未结束" in said(composed("concerns", month()))
    assert "本月尚未结束" not in said(composed("concerns", month("2026-10")))


def test_names_and_numbers_in_labels_are_masked(app) -> None:
    topic("张建国先生13812345678反映停水", 2)
    content = composed("concerns", month())
    assert "13812345678" not in str(content)
    assert "张建国" not in str(content)


def test_many_topics_are_as_many_queries_as_few(app) -> None:
    topic("明溪小学门口拥堵", 2)
    few = count_queries(lambda: composed("concerns", month()))
    for number in range(8):
        topic(f"第{number}条街道路面塌陷", 2)
    assert count_queries(lambda: composed("concerns", month())) <= few + 1
