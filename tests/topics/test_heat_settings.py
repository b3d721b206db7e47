"""The office's weights: tried out, saved, applied to all topics at once, in the trail."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from responder.core.audit import AuditEvent
from responder.core.database import transaction
from responder.core.errors import Invalid, Stale
from responder.core.permissions import CONSOLE
from responder.intake.models import Channel
from responder.topics import heat_reading, heat_settings, service
from responder.topics.models import Topic
from responder.topics.rules import SHIPPED, Scale
from tests.factories import NOW
from tests.topics.factories import NOISE, PARKING, refresh, store

BY_REACH = Scale(
    {
        "volume": 5,
        "speed": 0,
        "burst": 0,
        "reach": 95,
        "spread": 0,
        "gravity": 0,
        "freshness": 0,
    },
    (10, 20, 90),
)


def two_topics() -> None:
    """Four people on noise; two on parking, whose words went far."""
    for n, person in enumerate("甲乙丙丁"):
        said = f"{NOISE}，已经{n + 2}天了"
        store(f"柳岸花园旁搅拌站噪音扰民 {n}", said, person, NOW - timedelta(days=n))
    for n, person in enumerate("戊己"):
        said = f"{PARKING}，我家等了{n + 2}周"
        store(
            f"云锦世家捆绑销售车位 {n}", said, person, NOW - timedelta(days=n),
            channel=Channel.WEIBO, likes=900,
        )  # fmt: skip


def save(scale: Scale, seen_version: int = 0) -> int:
    with transaction(CONSOLE, NOW) as session:
        return heat_settings.save(session, scale, seen_version)


def ranked(session) -> list[tuple[int, float, int]]:
    session.expire_all()
    topics = session.scalars(select(Topic).order_by(Topic.heat.desc(), Topic.id))
    return [(topic.id, topic.heat, topic.level) for topic in topics]


def fields(scale: Scale, version: int = 0, **more: object) -> dict[str, object]:
    levels = dict(zip(heat_settings.LEVELS, scale.levels, strict=True))
    return {**scale.weights, **levels, "version_id": version, **more}


def test_the_preview_is_what_saving_gives(session) -> None:
    two_topics()
    refresh()
    before = ranked(session)
    preview = heat_settings.preview(session, BY_REACH)
    assert ranked(session) == before
    assert [row.rank_before for row in preview] == [2, 1]
    assert save(BY_REACH) == 2
    assert ranked(session) == [(row.topic_id, row.heat, row.level) for row in preview]


def test_a_refresh_after_saving_gives_what_saving_gave(session) -> None:
    two_topics()
    refresh()
    save(BY_REACH)
    saved = ranked(session)
    refresh()
    assert ranked(session) == saved


def test_saving_needs_no_refresh_and_shares_survive_weights_of_nothing(session) -> None:
    two_topics()
    refresh()
    before = ranked(session)
    save(BY_REACH)
    assert ranked(session) != before
    save(SHIPPED, seen_version=1)
    assert ranked(session) == before
    for topic in session.scalars(select(Topic)):
        assert topic.heat == round(sum(part["points"] for part in topic.heat_parts), 1)


def test_parts_that_were_stored_without_their_shares_can_be_weighed(session) -> None:
    two_topics()
    refresh()
    before = ranked(session)
    with transaction(CONSOLE, NOW):
        for topic in session.scalars(select(Topic)):
            kept = ("name", "label", "points", "of", "evidence")
            topic.heat_parts = [{name: part[name] for name in kept} for part in topic.heat_parts]
    assert [row.heat for row in heat_settings.preview(session, SHIPPED)] == pytest.approx(
        [heat for _id, heat, _level in before], abs=0.5
    )


def test_the_level_follows_the_thresholds(session) -> None:
    two_topics()
    refresh()
    save(Scale(SHIPPED.weights, (1, 2, 3)))
    assert {level for _id, _heat, level in ranked(session)} == {3}
    save(Scale(SHIPPED.weights, (98, 99, 100)), seen_version=1)
    assert {level for _id, _heat, level in ranked(session)} == {0}


def test_topics_can_be_asked_for_by_level(session) -> None:
    two_topics()
    refresh()
    save(Scale(BY_REACH.weights, (50, 60, 100)))
    hot = session.scalars(service.topics_by_heat(min_level=1)).all()
    assert ["云锦世家" in topic.label for topic in hot] == [True]


def test_what_is_dismissed_or_merged_is_in_no_preview(session) -> None:
    two_topics()
    refresh()
    with transaction(CONSOLE, NOW):
        one, other = session.scalars(select(Topic).order_by(Topic.id))
        one.dismissed, other.merged_into_id = True, one.id
    assert heat_settings.preview(session, SHIPPED) == []


def test_the_second_of_two_savers_is_told(session) -> None:
    save(BY_REACH)
    with pytest.raises(Stale, match="刚被别人修改"):
        save(SHIPPED)
    assert heat_settings.current(session) == BY_REACH


def test_weights_that_are_not_a_hundred_are_refused(session) -> None:
    with pytest.raises(Invalid, match="合计为 101"):
        save(Scale({**SHIPPED.weights, "volume": 46}, SHIPPED.levels))
    assert heat_settings.current(session) == SHIPPED


def test_a_refresh_that_began_before_the_change_begins_again(session, monkeypatch) -> None:
    two_topics()
    read, left, weighed_by = heat_reading.read, [BY_REACH], []

    def read_slowly(*arguments):
        view = read(*arguments)
        weighed_by.append(view.scale)
        if left:
            save(left.pop())
        return view

    monkeypatch.setattr(heat_reading, "read", read_slowly)
    refresh()
    assert weighed_by == [SHIPPED, BY_REACH]
    assert {part["of"] for part in session.scalars(select(Topic)).first().heat_parts} >= {95.0}


def test_every_saving_is_in_the_trail(client, people, session) -> None:
    people.sign_in(client, people.press_officer)
    answer = client.post("/topics/heat", data=fields(BY_REACH, submit="保存"))
    assert answer.status_code == 302
    lines = session.scalars(select(AuditEvent).where(AuditEvent.object_type == "heat_setting"))
    assert [(line.action, line.changes["reach"]) for line in lines] == [("create", [None, 95])]
    people.sign_in(client, people.auditor)
    assert "传播：95" in client.get("/audit?kind=heat_setting").text


def test_the_page_previews_before_it_saves(client, people, session) -> None:
    two_topics()
    refresh()
    before = ranked(session)
    people.sign_in(client, people.analyst)
    page = client.post("/topics/heat", data=fields(BY_REACH, preview="预览")).text
    assert "尚未保存" in page
    rows = re.findall(r'<td class="text-end">(\d+)</td>\s*<td class="text-end">(\d+)', page)
    assert rows == [("1", "2"), ("2", "1")]
    assert ranked(session) == before
    assert 'value="95"' in page
    saved = client.post(
        "/topics/heat", data=fields(BY_REACH, submit="保存"), follow_redirects=True
    ).text
    assert "2 个话题的热度已按新的权重计算" in saved
    assert ranked(session) != before


def test_the_shipped_scale_can_be_had_back(client, people, session) -> None:
    people.sign_in(client, people.analyst)
    assert "恢复默认" not in client.get("/topics/heat").text
    client.post("/topics/heat", data=fields(BY_REACH, submit="保存"))
    assert "恢复默认" in client.get("/topics/heat").text
    client.post("/topics/heat/reset", data={"version": 1})
    session.expire_all()
    assert heat_settings.current(session) == SHIPPED


@pytest.mark.parametrize("button", ["preview", "submit"])
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"volume": 44}, "合计为 99"),
        ({"volume": "多"}, "请填写 0 到 100 之间的整数"),
        ({"volume": ""}, "请填写 0 到 100 之间的整数"),
        ({"volume": 400}, "请填写 0 到 100 之间的整数"),
        ({"level_1": 50}, "三个门槛须由低到高"),
    ],
)
def test_what_cannot_be_saved_says_why(client, people, session, button, wrong, sentence) -> None:
    people.sign_in(client, people.analyst)
    answer = client.post("/topics/heat", data={**fields(SHIPPED), **wrong, button: "1"})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "不是有效的整数" not in answer.text
    assert heat_settings.find(session) is None


def test_an_old_page_does_not_undo_a_colleagues_weights(client, people, session) -> None:
    save(BY_REACH)
    people.sign_in(client, people.analyst)
    answer = client.post("/topics/heat", data=fields(SHIPPED, submit="保存"))
    assert answer.status_code == 409
    assert "别人保存过这一项" in answer.text
    assert heat_settings.current(session) == BY_REACH


def test_weights_are_for_those_who_may_set_them(client, people) -> None:
    people.sign_in(client, people.editor)
    assert client.get("/topics/heat").status_code == 403
    assert client.post("/topics/heat", data=fields(SHIPPED, submit="1")).status_code == 403
