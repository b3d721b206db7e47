"""Where to go after a form, and never to another site."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import url_for

# Control characters and ends of lines: no header takes them, or browsers drop them.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def back_to(target: str | None, fallback: str = "reports.today") -> str:
    """``target`` when it is a path of this site, otherwise the fallback page."""
    if not target or _UNPRINTABLE.search(target):
        return url_for(fallback)
    if target.startswith("/") and not target.startswith(("//", "/\\")):
        parts = urlsplit(target)
        if not parts.scheme and not parts.netloc:
            return target
    return url_for(fallback)
