"""What the records add up to. For now: Today, the first page."""

from flask import Flask

from responder.reports.views import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
