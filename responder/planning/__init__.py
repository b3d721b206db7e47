"""The annual release plan, press events, and which topic an event will answer."""

from flask import Flask

from responder.planning import helpers, service
from responder.planning.briefing import helpers as briefing_helpers
from responder.planning.briefing import models as briefing_models
from responder.planning.briefing import views as briefing_views
from responder.planning.briefing.cli import briefing
from responder.planning.calendars import models as calendar_models
from responder.planning.calendars import views as calendar_views
from responder.planning.cli import plan
from responder.planning.events import models as event_models
from responder.planning.events import views as event_views
from responder.planning.linking import models as link_models
from responder.planning.linking import views as link_views
from responder.planning.plans import models as plan_models
from responder.planning.plans import views as plan_views
from responder.planning.plans.cli import commands as plan_commands
from responder.planning.views import blueprint
from responder.topics.corrections import keep_topics

# Routes and tables come with their modules.
PAGES = (briefing_views, calendar_views, event_views, link_views, plan_views)
TABLES = (briefing_models, calendar_models, event_models, link_models, plan_models)

for command in plan_commands:
    plan.add_command(command)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(plan)
    plan.add_command(briefing)
    helpers.register(app)
    briefing_helpers.register(app)
    keep_topics("press events", service.linked_topics)
