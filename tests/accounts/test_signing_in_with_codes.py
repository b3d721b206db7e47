"""The second step of signing in: codes of the telephone, codes on paper, and who needs one."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from flask import g
from pydantic import ValidationError
from sqlalchemy import select

from responder.accounts import admitting, proofs, recovery
from responder.accounts.proof_models import RecoveryCode
from responder.accounts.sessions.models import SignInSession
from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.permissions import Role
from responder.core.times import utc_now
from responder.settings import Settings
from tests.accounts.test_proofs import enrolled
from tests.conftest import DATABASES
from tests.factories import PASSWORD, People
from tests.installations import at_once, installation

ENROLLED_AGO = timedelta(minutes=5)
PAPER = re.compile(r"<code>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</code>")


def sent(client, address, **data):
    g.pop("_login_user", None)  # the tests share one context; a browser does not
    return client.post(address, data=data)


def half_way(app, name="signer", next_="/topics"):
    """A browser at which name and password were typed."""
    client = app.test_client()
    answer = sent(client, "/sign-in", username=name, password=PASSWORD, next=next_)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in/code")
    return client


def code(client, given, next_="/topics"):
    return sent(client, f"/sign-in/code?next={next_}", code=given)


def is_in(client) -> bool:
    g.pop("_login_user", None)
    return client.get("/topics").status_code == 200


def on_paper(actor) -> list[str]:
    with transaction(actor) as session:
        return recovery.issue(session, actor.id, utc_now())


def deeds() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_the_password_alone_opens_nothing_and_one_code_signs_in_once(app, people) -> None:
    totp = enrolled(people.signer.actor, utc_now() - ENROLLED_AGO)
    first, second = half_way(app), half_way(app)
    assert not is_in(first)
    now = totp.now()
    answer = code(first, now)
    assert (answer.status_code, answer.location) == (302, "/topics")
    assert is_in(first)
    again = code(second, now)
    assert (again.status_code, "已用过" in again.text) == (403, True)
    assert not is_in(second)
    assert db.session.scalars(select(SignInSession.method)).all() == ["code"]
    assert deeds()[-2:] == ["sign_in", "sign_in_refused"]


def test_a_code_that_was_signed_with_does_not_sign_in(app, people) -> None:
    actor = people.signer.actor
    totp = enrolled(actor, utc_now() - ENROLLED_AGO)
    client, now = half_way(app), utc_now()
    right = proofs.examine(db.session, actor, totp.at(now), now)
    with transaction(actor, now) as session:
        assert right
        assert proofs.accept(session, actor, right, now)
    assert code(client, totp.at(now)).status_code == 403


def test_wrong_codes_wait_like_wrong_passwords(app, people) -> None:
    totp = enrolled(people.signer.actor, utc_now() - ENROLLED_AGO)
    client = half_way(app)
    answers = [code(client, "000000x").status_code for _number in range(6)]
    assert answers == [403] * 5 + [429]
    late = code(client, totp.now())
    assert (late.status_code, int(late.headers["Retry-After"]) > 0) == (429, True)
    # Whoever types the right password again gets no new tries by it.
    assert (
        sent(app.test_client(), "/sign-in", username="signer", password=PASSWORD).status_code == 429
    )


def test_the_second_step_needs_the_first_and_does_not_wait_for_ever(app, people) -> None:
    user = people.signer
    totp = enrolled(user.actor, utc_now() - ENROLLED_AGO)
    stranger = app.test_client()
    assert code(stranger, totp.now()).location.startswith("/sign-in?next=")
    late = half_way(app)
    with late.session_transaction() as cookie:
        user_id, seal, at, *more = cookie["half_way"]
        cookie["half_way"] = [user_id, seal, at - 301, *more]
    assert code(late, totp.now()).location.startswith("/sign-in?next=")
    assert not is_in(late)


def test_a_code_on_paper_signs_in_once_however_it_is_typed(app, people) -> None:
    actor = people.signer.actor
    enrolled(actor, utc_now() - ENROLLED_AGO)
    codes = on_paper(actor)
    assert len(set(codes)) == 10
    kept = str(db.session.connection().exec_driver_sql("SELECT * FROM recovery_code").all())
    assert not any(one in kept for one in codes)
    assert code(half_way(app), codes[0].lower().replace("-", " ")).status_code == 302
    page = sent(half_way(app), "/sign-in/code", code=codes[0])
    assert page.status_code == 403
    assert recovery.left(db.session, actor.id) == 9
    assert "recovery_used" in deeds()
    assert codes[1] not in str(db.session.scalars(select(AuditEvent.changes)).all())


def test_enrolling_shows_ten_codes_once_and_the_administrator_takes_all_off(client, people) -> None:
    signer = people.signer
    people.sign_in(client, signer)
    client.post("/one-time-code/begin", data={"proof": PASSWORD})
    secret = proofs.pending_secret(db.session, signer.id, utc_now())
    data = {"code": pyotp.TOTP(secret).now(), "proof": PASSWORD}
    done = client.post("/one-time-code/confirm", data=data)
    assert done.location == "/one-time-code/recovery-codes"
    shown = PAPER.findall(client.get(done.location).text)
    assert len(shown) == 10
    assert client.get(done.location).status_code == 302  # once
    # With one of them a new telephone is enrolled, but nothing else is done.
    again = client.post("/one-time-code/recovery-codes", data={"proof": shown[0]})
    assert again.status_code == 302
    renewed = PAPER.findall(client.get(again.location).text)
    assert set(renewed).isdisjoint(shown)
    assert client.post("/one-time-code/begin", data={"proof": shown[1]}).status_code == 403
    assert client.post("/one-time-code/begin", data={"proof": renewed[0]}).status_code == 302
    people.sign_in(client, people.administrator)
    client.post(f"/people/{signer.id}/one-time-code/remove")
    assert db.session.scalars(select(RecoveryCode)).all() == []


@pytest.fixture
def issued(client, people):
    """A browser at which a signer has just asked for new codes, and has not looked at them."""
    enrolled(people.signer.actor, utc_now() - ENROLLED_AGO)
    codes = on_paper(people.signer.actor)
    people.sign_in(client, people.signer)
    asked = client.post("/one-time-code/recovery-codes", data={"proof": codes[0]})
    assert asked.location == "/one-time-code/recovery-codes"
    return client


def shown(client) -> int:
    g.pop("_login_user", None)
    return len(PAPER.findall(client.get("/one-time-code/recovery-codes").text))


@pytest.mark.parametrize("elsewhere", ["/topics", "/one-time-code", "/sign-out"])
def test_codes_that_were_left_behind_are_dropped(issued, people, elsewhere) -> None:
    g.pop("_login_user", None)
    issued.open(elsewhere, method="POST" if elsewhere == "/sign-out" else "GET")
    with issued.session_transaction() as cookie:
        assert "new_recovery_codes" not in cookie
    people.sign_in(issued, people.signer)
    assert shown(issued) == 0


def test_what_a_page_asks_by_itself_drops_no_codes(issued) -> None:
    for address in ("/static/responder.css", "/errands/1/progress", "/no-such-page"):
        g.pop("_login_user", None)
        issued.get(address).close()
    assert shown(issued) == 10


def test_codes_are_shown_to_nobody_else(issued, people) -> None:
    with issued.session_transaction() as cookie:
        sealed = cookie["new_recovery_codes"]
    people.sign_in(issued, people.analyst)
    with issued.session_transaction() as cookie:
        cookie["new_recovery_codes"] = sealed
    assert shown(issued) == 0
    people.sign_in(issued, people.signer)
    with issued.session_transaction() as cookie:
        cookie["new_recovery_codes"] = sealed
    assert shown(issued) == 10


def test_the_console_helps_whoever_lost_everything(app, people) -> None:
    enrolled(people.signer.actor, utc_now() - ENROLLED_AGO)
    run = app.test_cli_runner().invoke
    assert run(args=["accounts", "remove-code", "signer"]).exit_code == 0
    client = app.test_client()
    assert sent(client, "/sign-in", username="signer", password=PASSWORD).location == "/"
    assert run(args=["accounts", "remove-code", "signer"]).exit_code != 0  # there is none


def test_nothing_is_signed_with_a_code_on_paper(people) -> None:
    actor = people.signer.actor
    enrolled(actor, utc_now() - ENROLLED_AGO)
    given, now = on_paper(actor)[0], utc_now()
    assert proofs.examine(db.session, actor, given, now) is None
    assert proofs.examine(db.session, actor, given, now, with_recovery=True) is not None


@pytest.fixture
def strict(app):
    """The office wants codes of signers and administrators."""
    settings = app.extensions["settings"]
    app.extensions["settings"] = settings.model_copy(update={"code_roles": "signer, administrator"})
    yield app
    app.extensions["settings"] = settings


def test_whoever_must_have_a_code_enrols_first(strict, people) -> None:
    signer = people.signer
    client = strict.test_client()
    sent(client, "/sign-in", username="signer", password=PASSWORD)
    assert client.get("/topics").location == "/one-time-code"
    kept = client.post("/responses/1/drafts", data={"answer": "写到一半的回应文字"})
    assert (kept.status_code, "写到一半的回应文字" in kept.text) == (403, True)
    assert "启用之后才能打开其他页面" in client.get("/one-time-code").text
    client.post("/one-time-code/begin", data={"proof": PASSWORD})
    secret = proofs.pending_secret(db.session, signer.id, utc_now())
    data = {"code": pyotp.TOTP(secret).now(), "proof": PASSWORD}
    assert client.post("/one-time-code/confirm", data=data).status_code == 302
    assert client.get("/topics").status_code == 200


def test_whoever_need_not_have_one_is_let_in(strict, people) -> None:
    assert people.editor
    client = strict.test_client()
    sent(client, "/sign-in", username="editor", password=PASSWORD)
    assert is_in(client)


def test_the_office_names_roles_that_there_are(tmp_path, client, people) -> None:
    settings = Settings(state_dir=tmp_path, code_roles="signer，administrator")
    assert settings.roles_with_codes == {Role.SIGNER, Role.ADMINISTRATOR}
    with pytest.raises(ValidationError, match="没有岗位 boss"):
        Settings(state_dir=tmp_path, code_roles="boss")
    people.sign_in(client, people.administrator)
    assert "RESPONDER_CODE_ROLES" in client.get("/people").text


@pytest.mark.parametrize("database", DATABASES)
def test_at_the_same_moment_a_code_on_paper_counts_once(tmp_path: Path, database: str) -> None:
    with installation(database, tmp_path) as app:
        with app.app_context():
            actor = People().signer.actor
            enrolled(actor, utc_now() - ENROLLED_AGO)
            given = on_paper(actor)[0]
        taken: list[object] = []

        def send(_number: int) -> None:
            now = utc_now()
            right = proofs.examine(db.session, actor, given, now, with_recovery=True)
            with transaction(actor, now) as session:
                if right and proofs.accept(session, actor, right, now):
                    taken.append(right)

        at_once(app, send)
        assert len(taken) == 1


def without_codes(people) -> None:
    with transaction(people.administrator.actor) as session:
        proofs.remove(session, people.signer, people.administrator.actor)


def test_whoever_has_no_codes_any_more_half_way_signs_in_anew(app, people) -> None:
    enrolled(people.signer.actor, utc_now() - ENROLLED_AGO)
    client = half_way(app)
    without_codes(people)
    g.pop("_login_user", None)
    assert client.get("/sign-in/code?next=/topics").location == "/sign-in?next=/topics"
    enrolled(people.signer.actor, utc_now() - ENROLLED_AGO)
    again = half_way(app)
    without_codes(people)
    assert code(again, PASSWORD).location == "/sign-in?next=/topics"
    assert not is_in(again)


def test_codes_that_are_taken_off_while_one_is_on_its_way_sign_nobody_in(
    app, people, monkeypatch
) -> None:
    enrolled(people.signer.actor, utc_now() - ENROLLED_AGO)
    client, check = half_way(app), admitting.check_code

    def late(*given):
        without_codes(people)
        return check(*given)

    monkeypatch.setattr(admitting, "check_code", late)
    answer = code(client, PASSWORD)
    assert answer.location == "/sign-in?next=/topics"
    assert "请重新登录" in client.get("/sign-in").text
    assert not is_in(client)
