"""Alerts (提醒): what about a topic somebody should look at now, once each."""

from flask import Flask

from responder.alerts.cli import alerts
from responder.alerts.models import KIND_LABELS
from responder.alerts.views import blueprint, register
from responder.web.trail import Kind, name_kind

FACTS = {
    "kind": "类型",
    "active": "启用",
    "people": "人数",
    "speed_points": "增速分",
    "heat_rise": "一天内升高的热度",
    "level": "热度等级",
    "words": "字词",
    "quiet_from": "免打扰开始",
    "quiet_to": "免打扰结束",
}


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(alerts)
    register(app)
    app.jinja_env.globals["alert_kinds"] = KIND_LABELS
    name_kind(app, "alert_rule", Kind("提醒规则", fields=FACTS))
