"""Where to go after a form, and never to another site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import url_for


def back_to(target: str | None, fallback: str = "reports.today") -> str:
    """``target`` when it is a path of this site, otherwise the fallback page."""
    if target and target.startswith("/") and not target.startswith(("//", "/\\")):
        parts = urlsplit(target)
        if not parts.scheme and not parts.netloc:
            return target
    return url_for(fallback)
