"""The blueprint of the planning pages, and what several of them use."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app
from flask_wtf import FlaskForm

from responder.core.errors import DomainError
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


def mark_fields(form: FlaskForm, error: DomainError) -> None:
    """Show what a service refused beside the fields that it names."""
    for name, message in error.fields.items():
        if name in form:
            form[name].errors = [message]
