"""What the records add up to: Today, the year's figures, and the documents made of them."""

from flask import Flask

from responder.reports.cli import report
from responder.reports.statistics import helpers
from responder.reports.statistics.views import blueprint as statistics
from responder.reports.views import blueprint


def init_app(app: Flask) -> None:
    for pages in (blueprint, statistics):
        app.register_blueprint(pages)
    app.cli.add_command(report)
    helpers.register(app)
