"""Errands (后台任务): what takes more than a moment is done behind the page, with a bar."""

from flask import Flask

from responder.errands import exports
from responder.errands.models import STATE_LABELS
from responder.errands.views import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    exports.init_app(app)
    app.jinja_env.globals["errand_states"] = STATE_LABELS
