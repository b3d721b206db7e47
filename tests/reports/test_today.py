"""Today: each person's own morning, and the trail for those who may read it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
from responder.core.times import local, utc_now
from responder.planning import service as planning
from responder.planning.linking import gaps, verdicts
from responder.planning.models import Form, LinkState
from responder.publishing.packages.models import PackageState, PackageWriter
from responder.reports import service
from responder.responses import service as responses
from responder.responses.models import Level
from responder.topics import heat_settings
from responder.topics.rules import SHIPPED, Scale
from tests.factories import NOW, unit
from tests.planning import factories as make
from tests.planning.queries import count_queries
from tests.publishing.packages import factories as packages
from tests.publishing.packages.factories import brought_to, complete, proposed
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


def test_today_reads_no_heat_curves_and_takes_the_same_queries_for_many_gaps(
    session, people
) -> None:
    press = people.press_officer.actor
    make.topic("第一件", heat=90.0)
    statements: list[str] = []

    def morning() -> None:
        assert service.today(session, press, NOW).unanswered

    def note(_c, _cursor, statement: str, *_rest) -> None:
        statements.append(statement)

    few = count_queries(morning)
    for n in range(12):
        make.topic(f"第{n}件", heat=60.0 + n)
    assert count_queries(morning) == few
    event.listen(db.engine, "before_cursor_execute", note)
    morning()
    event.remove(db.engine, "before_cursor_execute", note)
    assert not [one for one in statements if "topic_day" in one]


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


# ---- policy packages ----


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
    assert service.today(session, people.press_officer.actor, NOW).packages_waiting == []


def test_who_reviewed_is_not_asked_to_sign_and_who_wrote_not_to_review(session, people) -> None:
    package, reviewer = brought_to(PackageState.ORGANISED), people.first_reviewer.actor
    with transaction(CONSOLE, NOW) as writing:
        writing.add(PackageWriter(package_id=package.id, user_id=reviewer.id))
    session.expire_all()
    assert service.today(session, reviewer, NOW).packages_waiting == []
    assert len(service.today(session, people.second_reviewer.actor, NOW).packages_waiting) == 1


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
    assert "全部 9 件政策文件" in page
    assert page.count('href="/packages/') == 8


def test_what_waits_for_me_stands_before_the_alerts(client, people, app) -> None:
    brought_to(PackageState.REVIEWED)
    people.sign_in(client, people.signer)
    page = client.get("/").text
    assert page.index('id="waiting"') < page.index('id="due"')
    template = app.jinja_env.loader.get_source(app.jinja_env, "reports/today.html")[0]
    assert (
        template.index('id="waiting"') < template.index('id="alerts"') < template.index('id="due"')
    )


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
