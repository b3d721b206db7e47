"""What the templates of the registers need."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

# Endpoint → what its tab says, in the order of the work; a register adds its line.
ROOMS = {
    "tasks.index": _l("年度任务"),
    "findings.index": _l("三张清单"),
    "catalogue.index": _l("公开目录"),
    "applications.index": _l("依申请公开"),
    "evaluations.index": _l("测评"),
    "assessment.index": _l("考核"),
    "trainings.index": _l("培训会议"),
}


def rooms() -> list[tuple[str, str]]:
    return [(endpoint, str(label)) for endpoint, label in ROOMS.items()]


def register(app: Flask) -> None:
    app.add_template_global(rooms, "openness_rooms")
