"""The lists of publishing: by what each is restricted, and who may take it along."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from flask.testing import FlaskClient

from responder.accounts.absence_views import today
from responder.core.database import transaction
from responder.core.errors import Forbidden
from responder.core.permissions import CONSOLE
from responder.publishing.bundles.models import Bundle, BundleState
from responder.publishing.channels.models import Channel, ChannelPost
from responder.publishing.models import ChangeKind
from responder.web.listing.exporting import LargeFile
from responder.web.listing.large import make_large_file
from tests.factories import NOW
from tests.publishing.factories import changed, propose, published
from tests.responses.pages import strict
from tests.responses.test_reviewing import away


def cells(client: FlaskClient, address: str) -> list[str]:
    """The first cell of each row of a file."""
    with client.get(address) as answer:
        text = answer.data.decode("utf-8-sig")
    return [row[0] for row in csv.reader(StringIO(text))][1:]


def test_a_deputy_of_a_signer_may_have_the_long_list_that_they_may_open(client, people) -> None:
    changed(published())
    deputy = people.editor
    large, moment = LargeFile("entry_changes", "csv", {}), NOW

    def make() -> bytes:
        with make_large_file(large, deputy, deputy.actor, moment, lambda *_told: None).data as file:
            return file.read()

    people.sign_in(client, deputy)
    assert client.get("/publishing/changes/list.csv").status_code == 403
    with pytest.raises(Forbidden):
        make()
    away(people.signer, deputy, today())
    with client.get("/publishing/changes/list.csv") as answer:
        assert answer.status_code == 200
        assert make() == answer.data


def test_changes_are_found_by_state_kind_number_and_words(client, people) -> None:
    first, second = published(title="关于车位"), published(title="关于停水")
    changed(first, note="公布期限有误。")
    propose(second, ChangeKind.WITHDRAW, note="另行处理100%。")
    people.sign_in(client, people.press_officer)
    both = cells(client, "/publishing/changes/list.csv")
    assert both == [second.index_number, first.index_number]
    for asked, entry in (
        ("state=proposed", second), ("state=released", first), ("kind=correct", first),
        ("q=100%25。", second), (f"q={first.index_number}", first),
    ):  # fmt: skip
        found = cells(client, f"/publishing/changes/list.csv?{asked}")
        assert found == [entry.index_number], asked
    assert cells(client, "/publishing/changes/list.csv?to=2026-11-20") == []
    assert len(cells(client, "/publishing/changes/list.csv?from=2026-11-21&to=2026-11-21")) == 2
    page = client.get("/publishing/changes?state=proposed").text
    strict(page)
    assert second.index_number in page
    assert first.index_number not in page
    assert '全部 <span class="figures">2</span>' in page


def test_posts_are_found_by_channel_and_entry(client, people) -> None:
    entries = [published(title="关于车位"), published(title="关于停水")]
    with transaction(CONSOLE) as session:
        session.add_all(
            ChannelPost(entry=entry, channel=channel, url=f"https://x.example/{channel}",
                        posted_at=NOW, recorded_by_name="某")
            for entry, channel in zip(entries, Channel, strict=True)
        )  # fmt: skip
    people.sign_in(client, people.press_officer)
    assert cells(client, "/publishing/posts/list.csv?channel=weibo") == ["微博"]
    assert cells(client, "/publishing/posts/list.csv?q=停水") == ["微信公众号"]
    assert '微博 <span class="figures">1</span>' in client.get("/publishing/posts").text
    page = client.get("/publishing/posts?channel=weibo").text
    strict(page)
    assert "https://x.example/weibo" in page
    assert "https://x.example/wechat" not in page


def test_bundles_are_found_by_state_and_name(client, people) -> None:
    with transaction(CONSOLE) as session:
        session.add_all(
            Bundle(name=f"{state.value}一组", state=state, publish_at=NOW, made_at=NOW,
                   made_by_name="某", items=[])
            for state in BundleState
        )  # fmt: skip
    people.sign_in(client, people.press_officer)
    assert cells(client, "/publishing/bundles/list.csv?state=refused") == ["refused一组"]
    assert cells(client, "/publishing/bundles/list.csv?q=cancel") == ["cancelled一组"]
    assert '已取消 <span class="figures">1</span>' in client.get("/publishing/bundles").text
    refused = client.post("/publishing/bundles", data={"name": "一组"})
    assert refused.status_code == 422
    strict(refused.text)
    assert 'href="/publishing/bundles?state=refused"' in refused.text
