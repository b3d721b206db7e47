"""Together or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import GuardRefused, Invalid, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.core.times import local, utc_now
from responder.publishing import releasing
from responder.publishing.bundles import service as bundles
from responder.publishing.bundles.models import Bundle, BundleState
from responder.publishing.models import Entry
from responder.responses.models import ItemState
from responder.settings import Settings
from tests.factories import NOW, People
from tests.responses.factories import brought_to, reload, take
from tests.responses.pages import strict

# A month from now, as a form sends it.
SOON = f"{local(utc_now() + timedelta(days=30)):%Y-%m-%dT%H:%M}"

S = ItemState
HOUR = NOW + timedelta(hours=2)


def bundled(count: int = 3, at=HOUR) -> Bundle:
    items = [brought_to(S.SIGNED, title=f"第{number}件") for number in range(count)]
    actor = People().press_officer.actor
    with transaction(actor, NOW) as session:
        ids = [item.id for item in items]
        return bundles.make(session, "车位系列", ids, at, Attempt(actor, NOW))


def out() -> list[str]:
    return sorted(db.session.scalars(select(Entry.title)))


def spoil(item) -> None:
    with transaction(CONSOLE, NOW):
        item.answer = "请联系13812345678，尽快办理。"


def test_a_bundle_goes_out_at_its_hour_as_a_whole(session):
    bundle = bundled()
    alone = brought_to(S.SCHEDULED, title="单独一件")
    assert releasing.publish_due(HOUR - timedelta(seconds=1), Settings()) == 0
    assert releasing.publish_due(HOUR, Settings()) == 4
    assert out() == sorted(["第0件", "第1件", "第2件", "单独一件"])
    assert (bundle.state, bundle.settled_at) == (BundleState.PUBLISHED, HOUR)
    assert {entry.published_at for entry in session.scalars(select(Entry))} == {HOUR}
    assert releasing.publish_due(HOUR, Settings()) == 0
    assert reload(alone).state is S.PUBLISHED


def test_one_that_the_gate_refuses_keeps_all_of_them_in_and_says_why(session):
    bundle = bundled()
    spoil(bundle.items[1])
    assert releasing.publish_due(HOUR, Settings()) == 0
    assert out() == []
    assert bundle.state is BundleState.REFUSED
    assert "《第1件》含有个人信息：回应内容中的手机号码 138" in bundle.outcome
    assert "13812345678" not in bundle.outcome
    for item in bundle.items:
        assert reload(item).state is S.SIGNED
        assert "整组没有发布" in audit.history(session, item)[-1].note
    assert releasing.publish_due(HOUR, Settings()) == 0


def test_at_once_the_gate_keeps_all_of_them_in(people):
    bundle = bundled()
    spoil(bundle.items[0])
    actor = people.press_officer.actor
    with pytest.raises(GuardRefused, match="整组没有发布"), transaction(actor, NOW) as session:
        bundles.publish_now(session, bundle, Attempt(actor, NOW), Settings())
    assert (out(), bundle.state) == ([], BundleState.SCHEDULED)


@pytest.mark.parametrize("action", ["publish", "unschedule"])
def test_what_goes_out_together_is_not_moved_alone(people, action):
    bundle = bundled()
    with pytest.raises(GuardRefused, match="成组发布页面"):
        take(bundle.items[0], action, people.press_officer)
    assert reload(bundle.items[0]).state is S.SCHEDULED


def test_a_cancelled_bundle_gives_its_items_back(people):
    bundle, actor = bundled(), people.press_officer.actor
    with transaction(actor, NOW) as session:
        bundles.cancel(session, bundle, Attempt(actor, NOW))
    assert [reload(item).state for item in bundle.items] == [S.SIGNED] * 3
    assert releasing.publish_due(HOUR, Settings()) == 0
    take(bundle.items[0], "publish", people.press_officer)
    assert out() == ["第0件"]


def test_a_bundle_is_of_two_or_more_signed_items_at_an_hour_to_come(people):
    actor = people.press_officer.actor
    signed, draft = brought_to(S.SIGNED), brought_to(S.DRAFT)
    for ids, hour, error in (
        ([signed.id], HOUR, Invalid),
        ([signed.id, draft.id], HOUR, WrongState),
        ([signed.id, draft.id], NOW - timedelta(hours=1), Invalid),
        ([signed.id, draft.id], NOW + timedelta(days=732), Invalid),
    ):
        with pytest.raises(error), transaction(actor, NOW) as session:
            bundles.make(session, "一组", ids, hour, Attempt(actor, NOW))
    assert reload(signed).state is S.SIGNED


def test_the_pages_of_bundles(client, people):
    items = [brought_to(S.SIGNED, title=f"第{number}件") for number in range(2)]
    people.sign_in(client, people.press_officer)
    page = client.get("/publishing/bundles").text
    strict(page)
    assert "第0件" in page
    sent = {"name": "车位系列", "items": [item.id for item in items]}
    assert client.post("/publishing/bundles", data={**sent, "schedule": "1"}).status_code == 422
    hour = {
        "publish_at": SOON,
        "schedule": "1",
    }
    made = client.post("/publishing/bundles", data={**sent, **hour})
    strict(client.get(made.location).text)
    assert made.location in client.get(f"/responses/{items[0].id}").text
    version = db.session.scalar(select(Bundle.version_id))
    client.post(f"{made.location}/publish", data={"version": version})
    assert out() == ["第0件", "第1件"]
    strict(client.get(made.location).text)


def test_at_once_from_the_form(client, people):
    items = [brought_to(S.SIGNED, title=f"第{number}件") for number in range(2)]
    people.sign_in(client, people.press_officer)
    sent = {"name": "车位系列", "items": [item.id for item in items], "now": "1"}
    client.post("/publishing/bundles", data=sent)
    assert out() == ["第0件", "第1件"]
