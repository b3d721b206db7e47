"""What the provider saw of a second step, and what the desk still asks for."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from flask import g

from responder.accounts import recovery
from responder.accounts.sessions.models import Method
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from responder.oidc import service
from responder.oidc.rules import has_done_second_step
from responder.settings import Settings
from tests.accounts.test_proofs import enrolled
from tests.oidc.walking import bound, browser, events, get, is_in, methods, said_at_sign_in, walked

pytestmark = pytest.mark.usefixtures("office")
AGO = timedelta(minutes=5)


@pytest.fixture
def telephone(people, provider) -> pyotp.TOTP:
    """Of a signer who has one-time codes and is bound."""
    return enrolled(bound(people.signer, provider).actor, utc_now() - AGO)


def code(client, given):
    g.pop("_login_user", None)
    return client.post("/sign-in/code?next=/topics", data={"code": given})


def test_whoever_has_codes_is_asked_for_one_whatever_the_provider_says(
    app, provider, telephone
) -> None:
    provider.claims = {"amr": ["pwd", "mfa"], "acr": "2"}
    client = browser(app)
    answer = walked(client)
    assert answer.location == "/sign-in/code?next=/topics"
    assert not is_in(client)
    assert code(client, "000000x").status_code == 403
    assert code(client, telephone.now()).location == "/topics"
    assert is_in(client)
    assert methods() == [Method.OIDC_CODE]


def test_a_code_on_paper_does_too(app, people, telephone) -> None:
    actor = people.signer.actor
    with transaction(actor) as session:
        given = recovery.issue(session, actor.id, utc_now())[0]
    client = browser(app)
    walked(client)
    assert code(client, given).location == "/topics"
    assert methods() == [Method.OIDC_RECOVERY]


@pytest.mark.parametrize("said", [{"amr": ["pwd", "otp"]}, {"acr": "urn:strong"}])
def test_the_office_may_believe_the_provider(app, provider, telephone, office, said) -> None:
    office(oidc_second_step="otp，urn:strong", code_roles="signer")
    provider.claims = said
    client = browser(app)
    assert walked(client).location == "/topics"
    assert methods() == [Method.OIDC_STRONG]
    assert is_in(client)


@pytest.mark.parametrize("said", [{}, {"amr": ["pwd"]}, {"acr": "0"}])
def test_it_is_believed_no_more_than_it_says(app, provider, telephone, office, said) -> None:
    office(oidc_second_step="otp,urn:strong")
    provider.claims = said
    assert walked(browser(app)).location == "/sign-in/code?next=/topics"


def test_whoever_must_have_a_code_enrols_first(app, people, provider, office) -> None:
    bound(people.signer, provider)
    office(code_roles="signer")
    client = browser(app)
    walked(client)
    assert get(client, "/topics").location == "/one-time-code"


def test_whoever_came_by_a_believed_second_step_need_not(app, people, provider, office) -> None:
    bound(people.signer, provider)
    office(code_roles="signer", oidc_second_step="mfa")
    provider.claims = {"amr": ["mfa"]}
    client = browser(app)
    walked(client)
    assert is_in(client)


def test_amr_that_is_no_list_counts_for_nothing(app, people, provider, office) -> None:
    bound(people.signer, provider)
    office(oidc_second_step="mfa")
    provider.claims = {"amr": "mfa"}
    client = browser(app)
    assert "没有采用" in said_at_sign_in(client, walked(client))
    assert not has_done_second_step({"amr": "mfa", "acr": ["mfa"]}, frozenset({"mfa"}))


@pytest.mark.parametrize("said", [{}, {"amr": [""]}, {"acr": ""}])
def test_what_is_empty_is_no_second_step(said) -> None:
    assert not has_done_second_step(said, frozenset({""}))
    assert not has_done_second_step(said, Settings(oidc_second_step=" ,, ").oidc_second_steps)


def test_what_the_provider_did_not_sign_is_no_second_step(
    app, people, provider, office, telephone
) -> None:
    office(oidc_claim="preferred_username", oidc_second_step="mfa")
    provider.userinfo = {"preferred_username": "wang.ying", "amr": ["mfa"], "acr": "mfa"}
    assert walked(browser(app)).location == "/sign-in/code?next=/topics"


def unbind(user) -> None:
    with transaction(CONSOLE) as session:
        service.unbind(session, user, CONSOLE, utc_now())


@pytest.mark.parametrize("anew", [False, True])
def test_whoever_is_unbound_half_way_comes_no_further(
    app, people, provider, telephone, anew
) -> None:
    client = browser(app)
    walked(client)
    unbind(people.signer)
    if anew:
        bound(people.signer, provider, "u-2002")
    answer = code(client, telephone.now())
    assert "绑定已更改" in said_at_sign_in(client, answer)
    assert not is_in(client)
    assert (methods(), events("sign_in")) == ([], [])


def test_of_one_coming_one_sign_in_comes(app, people, telephone) -> None:
    actor = people.signer.actor
    with transaction(actor) as session:
        given = recovery.issue(session, actor.id, utc_now())[0]
    client, copied = browser(app), browser(app)
    walked(client)
    with client.session_transaction() as cookie, copied.session_transaction() as other:
        other.update(cookie)
    assert code(client, telephone.now()).location == "/topics"
    assert "绑定已更改" in said_at_sign_in(copied, code(copied, given))
    assert methods() == [Method.OIDC_CODE]
