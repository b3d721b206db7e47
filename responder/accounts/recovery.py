"""Recovery codes (恢复码): ten on paper, each good once, for the day the telephone is lost."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from responder.accounts.proof_models import RecoveryCode

CODES = 10
RANDOM_BYTES = 10  # 80 bits are 16 letters and digits
GROUP = 4


def issue(session: Session, user_id: int, now: datetime) -> list[str]:
    """Ten new codes; those from before count no more. Nobody can read them again."""
    forget(session, user_id)
    codes = [_new() for _number in range(CODES)]
    session.add_all(
        RecoveryCode(user_id=user_id, digest=_digest(user_id, code), made_at=now) for code in codes
    )
    session.flush()
    return codes


def find(session: Session, user_id: int, given: str) -> int | None:
    """The number of the unused code that this is. Only reads."""
    return session.scalar(
        select(RecoveryCode.id).where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.digest == _digest(user_id, given),
            RecoveryCode.used_at.is_(None),
        )
    )


def use(session: Session, code_id: int, now: datetime) -> bool:
    """Take a code; False when it was taken meanwhile."""
    taken = session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.id == code_id, RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    return taken.first() is not None


def left(session: Session, user_id: int) -> int:
    """How many codes somebody still has."""
    query = select(func.count()).select_from(RecoveryCode)
    unused = query.where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def forget(session: Session, user_id: int) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def _new() -> str:
    plain = base64.b32encode(secrets.token_bytes(RANDOM_BYTES)).decode()
    return "-".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))


def _digest(user_id: int, code: str) -> str:
    """However it was typed: blanks, lines and small letters make no difference."""
    plain = "".join(one for one in code.upper() if one.isalnum())
    return sha256(f"{user_id} {plain}".encode("utf-8", "replace")).hexdigest()
