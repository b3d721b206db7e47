"""Hot topics over the messages: gathered, named, ranked."""

from flask import Flask

from responder.topics.cli import topics
from responder.topics.views import blueprint
from responder.web.trail import Kind, name_kind


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    name_kind(app, "topic", Kind("话题"))
    name_kind(app, "topic_refresh", Kind("聚合", {"create": "聚合"}))
    app.cli.add_command(topics)
