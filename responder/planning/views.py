"""The blueprint of the planning pages, and what several of them use."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, request

from responder.core.times import local, utc_now
from responder.settings import Settings

Member = TypeVar("Member", bound=StrEnum)

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


def asked_for(enumeration: type[Member], name: str) -> Member | None:
    """The member that the address names, or None for none and for nonsense."""
    value = request.args.get(name, "")
    return next((member for member in enumeration if member.value == value), None)
