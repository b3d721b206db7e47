"""The blueprint of the planning pages, and what several of them use."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app

from responder.core.times import local, utc_now
from responder.settings import Settings

blueprint = Blueprint("planning", __name__)


def settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def zone() -> ZoneInfo:
    """The office's zone."""
    return settings().zone


def local_today() -> date:
    """The day on the office's calendar."""
    return local(utc_now(), zone()).date()
