"""Proving who one is before signing: by password or, once enrolled, by one-time code (TOTP).

Codes follow RFC 6238: six digits, thirty seconds, one step of drift. A try is counted before
it is looked at, so that many at once are no more than many one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

import pyotp
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from responder.accounts import recovery, service
from responder.accounts.models import User
from responder.accounts.proof_models import SigningProof
from responder.core import audit
from responder.core.errors import Forbidden, GuardRefused, Invalid, WrongState
from responder.core.permissions import Actor
from responder.core.turns import take_turns

PASSWORD, CODE, RECOVERY = "password", "code", "recovery"
METHOD_LABELS = {PASSWORD: "密码", CODE: "动态口令"}

MOST_TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
PENDING_FOR = timedelta(minutes=10)
DRIFT_STEPS = (0, -1, 1)


@dataclass(frozen=True)
class Proven:
    """That somebody has just proved who they are, and how. Good for one request."""

    user_id: int
    method: str


@dataclass(frozen=True)
class Right:
    """A proof that is right as far as could be read.

    :ivar step: of a one-time code.
    :ivar recovery_id: of a recovery code.
    """

    method: str
    step: int = 0
    recovery_id: int = 0


def method_of(session: Session, user_id: int) -> str:
    """By what this person proves who they are: ``password`` or ``code``."""
    proof = _find(session, user_id)
    return CODE if proof is not None and proof.secret else PASSWORD


def count_try(session: Session, actor: Actor, now: datetime) -> None:
    """Count a try before it is looked at; store it, whatever becomes of it.

    :raises Forbidden: too many were wrong; the person waits.
    """
    proof = _kept(session, actor)
    if proof.locked_until is not None:
        if proof.locked_until > now:
            minutes = -((now - proof.locked_until) // timedelta(minutes=1))
            raise Forbidden(f"验证连续出错 {MOST_TRIES} 次，已暂停：请 {minutes} 分钟后再试")
        proof.tries, proof.locked_until = 0, None
    proof.tries += 1
    if proof.tries >= MOST_TRIES:
        proof.locked_until = now + LOCKED_FOR
    session.flush()


def examine(
    session: Session, actor: Actor, given: str, now: datetime, with_recovery: bool = False
) -> Right | None:
    """What was given, if it is right. Only reads: hashing takes its time.

    :param with_recovery: a recovery code does, too: to sign in and to change telephones.
    """
    user = session.get_one(User, actor.id)
    proof = _find(session, user.id)
    if proof is not None and proof.secret:
        step = _step_of(proof.secret, given, now)
        if step is not None:
            return Right(CODE, step) if step > proof.last_step else None
        found = recovery.find(session, user.id, given) if with_recovery else None
        return Right(RECOVERY, recovery_id=found) if found is not None else None
    return Right(PASSWORD) if knows_password(session, actor, given) else None


def knows_password(session: Session, actor: Actor, given: str) -> bool:
    """Whether this is the person's password. Only reads: hashing takes its time."""
    try:
        service.authenticate(session, session.get_one(User, actor.id).username, given)
    except Forbidden:
        return False
    return True


def accept(session: Session, actor: Actor, right: Right, now: datetime) -> Proven | None:
    """Take a proof that is right; None for a code that was taken meanwhile."""
    if right.method == RECOVERY:
        if not recovery.use(session, right.recovery_id, now):
            return None
        audit.record(session, "recovery_used", session.get_one(User, actor.id), actor=actor)
    statement = (
        update(SigningProof)
        .where(SigningProof.user_id == actor.id)
        .values(tries=0, locked_until=None)
        .execution_options(synchronize_session=False)
    )
    if right.method == CODE:
        fresh = SigningProof.last_step < right.step
        statement = statement.where(fresh).values(last_step=right.step)
    taken = session.execute(statement.returning(SigningProof.id)).first()
    session.expire_all()
    if taken is None or actor.id is None:
        return None
    return Proven(actor.id, right.method)


def signed_by(actor: Actor, proven: Proven | None) -> str:
    """By what whoever signs has just proved who they are.

    :raises GuardRefused: they have not.
    """
    if proven is None or proven.user_id != actor.id:
        raise GuardRefused("签发须先验证是您本人：请输入密码或动态口令", {"proof": "必填"})
    return proven.method


def refuse(session: Session, actor: Actor) -> None:
    """Note in the trail that a proof was wrong, never what it was."""
    user = session.get_one(User, actor.id)
    proof = _kept(session, actor)
    audit.record(session, "proof_refused", user, actor=actor)
    if proof.locked_until is not None:
        audit.record(session, "proof_locked", user, actor=actor)


def begin(session: Session, actor: Actor, proven: Proven | None, now: datetime) -> None:
    """Make a secret for somebody who has proved who they are; a first code will confirm it."""
    _require(actor, proven)
    proof = _kept(session, actor)
    proof.pending, proof.pending_at = pyotp.random_base32(), now
    audit.record(session, "code_begun", session.get_one(User, actor.id), actor=actor)


def confirm(
    session: Session, actor: Actor, proven: Proven | None, given: str, now: datetime
) -> None:
    """The first code of a new secret; from now on codes count and the password does not.

    Whoever sees the secret could confirm it: so they prove once more who they are.

    :raises Forbidden: they have not.
    :raises WrongState: nothing was begun, or too long ago.
    :raises Invalid: the code is wrong.
    """
    _require(actor, proven)
    proof = _kept(session, actor)
    if not _is_fresh(proof, now):
        raise WrongState("没有待确认的动态口令，或已过十分钟：请重新点“启用动态口令”")
    step = _step_of(proof.pending, given, now)
    if step is None:
        raise Invalid(
            "动态口令不正确：请确认手机时间准确，输入当前显示的六位数字", {"code": "不正确"}
        )
    proof.secret, proof.pending, proof.pending_at = proof.pending, "", None
    proof.enrolled_at, proof.last_step = now, step
    proof.tries, proof.locked_until = 0, None
    audit.record(session, "code_enrolled", session.get_one(User, actor.id), actor=actor)


def issue_recovery_codes(
    session: Session, actor: Actor, proven: Proven | None, now: datetime
) -> list[str]:
    """Ten recovery codes for somebody who has proved who they are: shown once.

    :raises Forbidden: they have not.
    :raises WrongState: they have no one-time codes, so nothing to recover.
    """
    _require(actor, proven)
    assert actor.id is not None, "whoever has proved who they are has an account"
    if method_of(session, actor.id) != CODE:
        raise WrongState("还没有启用动态口令，不需要恢复码：请先启用动态口令")
    codes = recovery.issue(session, actor.id, now)
    audit.record(session, "recovery_issued", session.get_one(User, actor.id), actor=actor)
    return codes


def remove(session: Session, user: User, actor: Actor) -> None:
    """Codes count no more, the password does: a lost telephone. For whoever manages accounts."""
    proof = _find(session, user.id)
    if proof is None or not (proof.secret or proof.pending):
        raise WrongState(f"{user.display_name}没有启用动态口令，不必停用")
    proof.secret = proof.pending = ""
    proof.enrolled_at = proof.pending_at = None
    recovery.forget(session, user.id)
    audit.record(session, "code_removed", user, actor=actor)


def pending_secret(session: Session, user_id: int, now: datetime) -> str:
    """The secret that still waits for its first code; empty when none does, or no longer."""
    proof = _find(session, user_id)
    return proof.pending if proof is not None and _is_fresh(proof, now) else ""


def provisioning_uri(secret: str, username: str, issuer: str) -> str:
    """The address by which an authenticator on the same device takes a secret over."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def _require(actor: Actor, proven: Proven | None) -> None:
    if proven is None or proven.user_id != actor.id:
        raise Forbidden("请先验证身份，再办理动态口令")


def _is_fresh(proof: SigningProof, now: datetime) -> bool:
    since = proof.pending_at
    return bool(proof.pending) and since is not None and now < since + PENDING_FOR


def _find(session: Session, user_id: int) -> SigningProof | None:
    return session.scalar(select(SigningProof).where(SigningProof.user_id == user_id))


def _kept(session: Session, actor: Actor) -> SigningProof:
    """This person's row, made when missing, while whatever else they sent waits."""
    assert actor.id is not None, "only people prove who they are"
    take_turns(session, actor)
    proof = _find(session, actor.id)
    if proof is None:
        proof = SigningProof(user_id=actor.id, secret="", pending="", last_step=0, tries=0)
        session.add(proof)
        session.flush()
    return proof


def _step_of(secret: str, given: str, now: datetime) -> int | None:
    """The step whose code this is, or None."""
    code = "".join(given.split())
    if not code.isascii():
        return None
    totp = pyotp.TOTP(secret)
    current = totp.timecode(now)
    steps = (current + drift for drift in DRIFT_STEPS)
    return next((step for step in steps if compare_digest(totp.generate_otp(step), code)), None)
