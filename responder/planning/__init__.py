"""The annual release plan, press events, and which topic an event will answer."""

from flask import Flask

from responder.planning import service
from responder.planning.cli import plan
from responder.planning.views import blueprint, helpers
from responder.topics.corrections import keep_topics


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(plan)
    helpers.register(app)
    keep_topics("press events", service.linked_topics)
