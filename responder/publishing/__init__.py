"""The public 回应关切 column: the gate, the schedule, the entries, the feed."""

from flask import Flask

from responder.publishing.views import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
