"""Hot topics over the messages: gathered, named, ranked."""

from flask import Flask

from responder.topics.cli import topics
from responder.topics.views import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(topics)
