"""People, their posts, and the units that must answer (责任单位)."""

from flask import Flask

from responder.accounts.views import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
