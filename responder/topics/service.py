"""Verbs."""

from __future__ import annotations

from datetime import datetime


def refresh_if_new(now: datetime) -> int:
    return 0


def publish_due(now: datetime) -> int:
    return 0
