"""Pure decisions on ratings: how an address is kept."""

from __future__ import annotations

import hashlib
import hmac


def digest(salt: str, entry_id: int, address: str) -> str:
    """64 hex digits for an address and an entry, which nobody can take back without the salt."""
    said = f"{entry_id} {address}".encode()
    return hmac.new(salt.encode(), said, hashlib.sha256).hexdigest()
