"""What an identity token says, read without trusting more of it than it proves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SUBJECT = "sub"
LONGEST = 255  # characters of a subject, by OpenID Connect Core, section 2; of a name by ours


def word(claims: Mapping[str, Any], name: str) -> str:
    """A claim that is a text; empty where there is none, or something else.

    What cannot be stored as it is, or typed by an administrator, is none: it must not be taken for
    what is left of it.
    """
    value = claims.get(name)
    if not isinstance(value, str) or len(value) > LONGEST or "\0" in value:
        return ""
    return value if value == value.strip() else ""


def has_done_second_step(claims: Mapping[str, Any], accepted: frozenset[str]) -> bool:
    """Whether the provider says of this sign-in one of the words that the office accepts.

    :param accepted: values of ``amr`` (any one of the list) or of ``acr``.
    """
    methods = claims.get("amr")
    said = {one for one in methods if isinstance(one, str)} if isinstance(methods, list) else set()
    return not accepted.isdisjoint(said | {word(claims, "acr")})
