"""Reports as documents (报告): composed from the records, completed, signed."""

from flask import Flask

from responder.reports.documents import helpers
from responder.reports.documents.cli import report
from responder.reports.documents.views import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(report)
    helpers.register(app)
