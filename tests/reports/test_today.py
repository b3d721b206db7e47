"""Today: each person's own morning, and the trail for those who may read it."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
from responder.core.times import local, utc_now
from responder.core.waiting import Waiting
from responder.intake import service as intake
from responder.intake.models import Channel
from responder.intake.service import NewMessage
from responder.planning import service as planning
from responder.planning.linking import gaps, verdicts
from responder.planning.models import EventState, Form, LinkState
from responder.publishing.packages.models import PackageState, PackageWriter
from responder.reports import service, views
from responder.responses import service as responses
from responder.responses.models import Level
from responder.sources.models import SourceState
from responder.topics import heat_settings, moving
from responder.topics.heat_models import TopicDay
from responder.topics.rules import SHIPPED, Scale
from tests.factories import NOW, unit
from tests.planning import factories as make
from tests.planning.queries import count_queries
from tests.publishing.packages import factories as packages
from tests.publishing.packages.factories import brought_to, complete, proposed
from tests.sources import factories as sources
from tests.topics.factories import refresh, two_worries


def test_an_operator_sees_the_desk_and_the_topics_but_no_deadlines(client, people) -> None:
    people.sign_in(client, people.operator)
    page = client.get("/").text
    assert "登记来电" in page
    assert "热点" in page
    assert 'id="due"' not in page  # the rules of clocks stand in the navigation for all


def test_hot_topics_that_no_event_answers_stand_out(client, people, session) -> None:
    two_worries()
    refresh()
    with transaction(CONSOLE, NOW) as opened:
        heat_settings.save(opened, Scale(SHIPPED.weights, (1, 2, 100)), seen_version=0)
    people.sign_in(client, people.press_officer)
    page = client.get("/").text
    assert page.count(">尚无安排<") == 2
    assert "2 个热点尚无安排" in page


def test_today_counts_and_marks_the_topics_that_the_gap_list_has(client, people, session) -> None:
    answered, settled, covered, bare = (
        make.topic(name, heat=80.0 - n) for n, name in enumerate(("书面", "无需", "活动", "无安排"))
    )
    make.topic("不热", heat=10.0)
    make.link(covered, make.event(), LinkState.CONFIRMED)
    press, office = people.press_officer.actor, unit()
    with transaction(CONSOLE, NOW) as writing:
        responses.open_item(
            writing, CONSOLE, NOW, title="回应", concern="关切", concern_source="热线", unit=office,
            level=Level.ORDINARY, found_at=NOW - timedelta(hours=1), topic=answered,
        )  # fmt: skip
        verdicts.say_no_answer(writing, settled, "谣言，已澄清", press, NOW)
    people.sign_in(client, people.press_officer)
    page = client.get("/").text
    assert "1 个热点尚无安排，逐个处理" in page
    assert page.count(">尚无安排<") == 1
    assert "的话题 1 个" in client.get("/planning/gaps").text
    assert [gap.topic_id for gap in gaps.open_gaps(session)] == [bare.id]
    people.sign_in(client, people.analyst)
    make.link(bare, make.event("又一场"), LinkState.CONFIRMED)
    assert "尚无安排" not in client.get("/").text


def test_today_reads_no_heat_curve_of_a_topic_and_takes_the_same_queries_for_many_gaps(
    session, people
) -> None:
    press = people.press_officer.actor
    make.topic("第一件", heat=90.0)
    statements: list[str] = []

    def morning() -> None:
        assert service.today(session, press, NOW).unanswered.counted

    def note(_c, _cursor, statement: str, *_rest) -> None:
        statements.append(statement)

    few = count_queries(morning)
    for n in range(12):
        make.topic(f"第{n}件", heat=60.0 + n)
    assert count_queries(morning) == few
    event.listen(db.engine, "before_cursor_execute", note)
    morning()
    event.remove(db.engine, "before_cursor_execute", note)
    reading_points = [one for one in statements if "topic_day" in one]
    assert len(reading_points) == 2  # which day to compare with, then that day, of all at once


def test_of_very_many_hot_topics_without_an_answer_it_is_said_that_they_are_more(
    client, people, monkeypatch
) -> None:
    monkeypatch.setattr(gaps, "MOST_COUNTED", 2)
    people.sign_in(client, people.press_officer)
    for n in range(2):
        make.topic(f"第{n}件", heat=60.0 + n)
    assert "2 个热点尚无安排" in client.get("/").text
    make.topic("又一件", heat=60.0)
    page = client.get("/").text
    assert "2+ 个热点尚无安排" in page
    assert page.count('<span class="tag tag--soon">尚无安排</span>') == 3


def test_a_proposed_event_waits_for_a_colleague_of_whoever_proposed_it(client, people) -> None:
    proposer = people.press_officer
    unit_row = unit()
    colleague = people.holding(Role.PRESS_OFFICER, "deputy")
    with transaction(proposer.actor) as session:
        planning.create_event(
            session,
            proposer.actor,
            theme="夜间施工管理",
            form=Form.BRIEFING,
            starts_at=NOW + timedelta(days=4000),
            unit=unit_row,
        )
    people.sign_in(client, proposer)
    assert "现在没有等您办理的事项" in client.get("/").text
    people.sign_in(client, colleague)
    assert "现在没有等您办理的事项" not in client.get("/").text


def test_an_empty_office_is_told_what_to_do(client, people) -> None:
    people.sign_in(client, people.analyst)
    assert "登记来电或导入留言后，系统会自动聚合" in client.get("/").text


def test_the_trail_is_told_in_words_and_can_be_filtered(client, people, session) -> None:
    kept = unit("jyj", "市教育局")
    with transaction(CONSOLE):
        kept.name = "市教育体育局"
    people.sign_in(client, people.auditor)
    page = client.get("/audit?kind=unit").text
    assert "名称：市教育局 → 市教育体育局" in page
    assert "人员" not in client.get("/audit?kind=unit&person=无此人").text.split("</form>")[1]


def test_the_trail_is_closed_to_others(client, people) -> None:
    people.sign_in(client, people.editor)
    assert client.get("/audit").status_code == 403


# ---- one list of what waits, what is hot and rising, what lacks something ----


def test_what_waits_stands_in_one_list_by_time_left(client, people, session) -> None:
    far, soon = NOW + timedelta(days=4001), NOW + timedelta(days=4000)
    for moment in (far, soon):
        make.event(f"活动{moment:%d}", state=EventState.PROPOSED, starts_at=moment)
    brought_to(PackageState.SIGNED)
    rows = service.today(session, people.press_officer.actor, NOW).waiting
    assert [row.due_at for row in rows] == sorted(row.due_at for row in rows)
    assert {row.label for row in rows} == {"发布活动", "政策文件"}


def test_a_topic_says_how_its_heat_moved_within_a_week(client, people, session) -> None:
    risen, fallen, new = make.topic("升", heat=80.0), make.topic("降", heat=60.0), make.topic("新")
    day = local(utc_now()).date() - timedelta(days=8)  # the nearest point before stands for it
    with transaction(CONSOLE, NOW) as writing:
        for topic, heat in ((risen, 50.0), (fallen, 75.0)):
            writing.add(
                TopicDay(topic_id=topic.id, day=day, heat=heat, level=1, people=2, messages=2)
            )
    moved = moving.movers(session, local(utc_now()).date(), 3)
    assert [one.topic.id for one in moved if one.topic.id != new.id] == [risen.id, fallen.id]
    people.sign_in(client, people.press_officer)
    page = client.get("/").text
    assert "↑ 升 30" in page
    assert "↓ 降 15" in page


def test_an_event_of_the_week_without_a_checklist_stands_out(client, people) -> None:
    make.event("下周的会", starts_at=utc_now() + timedelta(days=2))
    people.sign_in(client, people.press_officer)
    assert ">没有筹备清单</a>" in client.get("/").text


def test_a_stream_that_fails_and_a_file_that_was_refused_stand_on_today(client, people) -> None:
    failing = sources.source(name="市民论坛")
    with transaction(CONSOLE, NOW) as writing:
        writing.add(failing)
        failing.state, failing.errors, failing.last_error = SourceState.FAILING, 3, "连不上"
    people.sign_in(client, people.analyst)
    page = client.get("/").text
    assert "连续失败 3 次" in page
    assert "连不上" in page


def test_clocks_are_counted_by_time_left_and_lead_to_their_items(client, people) -> None:
    office = unit()
    with transaction(CONSOLE, utc_now()) as writing:
        responses.open_item(
            writing, CONSOLE, utc_now(), title="回应", concern="关切", concern_source="热线",
            unit=office, level=Level.ORDINARY, found_at=utc_now() - timedelta(hours=47),
        )  # fmt: skip
    people.sign_in(client, people.press_officer)
    assert '<a href="/due#half-day"><strong>1</strong> 12 小时内</a>' in client.get("/").text
    assert 'id="half-day"' in client.get("/due").text


# ---- policy packages ----


def packages_for(session, person) -> list[Waiting]:
    rows = service.today(session, person.actor, NOW).waiting
    return [row for row in rows if row.endpoint == "packages.show"]


@pytest.mark.parametrize(
    ("state", "for_whom"),
    [
        (PackageState.COLLECTING, {"press_officer", "editor"}),
        (PackageState.ORGANISED, {"first_reviewer", "third_reviewer", "second_reviewer"}),
        (PackageState.REVIEWED, {"signer"}),
        (PackageState.SIGNED, {"press_officer"}),
        (PackageState.SCHEDULED, set()),
        (PackageState.RETURNED, {"editor", "liaison"}),
        (PackageState.RELEASED, set()),
        (PackageState.WITHDRAWN, set()),
    ],
)
def test_a_package_waits_for_whoever_takes_its_next_step(client, people, state, for_whom) -> None:
    package, liaison, home = brought_to(state), people.liaison, unit()
    with transaction(CONSOLE):
        liaison.unit_id = home.id
    roles = ("press_officer", "editor", "first_reviewer", "second_reviewer", "third_reviewer",
             "signer", "liaison", "operator", "analyst")  # fmt: skip
    found = set()
    for role in roles:
        people.sign_in(client, getattr(people, role))
        page = client.get("/").text.partition('id="waiting"')[2].partition("</section>")[0]
        if f'/packages/{package.id}"' in page:
            found.add(role)
    assert found == for_whom


def test_a_package_that_lacks_something_waits_for_nobody_at_the_desk(session, people) -> None:
    proposed()
    assert packages_for(session, people.press_officer) == []


def test_who_reviewed_is_not_asked_to_sign_and_who_wrote_not_to_review(session, people) -> None:
    package, reviewer = brought_to(PackageState.ORGANISED), people.first_reviewer
    with transaction(CONSOLE, NOW) as writing:
        writing.add(PackageWriter(package_id=package.id, user_id=reviewer.actor.id))
    session.expire_all()
    assert packages_for(session, reviewer) == []
    assert len(packages_for(session, people.second_reviewer)) == 1


def test_eight_packages_are_shown_and_all_are_counted_by_as_many_queries(
    client, people, session
) -> None:
    for _n in range(2):
        complete()
    press = people.press_officer.actor
    few = count_queries(lambda: service.today(session, press, NOW))
    for _n in range(7):
        complete()
    session.expire_all()
    assert count_queries(lambda: service.today(session, press, NOW)) <= few
    people.sign_in(client, people.press_officer)
    page = client.get("/").text.partition('id="waiting"')[2].partition("</section>")[0]
    assert "全部 9 件" in page
    assert page.count('href="/packages/') == views.WAITING_SHOWN


def test_what_waits_for_me_stands_before_the_alerts(client, people, app) -> None:
    brought_to(PackageState.REVIEWED)
    people.sign_in(client, people.signer)
    page = client.get("/").text
    assert page.index('id="waiting"') < page.index('id="due"')
    template = app.jinja_env.loader.get_source(app.jinja_env, "reports/today.html")[0]
    assert template.index("_waiting.html") < template.index("_hot.html")


def test_a_due_date_of_another_year_says_its_year(client, people) -> None:
    now, office = utc_now(), unit()
    before = now.replace(year=local(now).year - 1, month=12, day=20)
    for moment in (before, now):
        with transaction(CONSOLE, moment) as writing:
            responses.open_item(
                writing, CONSOLE, moment, title="回应", concern="关切", concern_source="热线",
                unit=office, level=Level.ORDINARY, found_at=moment,
            )  # fmt: skip
    people.sign_in(client, people.press_officer)
    page = client.get("/").text
    due = [local(moment + timedelta(hours=48)) for moment in (before, now)]
    assert f"到期 {due[0]:%Y-%m-%d %H:%M}" in page
    if due[1].year == local(now).year:
        assert f"到期 {due[1]:%m-%d %H:%M}" in page


def test_a_document_whose_day_is_over_is_not_said_to_come(client, people) -> None:
    day = local(utc_now()).date()
    packages.proposed(planned_on=day - timedelta(days=300))
    packages.proposed(planned_on=day)
    people.sign_in(client, people.editor)
    page = client.get("/").text
    gone = day - timedelta(days=300)
    assert f"1 件政策文件已过拟发布日期（最早 {gone}），解读材料未齐" in page
    assert f"1 件政策文件将于 {day} 起发布，解读材料未齐" in page


def test_what_came_in_since_yesterday_is_listed_where_it_is_counted(client, people) -> None:
    for number, (channel, days) in enumerate(
        [(Channel.WEIBO, 0), (Channel.WEIBO, 0), (Channel.WEIBO, 9), (Channel.FORUM, 0)]
    ):
        came = utc_now() - timedelta(days=days)
        said = NewMessage(
            channel=channel,
            title=f"第{number}件",
            body="很久以前说的",
            author="某人",
            occurred_at=came - timedelta(days=40),
        )
        with transaction(CONSOLE, came) as writing:
            intake.store_messages(writing, [said], came)
    people.sign_in(client, people.press_officer)
    links = re.findall(r'href="(/messages[^"]*received=[^"]*)">(\S+) (\d+)<', client.get("/").text)
    assert [(name, count) for _, name, count in links] == [("微博", "2"), ("市民论坛", "1")]
    for link, _, count in links:
        page = client.get(html.unescape(link)).text
        assert f"共 {count} 条" in page
        assert "收到自" in page
    refused = client.get("/messages?received=2026-02-30").text
    assert "日期“2026-02-30”不存在" in refused
