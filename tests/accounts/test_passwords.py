"""Passwords: which do, who changes them, and what comes first."""

from __future__ import annotations

import pytest
from flask import g
from sqlalchemy import select

from responder.accounts import service
from responder.accounts.password_rules import PasswordRules
from responder.accounts.password_views import rules_of
from responder.accounts.proof_models import SigningProof
from responder.accounts.proofs import MOST_TRIES
from responder.accounts.proving import prove
from responder.accounts.sessions.models import Why
from responder.core.errors import Forbidden
from responder.core.times import utc_now
from responder.settings import Settings
from tests.accounts.sessions.test_sessions import OPEN_PAGE, entered, opens, rows
from tests.accounts.test_proofs import enrolled
from tests.accounts.test_signing_in_with_codes import ENROLLED_AGO, deeds
from tests.factories import PASSWORD

NEW = "glass harbour 7"
NAMES = ("zhangwei", "张伟")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse", "a long one", "glass harbour 7", "Tq7#vLm2xR", "床前明月光疑是地上霜",
        "73918264550912", "only for measuring 1", "responder-demo",
    ],
)  # fmt: skip
def test_a_long_password_of_nothing_known_does(password) -> None:
    assert PasswordRules().problem(password, NAMES) is None


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short one", "至少 10 位"),
        ("x" * 201, "最多 200 位"),
        ("aaaaaaaaaaaa", "不同的字符太少"),
        ("abababababab", "不同的字符太少"),
        ("zhangwei is me", "用户名或姓名"),
        ("iewgnahz is me", "用户名或姓名"),
        ("Password123!", "太容易猜到"),
        ("P@ssw0rd2026", "太容易猜到"),
        ("Admin@20261129", "太容易猜到"),
        ("1234567890", "太容易猜到"),
        ("0987654321", "太容易猜到"),
        ("qwertyuiop12", "太容易猜到"),
        ("1qaz2wsx3edc", "太容易猜到"),
        ("abcdefghijkl", "太容易猜到"),
        ("woaini5201314", "太容易猜到"),
        ("asdfghjkl;888", "太容易猜到"),
        ("mima12345678", "太容易猜到"),
        ("abcdeabcdeabcdeabcde", "太容易猜到"),
    ],
)
def test_what_is_tried_first_does_not(password, said) -> None:
    assert said in (PasswordRules().problem(password, NAMES) or "")


def test_the_names_of_the_office_do_not_either(tmp_path) -> None:
    rules = rules_of(Settings(state_dir=tmp_path, city_name="江澜市", password_least=12))
    for password in ("jianglan2026!!", "Jianglan@12345", "huiyingtai2026", "responder-demo"):
        assert "太容易猜到" in (rules.problem(password) or ""), password
    assert "至少 12 位" in (rules.problem("short words") or "")


def changed(client, old=PASSWORD, new=NEW, again=None):
    g.pop("_login_user", None)
    return client.post("/password", data={"old": old, "new": new, "again": again or new})


def test_ones_own_password_is_changed_with_the_old_one(app, people, session) -> None:
    user = people.editor
    there, here = entered(app, user.username), entered(app, user.username)
    for given, said in (
        ({"old": "wrong"}, "现在的密码不正确"),
        ({"again": "another one"}, "两次输入的不一样"),
        ({"new": PASSWORD}, "和现在的一样"),
        ({"new": "qwertyuiop12"}, "太容易猜到"),
    ):
        answer = changed(here, **given)
        assert answer.status_code in (403, 422)
        assert said in answer.text
    assert opens(there)
    assert changed(here).status_code == 302
    assert (opens(here), opens(there)) == (True, False)
    assert rows()[0].why == Why.PASSWORD
    assert service.authenticate(session, user.username, NEW).id == user.id


def test_the_old_password_cannot_be_tried_for_ever(app, people) -> None:
    here = entered(app, people.editor.username)
    answers = [changed(here, old="wrong").status_code for _number in range(6)]
    assert answers == [403] * 5 + [429]
    late = changed(here)
    assert (late.status_code, "出错次数较多" in late.text) == (429, True)
    assert deeds().count("password_refused") == 5


def test_a_right_password_gives_no_new_tries_of_codes(app, people, session) -> None:
    actor = people.signer.actor
    here = entered(app, "signer")
    enrolled(actor, utc_now() - ENROLLED_AGO)
    for _number in range(MOST_TRIES - 1):
        with pytest.raises(Forbidden):
            prove(actor, "000000x", utc_now())
    assert changed(here, new=PASSWORD).status_code == 422  # it is right, and nothing is changed
    assert session.scalars(select(SigningProof.tries)).one() == MOST_TRIES - 1
    with pytest.raises(Forbidden, match="不正确"):
        prove(actor, "000000x", utc_now())
    assert changed(here, new=PASSWORD).status_code == 422
    with pytest.raises(Forbidden, match="已暂停"):
        prove(actor, "000000x", utc_now())


def test_a_password_that_another_set_is_changed_first(app, people, client) -> None:
    people.sign_in(client, people.administrator)
    form = {"username": "new", "display_name": "新人", "unit_id": "0", "roles": ["editor"]}
    assert client.post("/people/new", data={**form, "password": "responder1"}).status_code == 422
    client.post("/people/new", data={**form, "password": PASSWORD})
    new = entered(app, "new")
    answer = new.get(OPEN_PAGE)
    assert (answer.status_code, answer.location) == (302, "/password")
    kept = new.post("/responses/1/drafts", data={"answer": "写到一半的回应文字"})
    assert (kept.status_code, "写到一半的回应文字" in kept.text) == (403, True)
    assert "由别人设定" in new.get("/password").text
    assert changed(new).status_code == 302
    assert opens(new)


def test_the_console_sets_a_password_and_ends_what_is_open(app, people) -> None:
    assert people.editor
    client = entered(app, "editor")
    run = app.test_cli_runner().invoke
    arguments = ["accounts", "password", "editor", "--stdin"]
    assert run(args=arguments, input="short\n").exit_code != 0
    assert opens(client)
    result = run(args=arguments, input=f"{NEW}\n")
    assert result.exit_code == 0, result.output
    assert NEW not in result.output
    assert not opens(client)
    assert people.editor.must_change_password
