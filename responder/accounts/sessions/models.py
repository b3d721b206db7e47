"""A sign-in, from where it was begun to why it ended."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from responder.accounts.models import User
from responder.accounts.sessions.rules import Limits
from responder.core.database import Base, choice


class Method(StrEnum):
    """By what somebody signed in.

    :cvar OIDC: by the identity provider; what follows it was asked for here.
    :cvar OIDC_STRONG: by the identity provider, which has seen a second step itself.
    """

    PASSWORD = "password"  # noqa: S105
    CODE = "code"
    RECOVERY = "recovery"
    OIDC = "oidc"
    OIDC_CODE = "oidc_code"
    OIDC_RECOVERY = "oidc_recovery"
    OIDC_STRONG = "oidc_strong"


class Why(StrEnum):
    """Why a sign-in ended."""

    SIGNED_OUT = "signed_out"
    IDLE = "idle"
    EXPIRED = "expired"
    PASSWORD = "password"  # noqa: S105
    CLOSED = "closed"
    ELSEWHERE = "elsewhere"
    ADMINISTRATOR = "administrator"


ONE_STEP = frozenset({Method.PASSWORD, Method.OIDC})
BY_PROVIDER = frozenset(
    {Method.OIDC, Method.OIDC_CODE, Method.OIDC_RECOVERY, Method.OIDC_STRONG}
)  # fmt: skip
METHOD_LABELS = {
    Method.PASSWORD: "密码", Method.CODE: "动态口令", Method.RECOVERY: "恢复码",
    Method.OIDC: "统一身份认证", Method.OIDC_CODE: "统一身份认证和动态口令",
    Method.OIDC_RECOVERY: "统一身份认证和恢复码",
    Method.OIDC_STRONG: "统一身份认证（含两步验证）",
}  # fmt: skip
WHY_LABELS = {
    Why.SIGNED_OUT: "已退出",
    Why.IDLE: "长时间没有操作",
    Why.EXPIRED: "到了最长时间",
    Why.PASSWORD: "密码已修改",
    Why.CLOSED: "账号已停用",
    Why.ELSEWHERE: "本人从别处结束",
    Why.ADMINISTRATOR: "由系统管理员结束",
}


class SignInSession(Base):
    """One sign-in (登录记录).

    :ivar digest: SHA-256 of the number in the cookie: of 256 random bits no slow hash is needed.
    :ivar seal: of the password that it was begun with.
    :ivar address: as far as it may be shown; ``address_key`` knows the whole one again.
    :ivar seen_at: of the last request, to a minute, so that reading costs no write.
    """

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    seal: Mapped[str] = mapped_column(String(16))
    method: Mapped[Method] = mapped_column(choice(Method, "method"))
    address: Mapped[str] = mapped_column(String(48))
    address_key: Mapped[str] = mapped_column(String(64))
    browser: Mapped[str] = mapped_column(String(60))
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    why: Mapped[Why | None] = mapped_column(choice(Why, "why"))
    user: Mapped[User] = relationship()

    def over(self, now: datetime, limits: Limits) -> Why | None:
        """Why it no longer opens anything, whether or not that was written down; None if it does.

        A new password or a closed account ends it by itself: no caller can forget to.
        """
        if self.ended_at is not None:
            return self.why
        if not self.user.active:
            return Why.CLOSED
        if self.seal != self.user.seal:
            return Why.PASSWORD
        if now - self.begun_at >= limits.longest:
            return Why.EXPIRED
        return Why.IDLE if now - self.seen_at >= limits.idle else None
