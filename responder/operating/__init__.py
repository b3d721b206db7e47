"""Operating (运行维护): an installation says when it is unwell, and can be brought back."""

from flask import Flask

from responder.operating.metrics import measure_requests
from responder.operating.views import blueprint
from responder.web.trail import Kind, name_kind


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    measure_requests(app)
    name_kind(app, "audit_event", Kind("审计记录", {"export": "导出审计记录"}, {"head": "链到"}))
