"""Whoever asks, by the address and the browser that a request tells of: whole, masked, as a key."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Sequence

NETWORK_OF_ONE_HOUSEHOLD = 64  # bits of an IPv6 address; the rest each device makes up itself
SHOWN_OF_A_NETWORK = 48  # bits of it that a list of sign-ins shows
UNKNOWN = ""

# The first that is found: most browsers name others before themselves.
_BROWSERS = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("wxwork", "企业微信"), ("Edg", "Edge"),
    ("OPR", "Opera"), ("QQBrowser", "QQ 浏览器"), ("UCBrowser", "UC 浏览器"),
    ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Version", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def address_of(peer: str, forwarded: Sequence[str], proxies: int) -> str:
    """Whoever asks, behind so many proxies of the office's own.

    :param peer: the other end of the connection.
    :param forwarded: X-Forwarded-For, in its order; what stands before the office's own
        proxies' entries anybody could have written.
    """
    address = forwarded[-proxies] if 0 < proxies <= len(forwarded) else peer
    try:
        known = ipaddress.ip_address(address.strip())
    except ValueError:
        return peer
    known = getattr(known, "ipv4_mapped", None) or known
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((known, NETWORK_OF_ONE_HOUSEHOLD), strict=False))


def is_unnamed_proxy(peer: str, forwarded: Sequence[str], proxies: int) -> bool:
    """Does the other end look like a proxy of the office's own that the settings do not name?"""
    if proxies or not forwarded:
        return False
    try:
        return ipaddress.ip_address(peer).is_private
    except ValueError:
        return False


def masked(address: str) -> str:
    """As much of an address as tells one place of work from another: ``10.1.3.*``."""
    try:
        network = ipaddress.ip_network(address, strict=False)
    except ValueError:
        return UNKNOWN
    if network.version == 4:
        return str(network.network_address).rpartition(".")[0] + ".*"
    return str(network.supernet(new_prefix=min(network.prefixlen, SHOWN_OF_A_NETWORK)))


def key_of(secret: str, *words: object) -> str:
    """64 hex digits by which words are known again, and which nobody can take back."""
    said = "\0".join(str(word) for word in words)
    return hmac.new(secret.encode(), said.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def browser_of(user_agent: str) -> str:
    """What a browser calls itself, in short: ``Chrome 131 · Windows``."""
    found = (
        f"{name}{f' {version[1]}' if version[1] else ''}"
        for mark, name in _BROWSERS
        if (version := re.search(rf"\b{mark}[\w]*/?(\d{{0,4}})", user_agent))
    )
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), UNKNOWN)
    return " · ".join(part for part in (next(found, UNKNOWN), system) if part)
