"""What citizens say comes in: the hotline desk and file import."""

from flask import Flask

from responder.intake.views import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
