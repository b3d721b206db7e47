"""After a refresh: each crossing once, whatever runs beside it."""

from __future__ import annotations

import threading
from datetime import time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from responder import jobs
from responder.alerts import raising, service, wording
from responder.alerts.models import Alert, AlertRule, Kind
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, SYSTEM
from responder.core.times import SHANGHAI
from responder.topics import heat_settings
from responder.topics.rules import SHIPPED, Scale
from tests.alerts.factories import alerts, look, refresh_and_look, rule, topic
from tests.databases import DATABASES
from tests.factories import NOW
from tests.installations import installation
from tests.topics.factories import NOISE, PARKING, refresh, store, two_worries


def scale(*levels: int, seen_version: int = 0) -> None:
    with transaction(CONSOLE, NOW) as session:
        heat_settings.save(session, Scale(SHIPPED.weights, levels), seen_version)


def test_a_new_topic_is_told_once_when_enough_people_speak(session) -> None:
    rule(Kind.NEW, people=4, name="新话题")
    two_worries()
    assert refresh_and_look() == 0
    store("柳岸花园旁搅拌站噪音扰民", f"{NOISE}，孩子睡不着", "丁", NOW - timedelta(hours=2))
    assert refresh_and_look() == 1
    store("柳岸花园旁搅拌站噪音扰民", f"{NOISE}，老人睡不着", "戊", NOW - timedelta(hours=1))
    assert refresh_and_look() == 0
    [alert] = alerts()
    assert alert.topic_id == topic("柳岸花园").id
    assert wording.sentence(alert) == (
        f"话题“{alert.topic.label}”：新话题，已达到 4 人反映；4 人，4 条，"
        f"热度 {alert.facts['heat']}。规则“新话题”。"
    )


def test_a_rule_looks_at_each_refresh_once(session) -> None:
    made = rule(Kind.NEW, people=3)
    two_worries()
    assert refresh_and_look() == 2
    version = db.session.get(AlertRule, made.id).version_id
    assert look() == 0
    assert db.session.get(AlertRule, made.id).version_id == version  # nobody's page goes stale


def test_without_a_refresh_there_is_nothing_to_look_at(session) -> None:
    rule(Kind.NEW, people=1)
    assert look() == 0


def test_what_was_told_is_not_told_again_when_the_rule_is_edited(session) -> None:
    made = rule(Kind.NEW, people=3)
    two_worries()
    refresh_and_look()
    with transaction(CONSOLE, NOW) as active:
        facts = service.RuleFacts(name="规则", people=2)
        edited = service.get_rule(active, made.id)
        service.edit_rule(active, edited, facts, edited.version_id)
    assert look() == 0
    assert len(alerts()) == 2


def test_a_rule_that_is_switched_off_is_silent_until_it_is_on(session) -> None:
    made = rule(Kind.NEW, people=3)
    two_worries()
    with transaction(CONSOLE, NOW) as active:
        service.switch_rule(active, service.get_rule(active, made.id), False)
    assert refresh_and_look() == 0
    with transaction(CONSOLE, NOW) as active:
        service.switch_rule(active, service.get_rule(active, made.id), True)
    assert look() == 2


def test_a_level_is_told_and_then_only_a_higher_one(session) -> None:
    rule(Kind.LEVEL, level=1, name="等级")
    two_worries()
    scale(5, 90, 99)
    assert refresh_and_look() == 2
    scale(4, 90, 99, seen_version=1)
    assert refresh_and_look() == 0
    scale(4, 5, 99, seen_version=2)
    assert refresh_and_look() == 2
    scale(97, 98, 99, seen_version=3)
    assert refresh_and_look() == 0
    scale(4, 5, 99, seen_version=4)
    assert refresh_and_look() == 0
    assert "热度升至“较热”（门槛 5）" in wording.happened(alerts()[-1])


def test_rising_is_measured_against_yesterdays_heat(session) -> None:
    rule(Kind.RISING, heat_rise=8, name="升温")
    two_worries()
    assert refresh_and_look(NOW) == 0
    for n in range(6):
        said_at = NOW + timedelta(hours=20, minutes=n)
        store(f"柳岸花园旁搅拌站噪音扰民 {n}", f"{NOISE}，第{n}家", f"新{n}", said_at)
    assert refresh_and_look(NOW + timedelta(days=1)) == 1
    [alert] = alerts()
    assert alert.topic_id == topic("柳岸花园").id
    assert alert.facts["rise"] >= 8
    assert f"热度一天内升高 {alert.facts['rise']}（规则要求 8）" in wording.happened(alert)


def test_keywords_are_found_in_either_script_and_width(session) -> None:
    rule(Kind.KEYWORD, words="漏電、ＡＢ楼", name="险情")
    two_worries()
    store("云锦世家捆绑销售车位", f"{PARKING}，车库漏电", "丁", NOW - timedelta(hours=2))
    store("雲錦世家捆綁銷售車位", f"{PARKING}，AB樓地下車庫漏電", "戊", NOW - timedelta(hours=1))
    assert refresh_and_look() == 1
    [alert] = alerts()
    assert alert.facts["words"] == {"漏電": 2, "ＡＢ楼": 1}
    assert "“漏電”2 条" in wording.happened(alert)


def test_a_word_of_last_month_is_no_news(session) -> None:
    rule(Kind.KEYWORD, words="漏电")
    two_worries()
    store("云锦世家捆绑销售车位", f"{PARKING}，车库漏电", "丁", NOW - timedelta(days=30))
    assert refresh_and_look() == 0


def test_a_topic_that_nobody_speaks_of_any_more_raises_nothing(session) -> None:
    rule(Kind.LEVEL, level=1)
    scale(1, 90, 99)
    two_worries()
    assert refresh_and_look(NOW + timedelta(days=8)) == 0


@pytest.mark.parametrize("mark", ["dismissed", "merged"])
def test_what_is_no_topic_any_more_raises_nothing(session, mark: str) -> None:
    rule(Kind.NEW, people=3)
    two_worries()
    refresh()
    with transaction(CONSOLE, NOW):
        gone = topic("柳岸花园")
        if mark == "dismissed":
            gone.dismissed = True
        else:
            gone.merged_into_id = topic("云锦世家").id
    assert look() == 1
    assert "云锦世家" in alerts()[0].topic.label


def test_what_is_raised_at_night_is_held_until_the_morning(session) -> None:
    rule(Kind.NEW, people=3, quiet_from=time(22), quiet_to=time(7))
    two_worries()
    refresh()
    night = NOW.replace(hour=15)  # 23:00 in Shanghai
    assert look(night) == 2
    morning = (NOW + timedelta(days=1)).replace(day=20, hour=23)  # 07:00 the day after
    assert {alert.delivered_at for alert in alerts()} == {morning}
    assert list(session.scalars(service.search(morning - timedelta(seconds=1)))) == []
    assert len(list(session.scalars(service.search(morning)))) == 2


def test_a_new_office_sees_alerts_without_configuring(session) -> None:
    with transaction(CONSOLE, NOW) as active:
        assert raising.seed_rules(active) == 4
    with transaction(CONSOLE, NOW) as active:
        assert raising.seed_rules(active) == 0
    assert {made.kind for made in service.all_rules(session)} == set(Kind)
    assert all(wording.condition(made) for made in service.all_rules(session))
    for n in range(6):
        said = f"{NOISE}，已经{n + 2}天，昨晚起火"
        store(f"柳岸花园旁搅拌站噪音扰民 {n}", said, f"人{n}", NOW - timedelta(hours=n))
    assert refresh_and_look() >= 3


def test_edited_rules_survive_seeding(session) -> None:
    with transaction(CONSOLE, NOW) as active:
        raising.seed_rules(active)
        active.scalar(select(AlertRule).where(AlertRule.code == "hot")).level = 3
    with transaction(CONSOLE, NOW) as active:
        raising.seed_rules(active)
    assert session.scalar(select(AlertRule).where(AlertRule.code == "hot")).level == 3


def test_the_job_looks_after_each_refresh(session, app) -> None:
    rule(Kind.NEW, people=3)
    two_worries()
    refresh()
    jobs.run(app, "raise-alerts")
    assert len(alerts()) == 2


@pytest.mark.parametrize("kind", DATABASES)
def test_looks_at_the_same_moment_raise_each_crossing_once(kind: str, tmp_path: Path) -> None:
    start = threading.Barrier(4)
    raised: list[int] = []
    with installation(kind, tmp_path) as app:
        with app.app_context():
            rule(Kind.NEW, people=3)
            rule(Kind.KEYWORD, words="搅拌站")
            two_worries()
            refresh()

        def run() -> None:
            with app.app_context():
                start.wait()
                with transaction(SYSTEM, NOW) as active:
                    raised.append(raising.raise_alerts(active, NOW, SHANGHAI))

        runs = [threading.Thread(target=run) for _ in range(4)]
        for one in runs:
            one.start()
        for one in runs:
            one.join()
        with app.app_context():
            stored = db.session.scalar(select(func.count(Alert.id)))
    assert (len(raised), sum(raised), stored) == (4, 3, 3)
