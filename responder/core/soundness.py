"""What must hold in a database whatever happened to it: each room names its own checks.

``responder verify`` asks them all; a restored backup is asked before anybody works with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from sqlalchemy.orm import Session

# Gives a sentence for each thing that does not hold; nothing when all is well.
Check = Callable[[Session], Iterable[str]]
SomeCheck = TypeVar("SomeCheck", bound=Check)

_CHECKS: dict[str, Check] = {}


def holds(label: str) -> Callable[[SomeCheck], SomeCheck]:
    """Have a check asked by ``responder verify``.

    :param label: what it looks at, in a few words.
    """

    def name(check: SomeCheck) -> SomeCheck:
        _CHECKS[label] = check
        return check

    return name


def checks() -> Mapping[str, Check]:
    """Label → check, in the order in which they were named."""
    return _CHECKS
