"""What the office of government openness keeps (政务公开): tasks, findings, catalogue and more."""

from flask import Flask

from responder.openness import helpers
from responder.openness.views import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    helpers.register(app)
