"""Pure decisions on webhooks: the signature, the body's shape, when to try again.

Headers and signature follow Standard Webhooks: ``webhook-id`` (the number of the delivery, the
same on every try), ``webhook-timestamp`` (seconds since 1970) and ``webhook-signature``:
``v1,`` and the base64 of HMAC-SHA256 over ``id.timestamp.body``, by the key that follows
``whsec_`` in the secret (base64).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

PREFIX = "whsec_"
KEY_BYTES = 32

# After the first failure, the second, …; two days in all, and then it is given up.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 720, 720))
LONGEST_ASKED = timedelta(hours=12)


def secret_of(key: bytes) -> str:
    """How a key is written down for the receiver."""
    return PREFIX + base64.b64encode(key).decode("ascii")


def headers(secret: str, number: str, moment: datetime, body: bytes) -> dict[str, str]:
    """What a request carries, so that the receiver knows who sends it and when.

    :param moment: aware; of this try.
    """
    timestamp = str(int(moment.timestamp()))
    return {
        "webhook-id": number,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(secret, number, timestamp, body),
    }


def signature(secret: str, number: str, timestamp: str, body: bytes) -> str:
    """``v1,…`` over number, time and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join((number.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii")


def next_try(now: datetime, tries: int, asked: timedelta | None = None) -> datetime | None:
    """When to try again after so many failures in a row; None: not any more.

    :param tries: at least 1.
    :param asked: by the other side (Retry-After); waited for up to twelve hours.
    """
    if tries > len(PAUSES):
        return None
    return now + max(PAUSES[tries - 1], min(asked or timedelta(0), LONGEST_ASKED))
