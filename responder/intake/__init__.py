"""What citizens say comes in: the hotline desk and file import."""

from flask import Flask

from responder.intake.cli import import_command
from responder.intake.views import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(import_command)
