"""Whoever sent this request, by address and browser; behind the office's own proxies."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import current_app, request
from flask_babel import lazy_gettext as _l

from responder.core import addresses

log = logging.getLogger(__name__)

NEEDS_HTTPS = _l(
    "这里不是经 HTTPS 打开的，浏览器不会保留登录：请改用以 https:// 开头的地址；"
    "没有启用 HTTPS 的，请系统管理员设置 RESPONDER_SECURE_COOKIES=false。"
)
WARNED = "callers.unnamed_proxy"  # in the application: said once, not on every request


@dataclass(frozen=True)
class Caller:
    """Where a request came from.

    :ivar shown: the address as far as pages and the trail may show it.
    :ivar key: by which the address is known again.
    :ivar browser: what the browser calls itself, in short.
    """

    shown: str
    key: str
    browser: str

    @property
    def told(self) -> dict[str, str]:
        """What the trail says of it: nothing by which an address is known again."""
        return {"address": self.shown, "browser": self.browser}


def caller() -> Caller:
    """Of this request."""
    address = caller_address()
    return Caller(
        addresses.masked(address),
        key_of("address", address),
        addresses.browser_of(request.headers.get("User-Agent", "")),
    )


def key_of(*words: object) -> str:
    """64 hex digits for words, by this installation's own key."""
    return addresses.key_of(current_app.config["SECRET_KEY"], *words)


def caller_address() -> str:
    """The address of whoever asks; of IPv6 the network of their household."""
    peer = request.remote_addr or ""
    proxies = current_app.extensions["settings"].own_proxies
    header = request.headers.get("X-Forwarded-For", "")
    forwarded = [one for one in header.split(",") if one.strip()]
    unnamed = addresses.is_unnamed_proxy(peer, forwarded, proxies)
    if unnamed and WARNED not in current_app.extensions:
        current_app.extensions[WARNED] = True
        log.warning(
            "a proxy at a private address sends X-Forwarded-For, but RESPONDER_OWN_PROXIES is 0: "
            "all readers behind it are counted as one; set it to the number of your proxies"
        )
    return addresses.address_of(peer, forwarded, proxies)


def loses_cookies() -> bool:
    """Whether this browser, which came by plain HTTP, sends back no cookie that we give it.

    A proxy says by what it was asked; one that says nothing of it is believed to use HTTPS.
    """
    if not current_app.config["SESSION_COOKIE_SECURE"] or request.is_secure:
        return False
    asked_by = request.headers.get("X-Forwarded-Proto", "")
    if asked_by:
        return asked_by.partition(",")[0].strip().lower() == "http"
    return "X-Forwarded-For" not in request.headers


def at_desk(path: str) -> str:
    """A whole address of the desk: as it is set, else as this request asked for it."""
    root = current_app.extensions["settings"].desk_url or request.host_url
    return f"{root.rstrip('/')}{path}"
