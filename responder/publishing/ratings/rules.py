"""Pure decisions on ratings: whose address counts as one."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence

NETWORK_OF_ONE_HOUSEHOLD = 64  # bits of an IPv6 address; the rest each device makes up itself


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


def digest(salt: str, entry_id: int, address: str) -> str:
    """64 hex digits for an address and an entry, which nobody can take back without the salt."""
    said = f"{entry_id} {address}".encode()
    return hmac.new(salt.encode(), said, hashlib.sha256).hexdigest()
