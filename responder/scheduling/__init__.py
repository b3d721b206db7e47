"""Scheduling (定时任务): one scheduler acts, and each job says how its last run went."""

from flask import Flask

from responder.scheduling.views import blueprint
from responder.web.trail import Kind, name_kind


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    name_kind(app, "scheduled_job", Kind("定时任务", {"run_now": "立即运行"}))
