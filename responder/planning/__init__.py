"""The annual release plan, press events, and which topic an event will answer."""

from flask import Flask

from responder.planning.views import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
