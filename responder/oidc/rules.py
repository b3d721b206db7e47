"""What an identity token says, read without trusting more of it than it proves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SUBJECT = "sub"
EMAIL, VERIFIED = "email", "email_verified"
LONGEST = 255  # characters of a subject, by OpenID Connect Core, section 2; of a name by ours


def word(claims: Mapping[str, Any], name: str) -> str:
    """A claim that is a text; empty where there is none, or something else.

    What cannot be stored as it is, or typed by an administrator, is none: it must not be taken for
    what is left of it.
    """
    value = claims.get(name)
    if not isinstance(value, str) or len(value) > LONGEST or not _can_be_stored(value):
        return ""
    return value if value == value.strip() else ""


def binding_word(claims: Mapping[str, Any], claim: str) -> str:
    """The name that a prepared one is held against; empty where ``sub`` alone counts.

    :param claims: of one source: an address counts where that source says it was verified.
    """
    if claim == SUBJECT or (claim == EMAIL and claims.get(VERIFIED) is not True):
        return ""
    return word(claims, claim)


def shown_name(*sources: Mapping[str, Any]) -> str:
    """What the provider calls somebody, for the administrator who looks for them."""
    named = (word(claims, name) for claims in sources for name in ("preferred_username", "name"))
    return next(filter(None, named), "")


def is_lately(auth_time: object, now: float, longest: float, leeway: float) -> bool:
    """Whether somebody showed the provider who they are within the last ``longest`` seconds.

    :param auth_time: by OpenID Connect Core, section 2: seconds since 1970, of its own clock.
    :param now: the same of ours.
    :param leeway: seconds by which the two clocks may differ.
    """
    if not isinstance(auth_time, int | float) or isinstance(auth_time, bool):
        return False
    return now - longest - leeway <= auth_time <= now + leeway


def has_done_second_step(claims: Mapping[str, Any], accepted: frozenset[str]) -> bool:
    """Whether the provider says of this sign-in one of the words that the office accepts.

    :param accepted: values of ``amr`` (any one of the list) or of ``acr``.
    """
    methods = claims.get("amr")
    said = {one for one in methods if isinstance(one, str)} if isinstance(methods, list) else set()
    return not accepted.isdisjoint((said | {word(claims, "acr")}) - {""})


def _can_be_stored(value: str) -> bool:
    """Neither half of a character (a lone surrogate) nor what PostgreSQL keeps in no text."""
    try:
        return b"\0" not in value.encode()
    except UnicodeEncodeError:
        return False
