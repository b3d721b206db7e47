"""Response items: the clock, the draft, three reviews and the signature."""

from flask import Flask

from responder.responses import helpers, service
from responder.responses.cli import responses
from responder.responses.views import blueprint
from responder.topics.corrections import keep_topics


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(responses)
    helpers.register(app)
    keep_topics("response items", service.answered_topics)
