"""The annual release plan, press events, and which topic an event will answer."""

from flask import Flask

from responder.planning import helpers, service
from responder.planning.calendars import views as calendar_views
from responder.planning.cli import plan
from responder.planning.events import views as event_views
from responder.planning.linking import views as link_views
from responder.planning.pages import blueprint
from responder.planning.plans import views as plan_views
from responder.topics.corrections import keep_topics

# Routes come with their modules.
PAGES = (calendar_views, event_views, link_views, plan_views)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(plan)
    helpers.register(app)
    keep_topics("press events", service.linked_topics)
