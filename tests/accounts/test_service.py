"""People and passwords."""

from __future__ import annotations

import pytest

from responder.accounts import service
from responder.core.database import transaction
from responder.core.errors import Forbidden, Invalid
from responder.core.permissions import CONSOLE, Permission, Role
from tests.factories import PASSWORD


def test_the_right_password_signs_in(session, people) -> None:
    user = people.editor
    with transaction(CONSOLE):
        assert service.authenticate(session, "editor", PASSWORD).id == user.id


@pytest.mark.parametrize(("name", "password"), [("editor", "wrong one"), ("nobody", PASSWORD)])
def test_wrong_names_and_wrong_passwords_are_told_alike(session, people, name, password) -> None:
    assert people.editor
    with pytest.raises(Forbidden, match="用户名或密码不正确"), transaction(CONSOLE):
        service.authenticate(session, name, password)


def test_a_closed_account_stays_out(session, people) -> None:
    user = people.editor
    with transaction(CONSOLE):
        user.active = False
    with pytest.raises(Forbidden), transaction(CONSOLE):
        service.authenticate(session, "editor", PASSWORD)


def test_passwords_are_stored_with_argon2(people) -> None:
    assert people.editor.password_hash.startswith("$argon2id$")


def test_a_short_password_or_a_taken_name_is_refused(session, people) -> None:
    assert people.editor
    with pytest.raises(Invalid, match="至少 10 位"), transaction(CONSOLE):
        service.create_user(session, "new", "新人", "short", [])
    with pytest.raises(Invalid, match="已被使用"), transaction(CONSOLE):
        service.create_user(session, "editor", "新人", PASSWORD, [])


def test_rights_are_the_sum_of_the_posts(session) -> None:
    with transaction(CONSOLE):
        user = service.create_user(
            session, "two", "两岗", PASSWORD, [Role.OPERATOR, Role.FIRST_REVIEWER]
        )
    assert user.actor.may(Permission.MESSAGE_LOG)
    assert user.actor.may(Permission.REVIEW_FIRST)
    assert not user.actor.may(Permission.RESPONSE_SIGN)
