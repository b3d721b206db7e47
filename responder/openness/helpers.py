"""What the templates of the registers need."""

from __future__ import annotations

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l

# Endpoint → what its tab says, in the order of the work; a register adds its line.
ROOMS = {
    "openness.index": _l("总览"),
    "tasks.index": _l("年度任务"),
    "findings.index": _l("三张清单"),
    "catalogue.index": _l("公开目录"),
    "applications.index": _l("依申请公开"),
    "evaluations.index": _l("测评"),
    "assessment.index": _l("考核"),
    "trainings.index": _l("培训会议"),
}


def rooms() -> list[tuple[str, str]]:
    known = current_app.view_functions
    return [(endpoint, str(label)) for endpoint, label in ROOMS.items() if endpoint in known]


def register(app: Flask) -> None:
    app.add_template_global(rooms, "openness_rooms")
