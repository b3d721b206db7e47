"""The audit trail in words: what was done, to what kind of record.

Each capability names its own deeds once, when it joins the application.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, current_app

from responder.core.audit import AuditEvent

COMMON_DEEDS = {"create": "新建", "update": "修改", "delete": "删除"}


@dataclass(frozen=True)
class Kind:
    """One kind of record: its name, and what can be done to it."""

    label: str
    deeds: Mapping[str, str]


def init_app(app: Flask) -> None:
    app.extensions["trail"] = {}
    app.add_template_filter(deed)
    app.add_template_filter(kind_label)


def name_deeds(
    app: Flask, object_type: str, label: str, deeds: Mapping[str, str] | None = None
) -> None:
    """Say how the trail calls this kind of record and what is done to it.

    :param object_type: the table's name, as the trail stores it.
    :param deeds: action → words; create, update and delete have words already.
    """
    app.extensions["trail"][object_type] = Kind(label, {**COMMON_DEEDS, **(deeds or {})})


def kinds() -> dict[str, Kind]:
    """Every kind of record that the trail can name."""
    found: dict[str, Kind] = current_app.extensions["trail"]
    return found


def deed(event: AuditEvent) -> str:
    """What a line of the trail says was done."""
    kind = kinds().get(event.object_type)
    return kind.deeds.get(event.action, event.action) if kind else event.action


def kind_label(event: AuditEvent) -> str:
    """What kind of record a line of the trail is about."""
    kind = kinds().get(event.object_type)
    return kind.label if kind else event.object_type
