"""Proofs of signers: wrong, right, replayed, throttled, enrolled, taken off."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select

from responder.accounts import proofs
from responder.accounts.proof_models import SigningProof
from responder.core.audit import AuditEvent
from responder.core.database import db, transaction
from responder.core.errors import Forbidden
from responder.core.times import utc_now
from responder.web.qr_codes import drawn
from tests.databases import DATABASES
from tests.factories import NOW, PASSWORD, People
from tests.installations import at_once, installation


def counted(actor, now=NOW) -> None:
    with transaction(actor, now) as session:
        proofs.count_try(session, actor, now)


def tried(actor, given, now=NOW):
    """One try, as the edge makes it; None when it was wrong."""
    counted(actor, now)
    right = proofs.examine(db.session, actor, given, now)
    with transaction(actor, now) as session:
        return proofs.accept(session, actor, right, now) if right else None


def enrolled(actor, now=NOW) -> pyotp.TOTP:
    """A telephone whose codes count from now on."""
    proven = tried(actor, PASSWORD, now)
    with transaction(actor, now) as session:
        proofs.begin(session, actor, proven, now)
    totp = pyotp.TOTP(proofs.pending_secret(db.session, actor.id, now))
    with transaction(actor, now) as session:
        proofs.confirm(session, actor, proven, totp.at(now), now)
    return totp


def test_a_code_counts_once_within_a_step_of_drift_and_the_password_no_more(people) -> None:
    actor, step = people.signer.actor, timedelta(seconds=30)
    assert proofs.method_of(db.session, actor.id) == proofs.PASSWORD
    assert tried(actor, PASSWORD) == proofs.Proven(actor.id, proofs.PASSWORD)
    totp = enrolled(actor)
    assert proofs.method_of(db.session, actor.id) == proofs.CODE
    assert tried(actor, PASSWORD) is None
    assert tried(actor, totp.at(NOW)) is None  # the enrolment used it up
    later = NOW + 4 * step
    for drift, taken in ((-2, False), (2, False), (-1, True), (1, True), (0, False), (1, False)):
        proven = tried(actor, totp.at(later + drift * step), later)
        assert (proven is not None) is taken, drift
    row = db.session.scalars(select(SigningProof)).one()
    assert totp.secret == row.secret
    stored = db.session.connection().exec_driver_sql("SELECT secret FROM signing_proof").scalar()
    assert totp.secret not in str(stored)


def test_five_wrong_tries_lock_for_a_quarter_of_an_hour(people) -> None:
    actor = people.signer.actor
    for _number in range(proofs.MOST_TRIES):
        assert tried(actor, "wrong") is None
    with pytest.raises(Forbidden, match="请 15 分钟后再试"):
        tried(actor, PASSWORD)
    with pytest.raises(Forbidden, match="请 1 分钟后再试"):
        tried(actor, PASSWORD, NOW + timedelta(minutes=14, seconds=30))
    assert tried(actor, PASSWORD, NOW + proofs.LOCKED_FOR) is not None
    # A right one begins the count anew.
    assert tried(actor, "wrong", NOW + proofs.LOCKED_FOR) is None
    assert db.session.scalars(select(SigningProof.tries)).one() == 1


def test_the_fifth_try_may_still_be_right(people) -> None:
    actor = people.signer.actor
    for _number in range(proofs.MOST_TRIES - 1):
        tried(actor, "wrong")
    assert tried(actor, PASSWORD) is not None


def sent(code: str) -> dict[str, str]:
    return {"code": code, "proof": PASSWORD}


def test_an_enrolment_is_confirmed_with_a_proof_unlocked_and_in_time(client, people) -> None:
    signer = people.signer
    people.sign_in(client, signer)
    client.post("/one-time-code/begin", data={"proof": PASSWORD})
    now = utc_now()
    secret = proofs.pending_secret(db.session, signer.id, now)
    code = pyotp.TOTP(secret).at(now)
    confirm = "/one-time-code/confirm"
    for data in ({"code": code}, {"code": code, "proof": "错误密码"}):
        assert client.post(confirm, data=data).status_code == 403
    with pytest.raises(Forbidden), transaction(signer.actor, now) as session:
        proofs.confirm(session, signer.actor, None, code, now)
    for _number in range(proofs.MOST_TRIES - 2):
        client.post(confirm, data={"code": code})
    locked = client.post(confirm, data=sent(code))
    assert (locked.status_code, "已暂停" in locked.text) == (403, True)
    assert proofs.method_of(db.session, signer.id) == proofs.PASSWORD
    with transaction(signer.actor, now) as session:
        row = session.scalars(select(SigningProof)).one()
        row.tries, row.locked_until = 0, None
        row.pending_at = now - proofs.PENDING_FOR
    assert secret not in client.get("/one-time-code").text
    late = client.post(confirm, data=sent(pyotp.TOTP(secret).at(utc_now())))
    assert (late.status_code, "已过十分钟" in late.text) == (409, True)
    assert secret not in late.text
    assert proofs.method_of(db.session, signer.id) == proofs.PASSWORD


def test_the_page_enrols_and_an_administrator_takes_it_off(client, people) -> None:
    signer = people.signer
    people.sign_in(client, signer)
    assert "登录密码" in client.get("/one-time-code").text
    assert client.post("/one-time-code/begin", data={"proof": "错误密码"}).status_code == 403
    assert client.post("/one-time-code/confirm", data=sent("123456")).status_code == 409
    assert client.post("/one-time-code/begin", data={"proof": PASSWORD}).status_code == 302
    secret = proofs.pending_secret(db.session, signer.id, utc_now())
    page = client.get("/one-time-code").text
    assert secret in page
    assert 'role="img" aria-label="添加密钥的二维码' in page
    [square] = re.findall(r'<svg[^>]*class="qr__code".*?</svg>', page)
    assert "style" not in square
    assert secret in proofs.provisioning_uri(secret, signer.username, "回应台")
    assert square == drawn(proofs.provisioning_uri(secret, signer.username, "回应台"))
    for wrong in ("000000x", "", "一二三四五六"):
        answer = client.post("/one-time-code/confirm", data=sent(wrong))
        assert answer.status_code == 422
    code = pyotp.TOTP(secret).at(utc_now())
    assert client.post("/one-time-code/confirm", data=sent(code)).status_code == 302
    assert secret not in client.get("/one-time-code").text
    people.sign_in(client, people.administrator)
    assert "停用动态口令" in client.get(f"/people/{signer.id}").text
    off = f"/people/{signer.id}/one-time-code/remove"
    assert client.post(off).status_code == 302
    assert client.post(off).status_code == 409
    assert proofs.method_of(db.session, signer.id) == proofs.PASSWORD
    people.sign_in(client, signer)
    assert client.post(off).status_code == 403
    trail = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    told = [line.action for line in trail if line.object_type == "user_account"]
    assert [one for one in told if one.startswith(("code", "proof"))] == [
        "proof_refused", "code_begun", "code_enrolled", "code_removed",
    ]  # fmt: skip
    kept = str([(line.changes, line.note) for line in trail])
    assert not any(word in kept for word in (secret, code, "错误密码", PASSWORD))


@pytest.mark.parametrize("database", DATABASES)
def test_at_the_same_moment_one_code_counts_once_and_five_tries_are_five(
    tmp_path: Path, database: str
) -> None:
    with installation(database, tmp_path) as app:
        with app.app_context():
            actor = People().signer.actor
            totp = enrolled(actor)
        later = NOW + timedelta(minutes=5)
        taken: list[object] = []

        def send(_number: int) -> None:
            if proven := tried(actor, totp.at(later), later):
                taken.append(proven)

        at_once(app, send)
        assert len(taken) == 1
        with app.app_context(), transaction(actor, NOW) as session:
            row = session.scalars(select(SigningProof)).one()
            row.tries, row.locked_until = proofs.MOST_TRIES - 1, None
        refused = at_once(app, lambda _number: counted(actor, later))
        assert {type(error) for error in refused} == {Forbidden}
        with app.app_context():
            assert db.session.scalars(select(SigningProof.tries)).one() == proofs.MOST_TRIES
