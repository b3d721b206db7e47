"""Text as people paste it, made fit to be stored, shown and printed."""

from __future__ import annotations

import re
from typing import Any

# What XML 1.0 refuses, and with it every Word file; PostgreSQL refuses some of it, too.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

# What turns the direction of the text around it, or stands in it unseen: a name that is read
# backwards, a word that no search finds. Joiners (U+200C, U+200D) make letters and stay.
_UNSEEN = re.compile(r"[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def clean(text: str) -> str:
    """Text with one kind of line end and without what XML or a database refuses, nor what
    turns or hides what is read.
    """
    return _UNSEEN.sub("", _CONTROL.sub("", text)).replace("\r\n", "\n").replace("\r", "\n")


def whole(text: str) -> str:
    """Text that can be encoded: of a pair of surrogates that lacks one, U+FFFD is left.

    JSON can say such halves (``"\\ud800"``); no database and no file takes them.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def tidy(value: Any) -> Any:
    """A value of a form: a text :func:`clean` and without blanks around it; all else as it is.

    A member of an enumeration is a ``str``, and no text.
    """
    return clean(value).strip() if type(value) is str else value
