"""What the records add up to: Today, the first page; reports as documents."""

from flask import Flask

from responder.reports import documents
from responder.reports.views import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    documents.init_app(app)
