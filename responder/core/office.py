"""What the office says of itself, by the settings of the present application."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import current_app, has_app_context

from responder.core import privacy
from responder.core.times import SHANGHAI


def public_lines() -> frozenset[str]:
    """The telephones and accounts that the office makes public: nobody's personal data."""
    if not has_app_context():
        return privacy.NOBODY
    return privacy.public_lines(current_app.extensions["settings"].public_lines)


def office_zone() -> ZoneInfo:
    """The zone whose days the office counts."""
    if not has_app_context():
        return SHANGHAI
    zone: ZoneInfo = current_app.extensions["settings"].zone
    return zone


def office_name() -> str:
    """In whose name the office publishes."""
    if not has_app_context():
        return ""
    name: str = current_app.extensions["settings"].publisher_name
    return name
