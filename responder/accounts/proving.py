"""The edge where somebody proves who they are: counted, looked at, taken or refused."""

from __future__ import annotations

from datetime import datetime

from responder.accounts import proofs, service
from responder.accounts.delays import service as delays
from responder.accounts.delays.rules import Counted, Kind
from responder.accounts.models import User
from responder.core.database import db, transaction
from responder.core.errors import Forbidden
from responder.core.permissions import Actor
from responder.web.callers import key_of

WRONG = {
    proofs.PASSWORD: "密码不正确，没有办理：请重新输入您的登录密码",
    proofs.CODE: "动态口令不正确或已用过，没有办理：请输入手机上新显示的六位数字",
}


def prove_password(actor: Actor, given: str, now: datetime) -> None:
    """Have somebody show that they know their password, whatever else they prove themselves by.

    Counted apart from one-time codes: whoever knows the password gets no new tries of those by it.

    :raises Delayed: too soon after what was wrong; the password is not looked at.
    :raises Forbidden: it is wrong.
    """
    counts = [Counted(Kind.PERSON, key_of("person", actor.id))]
    with transaction(actor, now) as session:
        delays.count(session, counts, now)
    right = proofs.knows_password(db.session, actor, given)
    with transaction(actor, now) as session:
        if right:
            delays.succeed(session, counts, now)
        else:
            user = session.get_one(User, actor.id)
            service.record_attempt(session, user.username, "password_refused", {})
    if not right:
        raise Forbidden("现在的密码不正确，没有修改：请重新输入", {"old": "不正确"})


def prove(actor: Actor, given: str, now: datetime, with_recovery: bool = False) -> proofs.Proven:
    """Have the person who acts prove it, before what needs it is begun.

    What was wrong is stored even though nothing else is. What was given goes nowhere else.

    :param with_recovery: a recovery code does, too; nothing is signed with one.
    :raises Forbidden: it is wrong, was used before, or too many were wrong.
    """
    with transaction(actor, now) as session:
        proofs.count_try(session, actor, now)
    right = proofs.examine(db.session, actor, given, now, with_recovery)
    with transaction(actor, now) as session:
        proven = proofs.accept(session, actor, right, now) if right else None
        if proven is None:
            proofs.refuse(session, actor)
    if proven is None:
        raise Forbidden(WRONG[proofs.method_of(db.session, actor.id or 0)], {"proof": "不正确"})
    return proven
