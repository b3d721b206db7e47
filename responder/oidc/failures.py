"""What goes wrong beside the identity provider, in sentences for people and a code for the log."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.exceptions import UnsupportedAlgorithm

from responder.core.errors import DomainError
from responder.sources.fetching import FetchFailed

log = logging.getLogger(__name__)

BROKEN = 500  # from this status on it is the provider that does not work


class NotLetIn(DomainError):
    """The provider lets nobody in by this try. The sentence says what to do next.

    :ivar detail: what lies behind it, for whoever looks after the machine; never for the page.
    :ivar away: the provider does not work; it is nobody's wrong try.
    """

    def __init__(self, message: str, detail: str = "", *, away: bool = False) -> None:
        super().__init__(message)
        self.detail = detail
        self.away = away


@contextmanager
def in_words() -> Iterator[None]:
    """What Authlib, the network or the provider's answers fail with, in a sentence for people."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import ExpiredTokenError, JoseError
    from requests import RequestException

    try:
        yield
    except FetchFailed as error:
        log.warning("identity provider: %s", error.message)
        raise _away(error.message) from error
    except ExpiredTokenError as error:
        _note(error)
        raise NotLetIn(
            "统一身份认证给出的登录凭据已过期：请重新登录；再出现时，请系统管理员核对两边的时间"
        ) from error
    except JoseError as error:
        _note(error)
        raise NotLetIn(
            "统一身份认证给出的登录凭据不是给这次登录的，没有采用：请重新登录；"
            "再出现时，请联系系统管理员"
        ) from error
    except (AuthlibBaseError, RequestException) as error:
        _note(error)
        if status := _broken(error):
            raise _away(f"对方应答 {status}") from error
        raise NotLetIn(
            "统一身份认证服务没有确认这次登录：请重新登录；再出现时，请联系系统管理员"
        ) from error
    except (
        ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, UnsupportedAlgorithm,
        ValueError,
    ) as error:  # fmt: skip
        _note(error)
        raise NotLetIn(
            "统一身份认证服务的应答无法读取：请稍后再试，或用密码登录；再出现时，请联系系统管理员"
        ) from error


def _away(detail: str) -> NotLetIn:
    return NotLetIn(
        "统一身份认证服务现在不能用：请稍后再试，或用密码登录；"
        "系统管理员可用 responder doctor 查看原因",
        detail,
        away=True,
    )


def _broken(error: Exception) -> int:
    """The status by which the provider says that it does not work; 0 where it does."""
    status = getattr(getattr(error, "response", None), "status_code", 0)
    return status if status >= BROKEN else 0


def _note(error: Exception) -> None:
    """For the log: nothing that somebody could have written."""
    code = str(getattr(error, "error", ""))
    shown = code if re.fullmatch(r"[a-z_]{1,40}", code) else ""
    log.warning("identity provider: %s %s", type(error).__name__, shown)
