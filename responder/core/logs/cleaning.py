"""What a log line may hold: deeds, kinds, places and numbers, and of nobody what they are called.

Whoever logs says nothing of people to begin with. These steps are the net below: of an
exception its kind and its place, of an address nothing behind its host, of a path nothing behind
its first part, nothing of what is asked behind a ``?``, and of whatever text is left a form without
telephone numbers, ID cards, mail addresses and the like.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from responder.core.privacy import mask

Line = MutableMapping[str, Any]

FRAMES = 12
CAUSES = 4
# What the product writes itself, of its own making: a digest may hold eleven digits in a row.
OWN = frozenset(
    {"digest", "exception", "level", "logger", "method", "ms", "request", "route", "status",
     "timestamp", "number", "user", "pid"}
)  # fmt: skip

_ADDRESS = re.compile(r"(\b[a-z][a-z0-9+.-]*://)(\S*)", re.I)
# What may stand before an @ is a password, wherever that @ is: then not even the host is told.
_HOST = re.compile(
    r"(?:[^/@?#]*@)?((?:\[[0-9a-f:.]+\]|[\w.-]+)(?::\d+)?)(?:[^\w@.:-][^@]*|[.:])?", re.I
)
_ASKED = re.compile(r"\?+[^\s?]\S*")
_PATH = re.compile(r"(?<![\w./~-])(?!(?<=:)//)(/[^\s/]*)/\S+", re.A)
_ROOT = str(Path(__file__).resolve().parents[3])
# gunicorn names the whole address that failed, a token in it included.
_FAILED = re.compile(r"^(Error handling request|Invalid request|Exception on).*", re.S)


def without_words(_logger: object, _method: str, line: Line) -> Line:
    """An exception becomes its kind and its place: what it says may be what somebody wrote."""
    raised = line.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()
    if isinstance(raised, BaseException):
        raised = (type(raised), raised, raised.__traceback__)
    if isinstance(raised, tuple) and raised[1] is not None:
        line["exception"] = told(raised[1])
    line.pop("stack_info", None)
    return line


def told(error: BaseException) -> list[dict[str, Any]]:
    """An exception and what caused it: kind, what a machine says of it, and where it came from."""
    found: list[dict[str, Any]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(found) < CAUSES:
        seen.add(id(current))
        found.append({"type": kind_of(current), **_reason(current), "at": _places(current)})
        hidden = None if current.__suppress_context__ else current.__context__
        current = current.__cause__ or hidden
    return found


def kind_of(error: BaseException) -> str:
    """``sqlalchemy.exc.IntegrityError``; of Python's own kinds the name alone."""
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{module}{kind.__qualname__}"


def _reason(error: BaseException) -> dict[str, Any]:
    """What the system or the database says by a code: numbers and names of its own."""
    codes = {
        "errno": getattr(error, "strerror", None) if isinstance(error, OSError) else None,
        "code": getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None),
    }
    return {name: code for name, code in codes.items() if isinstance(code, str)}


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [
        f"{one.filename.removeprefix(_ROOT).lstrip('/')}:{one.lineno} {one.name}"
        for one in frames[-FRAMES:]
    ]


def without_people(_logger: object, _method: str, line: Line) -> Line:
    """The last net, over every value that is not the product's own."""
    for name, value in line.items():
        if name not in OWN:
            line[name] = cleaned(value)
    return line


def cleaned(value: Any) -> Any:
    """A value without addresses and personal data; what is no plain value becomes its kind."""
    if isinstance(value, str):
        text = _FAILED.sub(r"\1 …", value)
        text = _ASKED.sub("?…", _ADDRESS.sub(_host_alone, text))
        return mask(_PATH.sub(r"\1/…", text))
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [cleaned(one) for one in value]
    return f"<{type(value).__name__}>"


def _host_alone(address: re.Match[str]) -> str:
    host = _HOST.fullmatch(address[2])
    return f"{address[1]}{host[1] if host else ''}/…"
