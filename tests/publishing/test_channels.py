"""Texts for Weibo and WeChat, and where they were put."""

from __future__ import annotations

from datetime import timedelta

import pytest

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import Forbidden, Invalid, WrongState
from responder.core.lifecycle import Attempt
from responder.publishing.channels import rules, service
from responder.publishing.channels.models import Channel, ChannelPost
from responder.publishing.models import ChangeKind
from tests.factories import NOW, People
from tests.publishing.factories import CORRECTED, LATER, changed, published
from tests.responses.pages import strict

ADDRESS = "https://www.example.gov.cn/concerns/1"
URL = "https://weibo.com/1/abc"


def post(entry, at=NOW, now=LATER, url=URL, person=None) -> ChannelPost:
    actor = (person or People().press_officer).actor
    with transaction(actor, now) as session:
        return service.record_post(session, entry, Channel.WEIBO, url, at, Attempt(actor, now))


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("车位", 2), ("ab", 1), ("abc", 2), ("车a", 2), ("12月", 2)]
)
def test_weibo_counts_two_letters_as_one(text, length):
    assert rules.weibo_length(text) == length


@pytest.mark.parametrize("sentences", [1, 3, 40])
@pytest.mark.parametrize("title", ["关于车位", "关于" + "长" * 200])
@pytest.mark.parametrize("limit", [rules.WEIBO_SHORT, rules.WEIBO_LONG])
def test_a_weibo_text_fits_ends_with_a_sentence_and_leads_to_the_entry(title, sentences, limit):
    answer = "".join(f"第{number}句说明情况如何处理。" for number in range(sentences))
    text = rules.weibo_text(title, answer, ADDRESS, limit)
    assert rules.weibo_length(text) <= limit
    assert text.endswith(f"详见：{ADDRESS}")
    assert "。 详见" in text


def test_a_first_sentence_that_does_not_fit_is_cut():
    text = rules.weibo_text("关于车位", "很长" * 300, ADDRESS, rules.WEIBO_SHORT)
    assert rules.WEIBO_SHORT - 2 <= rules.weibo_length(text) <= rules.WEIBO_SHORT
    assert "…" in text


def test_a_wechat_title_has_sixty_four_characters_at_most():
    assert rules.wechat_title("题" * 64) == "题" * 64
    assert rules.wechat_title("题" * 65) == "题" * 63 + "…"


def test_the_texts_are_of_the_words_that_stand(session):
    entry = published()
    changed(entry)
    texts = service.prepared(entry, ADDRESS)
    assert len(texts) == 4
    assert CORRECTED in texts[0].text
    for one in texts:
        assert one.limit is None or one.length <= one.limit
    changed(entry, ChangeKind.WITHDRAW, note="另行处理。")
    assert service.prepared(entry, ADDRESS) == []


def test_a_post_is_recorded_and_counted_once_an_entry(session):
    entry = published()
    first = post(entry)
    post(entry, NOW + timedelta(hours=1))
    assert service.counts(session) == {Channel.WEIBO: 1, Channel.WECHAT: 0}
    assert audit.history(session, first)[0].action == "create"


def test_what_cannot_be_is_not_recorded(session, people):
    entry = published()
    for wrong in ({"url": "x"}, {"at": NOW - timedelta(hours=1)}, {"at": LATER, "now": NOW}):
        with pytest.raises(Invalid):
            post(entry, **wrong)
    with pytest.raises(Forbidden):
        post(entry, person=people.editor)
    changed(entry, ChangeKind.WITHDRAW, note="另行处理。")
    with pytest.raises(WrongState):
        post(entry)


def test_the_items_page_offers_the_texts_and_shows_where_they_stand(client, people):
    entry = published()
    people.sign_in(client, people.press_officer)
    page = client.get(f"/responses/{entry.item_id}").text
    strict(page)
    assert "/ 140" in page
    sent = {"channel": "weibo", "url": URL, "posted_at": "2026-11-20T09:30"}
    address = f"/publishing/entries/{entry.id}/posts"
    assert client.post(address, data={**sent, "url": ""}).status_code == 422
    assert client.post(address, data=sent).location == f"/responses/{entry.item_id}"
    changed(entry)
    page = client.get(f"/responses/{entry.item_id}").text
    strict(page)
    assert "已在微博发布" in page
    assert "此后有更改" in page
    listed = client.get("/publishing/posts").text
    strict(listed)
    assert URL in listed
