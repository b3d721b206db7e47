"""Correcting on the pages, by forms that need no script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from responder.core.database import db
from responder.topics import corrections
from responder.topics.models import Topic
from responder.topics.views.corrections import matching_state
from tests.factories import NOW, People
from tests.topics.correcting import correct, ids_in, members, parking, plant, undo
from tests.topics.factories import NOISE, refresh, store, two_worries


@pytest.fixture
def analyst(client: FlaskClient, people: People) -> FlaskClient:
    two_worries()
    refresh()
    return people.sign_in(client, people.analyst)


def version(topic: Topic) -> int:
    return corrections.state_of_play(db.session, topic.id)


def post(client: FlaskClient, topic: Topic, path: str, **fields: object):
    data = {"version": version(topic), **fields}
    if "other_id" in data:
        other = db.session.get_one(Topic, data["other_id"])
        data = {"other_version": version(other), **data}
    answer = client.post(f"/topics/{topic.id}/{path}", data=data, follow_redirects=True)
    db.session.expire_all()
    return answer


def test_a_topic_is_renamed_and_says_so(analyst: FlaskClient) -> None:
    topic = plant()
    page = post(analyst, topic, "rename", label="柳岸花园搅拌站夜间施工").text
    assert "<h1>柳岸花园搅拌站夜间施工</h1>" in page
    assert "人工命名" in page
    assert "修正记录 1 项" in page


@pytest.mark.parametrize(
    ("label", "said"), [("", "请填写话题名称"), ("张建国先生13812345678", "不写姓名、电话")]
)
def test_a_refused_name_is_said_beside_its_field(
    analyst: FlaskClient, label: str, said: str
) -> None:
    answer = post(analyst, plant(), "rename", label=label)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-describedby="label-help label-error"' in answer.text


def test_a_correction_from_a_page_that_is_out_of_date_is_refused(analyst: FlaskClient) -> None:
    topic = plant()
    seen = version(topic)
    correct(corrections.pin, topic)
    for path, fields in (
        ("rename", {"label": "新名称"}),
        ("dismiss", {}),
        ("split", {"message_ids": ids_in(topic)[0]}),
        ("merge", {"other_id": parking().id}),
    ):
        answer = post(analyst, topic, path, **fields, version=seen)
        assert answer.status_code == 409, path
        assert "有人修正过这个话题：请刷新页面" in answer.text
    assert not plant().renamed


def test_pinned_topics_are_marked_and_can_be_unpinned(analyst: FlaskClient) -> None:
    topic = plant()
    assert "取消置顶" in post(analyst, topic, "pin").text
    assert "置顶" in analyst.get("/topics").text
    assert f"/topics/{topic.id}/unpin" not in post(analyst, topic, "unpin").text
    assert not plant().pinned


def test_a_dismissed_topic_is_listed_apart_and_can_be_restored(analyst: FlaskClient) -> None:
    topic = plant()
    page = post(analyst, topic, "dismiss", note="广告").text
    assert "这个话题已标为“不是话题”" in page
    assert "发起回应" not in page
    assert topic.label not in analyst.get("/topics").text
    assert topic.label in analyst.get("/topics?dismissed=1").text
    assert "已恢复为话题" in post(analyst, topic, "restore").text
    assert topic.label in analyst.get("/topics").text


def test_another_topic_is_found_by_words_or_number_and_merged(analyst: FlaskClient) -> None:
    into, other = plant(), parking()
    for text in ("車位", str(other.id)):
        page = analyst.get(f"/topics/{into.id}/merge?q={text}").text
        assert other.label in page
        assert "把它并入本话题" in page
    page = post(analyst, into, "merge", other_id=other.id).text
    assert f"话题 {other.id} 已并入本话题" in page
    assert "3 人，6 条" in page
    assert set(members().values()) == {into.id}


def test_a_topic_can_go_into_the_one_that_was_found(analyst: FlaskClient) -> None:
    gone, into = plant(), parking()
    post(analyst, gone, "merge", other_id=into.id, direction="away")
    assert gone.merged_into_id == into.id


def test_the_address_of_a_merged_topic_leads_to_its_survivor(analyst: FlaskClient) -> None:
    into, other = plant(), parking()
    one = ids_in(other)[0]
    made = correct(corrections.merge, into, other)
    for path in (f"/topics/{other.id}", f"/topics/{other.id}/messages/{one}"):
        answer = analyst.get(path)
        assert answer.location == f"/topics/{into.id}"
    assert f"话题 {other.id} 已并入本话题（话题 {into.id}）" in analyst.get(answer.location).text
    undo(made)
    assert analyst.get(f"/topics/{other.id}").status_code == 200


def test_ticked_messages_become_a_topic_of_their_own(analyst: FlaskClient) -> None:
    topic = plant()
    chosen = ids_in(topic)[:2]
    page = post(analyst, topic, "split", message_ids=chosen).text
    assert "这是拆出的新话题" in page
    assert "拆出 2 条留言" in page
    assert len(ids_in(topic)) == 1


def test_nothing_ticked_leads_back_to_the_topic_and_says_what_to_do(analyst: FlaskClient) -> None:
    topic = plant()
    answer = post(analyst, topic, "split")
    assert answer.request.path == f"/topics/{topic.id}"
    assert "请先勾选" in answer.text
    assert len(ids_in(topic)) == 3


def test_all_messages_with_some_words_can_be_split_off_across_pages(
    analyst: FlaskClient,
) -> None:
    for number in range(40):
        said_at = NOW - timedelta(hours=number + 1)
        store(f"柳岸花园旁搅拌站噪音扰民 {number}", f"{NOISE}，孩子哭闹", f"{number}", said_at)
    refresh()
    topic = plant()
    page = analyst.get(f"/topics/{topic.id}?words=孩子").text
    assert "含有“孩子”的共 40 条" in page
    assert f'name="matching_state" value="{matching(topic)}"' in page
    post(analyst, topic, "split", matching="孩子", matching_state=matching(topic))
    assert sorted(members().values()).count(topic.id) == 3


def matching(topic: Topic) -> str:
    return matching_state(topic, "孩子")


def test_messages_that_came_after_the_page_was_shown_are_not_split_off(
    analyst: FlaskClient,
) -> None:
    for number in range(2):
        said_at = NOW - timedelta(hours=number + 1)
        store(f"柳岸花园旁搅拌站噪音扰民 {number}", f"{NOISE}，孩子哭闹", f"{number}", said_at)
    refresh()
    topic = plant()
    seen = matching(topic)
    store("柳岸花园旁搅拌站噪音扰民", f"{NOISE}，孩子发烧", "丁", NOW)
    refresh()
    answer = post(analyst, topic, "split", matching="孩子", matching_state=seen)
    assert answer.status_code == 409
    assert "含有“孩子”的留言有了增减：请刷新页面" in answer.text
    assert post(analyst, topic, "split", matching="孩子").status_code == 409
    assert len(ids_in(topic)) == 6


def test_the_other_topic_is_refused_if_it_was_corrected_since(analyst: FlaskClient) -> None:
    topic, other = plant(), parking()
    one = ids_in(topic)[0]
    seen = version(other)
    correct(corrections.split, other, ids_in(other)[:1])
    for path in ("merge", "never-same", f"messages/{one}/move"):
        answer = post(analyst, topic, path, other_id=other.id, other_version=seen)
        assert answer.status_code == 409, path
        assert f"有人修正过话题 {other.id}：请刷新页面" in answer.text
    assert (other.merged_into_id, members()[one]) == (None, topic.id)
    assert corrections.corrections_of(db.session, topic) == []


def test_every_form_that_names_another_topic_says_how_it_was_seen(
    analyst: FlaskClient, session: Session
) -> None:
    topic, other = plant(), parking()
    correct(corrections.pin, other)
    undo(correct(corrections.rename, other, "云锦世家停车"))
    topic.confusions = [[other.id, 0.41, ["小区"]]]
    session.flush()
    assert version(other) == 3
    one = ids_in(topic)[0]
    for path in ("", "/merge", "/merge?q=车位", f"/messages/{one}?q=车位"):
        page = analyst.get(f"/topics/{topic.id}{path}").text
        named = page.count(f'name="other_id" value="{other.id}"')
        assert named == page.count('name="other_version" value="3"') > 0, path


def test_what_may_not_go_into_a_dismissed_topic_is_not_offered(analyst: FlaskClient) -> None:
    topic, other = plant(), parking()
    correct(corrections.dismiss, other)
    page = analyst.get(f"/topics/{topic.id}/merge?q=车位").text
    assert "把它并入本话题</button>" in page
    assert "把本话题并入它</button>" not in page
    page = analyst.get(f"/topics/{topic.id}/messages/{ids_in(topic)[0]}?q=车位").text
    assert "不是话题" in page
    assert "移到这里" not in page
    page = analyst.get(f"/topics/{other.id}/merge?q=搅拌站").text
    assert "把它并入本话题</button>" not in page
    assert "请先恢复" in post(analyst, topic, "merge", other_id=other.id, direction="away").text


def test_whoever_merges_a_pinned_topic_away_is_told_that_its_pin_is_gone(
    analyst: FlaskClient,
) -> None:
    topic, other = plant(), parking()
    correct(corrections.pin, other)
    page = post(analyst, topic, "merge", other_id=other.id).text
    assert f"话题 {other.id} 原来置顶，本话题没有：需要时请把本话题置顶" in page
    assert not topic.pinned


def test_one_message_is_moved_from_the_page_that_explains_it(analyst: FlaskClient) -> None:
    here, there = plant(), parking()
    one = ids_in(here)[0]
    page = analyst.get(f"/topics/{here.id}/messages/{one}?q=車位").text
    assert "共有字词" in page
    assert "本话题里最相近的留言" in page
    assert there.label in page
    page = post(analyst, here, f"messages/{one}/move", other_id=there.id).text
    assert "人工归入" in page
    assert members()[one] == there.id
    assert "移动留言" in analyst.get(f"/topics/{there.id}/messages/{one}").text


def test_one_message_can_stand_alone(analyst: FlaskClient) -> None:
    topic = plant()
    one = ids_in(topic)[0]
    post(analyst, topic, f"messages/{one}/move", alone=1)
    assert members()[one] not in {topic.id, parking().id}


def test_a_message_that_is_elsewhere_by_now_says_so(analyst: FlaskClient) -> None:
    answer = analyst.get(f"/topics/{plant().id}/messages/{ids_in(parking())[0]}")
    assert answer.status_code == 404
    assert "已不在话题" in answer.text


def test_topics_told_apart_are_not_offered_for_it_again(analyst: FlaskClient) -> None:
    one, other = plant(), parking()
    post(analyst, one, "never-same", other_id=other.id)
    page = analyst.get(f"/topics/{one.id}/merge?q=车位").text
    assert "已区分" in page
    assert "永不合并</button>" not in page
    assert "请先撤销那项修正" in post(analyst, one, "merge", other_id=other.id).text


def test_a_correction_is_undone_from_the_topics_page(analyst: FlaskClient) -> None:
    into, other = plant(), parking()
    made = correct(corrections.merge, into, other)
    page = analyst.get(f"/topics/{into.id}").text
    assert f"/topics/corrections/{made.id}/undo" in page
    answer = analyst.post(f"/topics/corrections/{made.id}/undo", follow_redirects=True)
    assert f"已撤销修正 {made.id}" in answer.text
    assert re.search(r"<s>[^<]*并入了", answer.text)
    assert f"/topics/corrections/{made.id}/undo" not in answer.text
    assert analyst.post(f"/topics/corrections/{made.id}/undo").status_code == 409
    assert analyst.post("/topics/corrections/4711/undo").status_code == 404


def test_whoever_may_not_correct_sees_what_was_corrected_and_no_buttons(
    analyst: FlaskClient, people: People
) -> None:
    topic = plant()
    correct(corrections.rename, topic, "柳岸花园搅拌站")
    people.sign_in(analyst, people.editor)
    page = analyst.get(f"/topics/{topic.id}").text
    assert "修正记录 1 项" in page
    for hidden in ("/undo", "/rename", "/split", 'type="checkbox"', "/dismiss"):
        assert hidden not in page
    assert "移到其他话题" not in analyst.get(f"/topics/{topic.id}/messages/{ids_in(topic)[0]}").text


def test_the_trail_tells_of_corrections_in_words(analyst: FlaskClient, people: People) -> None:
    topic = plant()
    post(analyst, topic, "rename", label="柳岸花园搅拌站")
    post(analyst, topic, "pin")
    people.sign_in(analyst, people.auditor)
    page = analyst.get("/audit").text
    for words in ("改名", "话题修正", "新名称", "置顶", "人工命名"):
        assert words in page
    for name in ("topic_correction</", "new_name", "pinned", "renamed"):
        assert name not in page


def test_confusions_are_shown_with_what_to_do_about_them(
    analyst: FlaskClient, session: Session
) -> None:
    topic, other = plant(), parking()
    topic.confusions = [[other.id, 0.41, ["小区"]]]
    session.flush()
    page = analyst.get(f"/topics/{topic.id}").text
    assert "容易混淆" in page
    assert f'name="other_id" value="{other.id}"' in page


def test_no_citizen_is_named_on_the_page_that_explains(
    analyst: FlaskClient,
) -> None:
    store("张建国先生13812345678反映翠湖名苑停水", "请联系张建国先生13812345678", "丁", NOW)
    refresh()
    (one,) = (message for message, at in members().items() if at not in {plant().id, parking().id})
    page = analyst.get(f"/topics/{members()[one]}/messages/{one}").text
    assert "翠湖名苑停水" in page
    assert not any(private in page for private in ("张建国", "13812345678"))
