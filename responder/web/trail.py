"""The audit trail in words: what was done, to what kind of record, in which fields.

Each capability names its own deeds once, when it joins the application.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask, current_app
from flask_babel import gettext as _

from responder.core.audit import AuditEvent

COMMON_DEEDS = {"create": "新建", "update": "修改", "delete": "删除"}


@dataclass(frozen=True)
class Kind:
    """One kind of record: its name, what can be done to it, what its fields are called."""

    label: str
    deeds: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


def init_app(app: Flask) -> None:
    app.extensions["trail"] = {}
    for filter_ in (deed, deed_detail, kind_label):
        app.add_template_filter(filter_)


def name_kind(app: Flask, object_type: str, kind: Kind) -> None:
    """Say how the trail calls this kind of record.

    :param object_type: the table's name, as the trail stores it.
    """
    app.extensions["trail"][object_type] = kind


def kinds() -> dict[str, Kind]:
    """Every kind of record that the trail can name."""
    found: dict[str, Kind] = current_app.extensions["trail"]
    return found


def deed(event: AuditEvent) -> str:
    """What a line of the trail says was done."""
    words = {**COMMON_DEEDS, **_kind(event).deeds}
    return _(words.get(event.action, event.action))


def deed_detail(event: AuditEvent) -> str:
    """What else the line knows: the version kept, or the fields changed."""
    if "version" in event.changes:
        return _("第 %(number)s 版", number=event.changes["version"][1])
    if event.action != "update":
        return ""
    names = _kind(event).fields
    return _("、").join(_(names[name]) for name in event.changes if name in names)


def kind_label(event: AuditEvent) -> str:
    """What kind of record a line of the trail is about."""
    return _(_kind(event).label)


def _kind(event: AuditEvent) -> Kind:
    return kinds().get(event.object_type) or Kind(event.object_type)
