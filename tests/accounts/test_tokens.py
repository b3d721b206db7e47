"""API tokens: shown once, stored as a hash, restricted, counted, revoked, and in the trail."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from responder.accounts import token_requests, tokens
from responder.accounts.token_models import ApiRequest, ApiToken, ApiUse, Scope
from responder.core import audit
from responder.core.audit import AuditEvent
from responder.core.database import transaction
from responder.core.errors import Forbidden, Invalid, WrongState
from responder.core.permissions import CONSOLE, Permission
from responder.jobs import JOBS
from tests.intake.pushing.factories import new_token

NOW = datetime(2026, 11, 20, 1, 0, 20, tzinfo=UTC)
FORM = {"name": "12345 工单系统", "scopes": ["messages:write"], "expires_on": ""}
SECRET = re.compile(r"rsp_[\w-]{43}")


def issue(client, **changes):
    return client.post("/tokens", data={**FORM, **changes})


def test_a_token_is_shown_once_and_kept_as_a_hash(client, people, session) -> None:
    people.sign_in(client, people.administrator)
    answer = issue(client)
    assert (answer.status_code, answer.location) == (302, "/tokens")
    assert not SECRET.search(str(answer.headers))
    page = client.get("/tokens")
    assert "no-store" in page.headers["Cache-Control"]
    secret = SECRET.search(page.text).group()
    later = client.get("/tokens").text
    assert secret not in later
    assert secret[:12] in later
    token = session.scalars(select(ApiToken)).one()
    assert token.digest == sha256(secret.encode()).hexdigest()
    assert token.created_by_id == people.administrator.id
    trail = str([event.changes for event in audit.history(session, token)])
    assert secret not in trail
    assert token.digest not in trail


def test_the_room_of_people_is_marked_where_tokens_are(client, people) -> None:
    people.sign_in(client, people.administrator)
    assert 'href="/people" aria-current="page"' in client.get("/tokens").text


def test_a_form_that_allows_nothing_or_has_expired_is_refused(client, people, session) -> None:
    people.sign_in(client, people.administrator)
    assert "请至少选一项" in issue(client, scopes=[]).text
    assert "请填写名称" in issue(client, name=" ").text
    assert "有效期已过" in issue(client, expires_on="2020-01-01").text
    assert issue(client, channels=["telegraph"]).status_code == 422
    assert session.scalars(select(ApiToken)).all() == []


def test_the_page_shows_what_each_token_may_and_ends_it(client, people, session) -> None:
    people.sign_in(client, people.administrator)
    issue(client, channels=["hotline", "mailbox"], expires_on="2099-12-31")
    token = session.scalars(select(ApiToken)).one()
    text = client.get("/tokens").text
    assert "市长热线、网站信箱" in re.sub(r"\s+", "", text)
    assert "至 2099-12-31" in text
    assert "还没有用过" in text
    client.post(f"/tokens/{token.id}/revoke")
    assert "已撤销" in client.get("/tokens").text
    assert [event.action for event in audit.history(session, token)] == ["create", "revoke"]


def test_only_the_administrator_manages_tokens(client, people) -> None:
    people.sign_in(client, people.analyst)
    assert client.get("/tokens").status_code == 403
    assert issue(client).status_code == 403
    assert 'href="/tokens' not in client.get("/api/v1/docs").text


def test_a_bearer_acts_in_the_name_of_the_token(session) -> None:
    issued = new_token("热线", channels=frozenset({"hotline"}))
    bearer = tokens.authenticate(session, issued.secret, NOW)
    assert bearer.actor.name == f"接口 热线（{issued.secret[:12]}）"
    assert bearer.actor.permissions == {Permission.MESSAGE_IMPORT}
    assert (bearer.scopes, bearer.channels) == ({Scope.MESSAGES_WRITE}, {"hotline"})
    assert issued.secret not in repr(bearer)


def test_the_longest_name_fits_the_trail(session) -> None:
    issued = new_token("市" * 40)
    actor = tokens.authenticate(session, issued.secret, NOW).actor
    with transaction(actor):
        tokens.revoke(session, issued.token.id, NOW)
    limit = AuditEvent.__table__.c.actor_name.type.length
    assert len(actor.name) <= limit


@pytest.mark.parametrize("end", ["unknown", "revoked", "expired"])
def test_a_token_that_is_over_opens_nothing(session, end) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    issued = new_token(expires_at=later)
    secret = issued.secret
    if end == "unknown":
        secret = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    elif end == "revoked":
        with transaction(CONSOLE):
            tokens.revoke(session, issued.token.id, NOW)
    else:
        assert tokens.authenticate(session, secret, later - timedelta(seconds=1))
    with pytest.raises(Forbidden):
        tokens.authenticate(session, secret, later)


def test_a_limit_holds_within_a_minute_and_begins_again(session) -> None:
    token_id = new_token().token.id
    counted = [tokens.count_use(session, token_id, 3, NOW) for _ in range(5)]
    assert counted == [True, True, True, False, False]
    assert session.get(ApiUse, token_id).requests == 3
    wait = tokens.seconds_to_next_minute(NOW)
    assert wait == 40
    later = NOW + timedelta(seconds=wait)
    assert not tokens.count_use(session, token_id, 3, later - timedelta(seconds=1))
    assert tokens.count_use(session, token_id, 3, later)


def test_a_key_remembers_its_request_and_only_its_own(session) -> None:
    one, other = new_token("甲").token.id, new_token("乙").token.id
    answer = token_requests.Stored(201, "{}")
    assert token_requests.begin(session, one, "k", "digest", NOW) is None
    token_requests.finish(session, one, "k", answer)
    assert token_requests.begin(session, one, "k", "digest", NOW) == answer
    with pytest.raises(WrongState):
        token_requests.begin(session, one, "k", "another", NOW)
    assert token_requests.begin(session, other, "k", "another", NOW) is None


def test_keys_are_forgotten_after_their_hours(session, settings) -> None:
    token_id = new_token().token.id
    for hours in (47, 49):
        token_requests.begin(session, token_id, f"{hours}", "d", NOW - timedelta(hours=hours))
    session.commit()
    JOBS["forget-api-requests"].work(NOW, settings)
    assert session.scalars(select(ApiRequest.key)).all() == ["47"]


def test_nobody_is_held_to_a_channel_that_there_is_not(session) -> None:
    with pytest.raises(Invalid):
        new_token(channels=frozenset({"telegraph"}))
