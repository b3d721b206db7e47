"""Every regular expression of the product, held against the runs that make a careless one hang.

`re` keeps the interpreter to itself while it searches: an expression whose time grows with the
square of a text that anybody may send stops all requests of a process.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
from collections.abc import Iterator, Sequence
from types import FrameType, ModuleType
from typing import Any

LENGTH = 3_000  # characters of a run
SECONDS = 0.5  # of the processor, for one run; a linear one takes a hundredth of it
# What expressions are made of, repeated, and then something that none of them ends with.
REPEATED: tuple[str, ...] = (
    *" 1a\n\t中_-.<&@:/,，、(（第一0零月日号=?#\"'[", "ab", "1 ", "1-", "a.", "中 ", "a@", "1.",
    "\n ", "\r\n", "((", "<a", "，。", "一二", "abc ", "1,", "=?", "//@", "《", "a=\"",
)  # fmt: skip
STOPPER = "\0"


class Slow(Exception):
    """An expression that took too long."""


def fuzz_patterns() -> tuple[int, list[str]]:
    """How many expressions there are, and a line for each that is slow, with what it is slow on."""
    found = dict(_patterns())
    faults = [
        f"{name}: {slow!r} × {LENGTH // len(slow)} takes longer than {SECONDS} s"
        for name, pattern in sorted(found.items())
        if (slow := _slow_on(pattern)) is not None
    ]
    return len(found), faults


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Name and expression of each that a module holds, or a class of it."""
    for package in ("nlp", "responder"):
        for one in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if ".migrations" not in one.name and not one.name.endswith("__main__"):
                yield from _of(importlib.import_module(one.name))


def _of(module: ModuleType) -> Iterator[tuple[str, re.Pattern[str]]]:
    own = [
        one for one in vars(module).values() if getattr(one, "__module__", "") == module.__name__
    ]
    for holder in (module, *(one for one in own if isinstance(one, type))):
        for name, value in vars(holder).items():
            for number, one in enumerate(_several(value)):
                if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                    yield f"{module.__name__}.{name}[{number}]", one
    for made in filter(_compiles_when_asked, own):
        for number, one in enumerate(_several(made())):
            if isinstance(one, re.Pattern):
                yield f"{module.__name__}.{made.__name__}()[{number}]", one


def _compiles_when_asked(made: Any) -> bool:
    """Tell whether this is a function that takes nothing and gives expressions."""
    said = getattr(made, "__annotations__", {}) if callable(made) else {}
    return list(said) == ["return"] and "re.Pattern" in str(said["return"])


def _several(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return tuple(value.values())
    return value if isinstance(value, tuple | list) else (value,)


def _slow_on(pattern: re.Pattern[str]) -> str | None:
    for repeated in REPEATED:
        run = repeated * (LENGTH // len(repeated))
        for text in (f"{run}{STOPPER}", f"x{run}{STOPPER}"):
            if not _is_quick(pattern, text):
                return repeated
    return None


def _is_quick(pattern: re.Pattern[str], text: str) -> bool:
    before = signal.signal(signal.SIGPROF, _too_long)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        for _ in pattern.finditer(text):
            pass
        pattern.match(text)
    except Slow:
        return False
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return True


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise Slow
