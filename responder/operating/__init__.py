"""Operating (运行维护): an installation says when it is unwell, and can be brought back."""

from flask import Flask

from responder.operating.metrics import measure_requests
from responder.operating.views import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    measure_requests(app)
