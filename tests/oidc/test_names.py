"""Names that an administrator prepared: whom they bind, once, and by which claim."""

from __future__ import annotations

import pytest

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.oidc import service
from responder.oidc.models import OidcIdentity
from tests.oidc.walking import bound, browser, get, said_at_sign_in, walked

pytestmark = pytest.mark.usefixtures("office")
NAME = "wang.ying"
UNKNOWN = "还没有绑定账号"


def test_a_prepared_name_binds_the_first_who_shows_it_and_no_other(
    app, people, provider, office
) -> None:
    office(oidc_claim="preferred_username")
    editor = bound(people.editor, provider, "wang.ying", "preferred_username")
    provider.claims = {"preferred_username": "wang.ying"}
    assert walked(browser(app)).location == "/topics"
    [identity] = db.session.query(OidcIdentity).all()
    assert (identity.user_id, identity.subject) == (editor.id, "u-1001")
    # The name has moved on to somebody else, and the person has another one.
    provider.sub = "u-2002"
    other = browser(app)
    assert "还没有绑定账号" in said_at_sign_in(other, walked(other))
    provider.sub, provider.claims = "u-1001", {"preferred_username": "wang.y"}
    assert walked(browser(app)).location == "/topics"


def test_a_name_that_the_token_lacks_is_asked_for(app, people, provider, office) -> None:
    office(oidc_claim="preferred_username")
    bound(people.editor, provider, "wang.ying", "preferred_username")
    provider.userinfo = {"preferred_username": "wang.ying", "sub": "u-9"}
    client = browser(app)
    assert "应答无法读取" in said_at_sign_in(client, walked(client))
    provider.userinfo = {"preferred_username": "wang.ying"}
    assert walked(client).location == "/topics"


def test_a_prepared_name_binds_no_closed_account(app, people, provider, office) -> None:
    office(oidc_claim="preferred_username")
    editor = bound(people.editor, provider, "wang.ying", "preferred_username")
    with transaction(CONSOLE):
        editor.active = False
    provider.claims = {"preferred_username": "wang.ying"}
    client = browser(app)
    assert "账号已停用" in said_at_sign_in(client, walked(client))
    assert service.of_user(db.session, editor.id).subject is None


ADDRESS = "wang@city.example"
UNVERIFIED = {
    "nothing said": ({"email": ADDRESS}, {}),
    "said no": ({"email": ADDRESS, "email_verified": False}, {}),
    "a word": ({"email": ADDRESS, "email_verified": "true"}, {}),
    "unsigned": ({}, {"email": ADDRESS}),
    "said of another source": ({"email_verified": True}, {"email": ADDRESS}),
    "said by another source": ({"email": ADDRESS}, {"email_verified": True}),
}


@pytest.mark.parametrize("case", UNVERIFIED)
def test_an_address_that_nobody_verified_binds_nobody(app, people, provider, office, case) -> None:
    office(oidc_claim="email")
    editor = bound(people.editor, provider, ADDRESS, "email")
    provider.claims, provider.userinfo = UNVERIFIED[case]
    client = browser(app)
    assert UNKNOWN in said_at_sign_in(client, walked(client))
    assert service.of_user(db.session, editor.id).subject is None


@pytest.mark.parametrize("source", ["claims", "userinfo"])
def test_an_address_that_its_source_verified_binds(app, people, provider, office, source) -> None:
    office(oidc_claim="email")
    bound(people.editor, provider, ADDRESS, "email")
    setattr(provider, source, {"email": ADDRESS, "email_verified": True})
    assert walked(browser(app)).location == "/topics"


def test_a_name_counts_in_the_claim_alone_for_which_it_was_prepared(
    app, people, provider, office
) -> None:
    editor = bound(people.editor, provider, NAME, "employee_number")
    office(oidc_claim="nickname")
    provider.claims = {"nickname": NAME, "employee_number": NAME}
    client = browser(app)
    assert UNKNOWN in said_at_sign_in(client, walked(client))
    people.sign_in(client, people.administrator)
    page = get(client, f"/people/{editor.id}/oidc").text
    assert "按另一项准备的这个名称不起作用" in page
    assert "employee_number" in page
    office(oidc_claim="employee_number")
    assert walked(browser(app)).location == "/topics"
