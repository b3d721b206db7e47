"""Text as people paste it, made fit to be stored, shown and printed."""

from __future__ import annotations

import re
from typing import Any

# What XML 1.0 refuses, and with it every Word file; PostgreSQL refuses some of it, too.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Text with one kind of line end and without what XML or a database refuses."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def tidy(value: Any) -> Any:
    """A value of a form: a text :func:`clean` and without blanks around it; all else as it is.

    A member of an enumeration is a ``str``, and no text.
    """
    return clean(value).strip() if type(value) is str else value
