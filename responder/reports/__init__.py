"""What the records add up to: Today, the year's figures, and the documents made of them."""

from flask import Flask

from responder.reports import codes, documents
from responder.reports.annual.views import blueprint as annual
from responder.reports.documents.cli import report
from responder.reports.screen_views import blueprint as screen
from responder.reports.statistics import helpers
from responder.reports.statistics.cli import commands
from responder.reports.statistics.views import blueprint as statistics
from responder.reports.views import blueprint
from responder.web.trail import Kind, name_kind


def init_app(app: Flask) -> None:
    for pages in (blueprint, screen, statistics, annual):
        app.register_blueprint(pages)
    documents.init_app(app)
    helpers.register(app)
    codes.register(app)
    name_kind(app, "summary_template", Kind("年度总结模板"))
    for command in commands:
        report.add_command(command)
