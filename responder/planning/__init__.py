"""The annual release plan, press events, and which topic an event will answer."""

from flask import Flask

from responder.accounts.closing import end_with_account
from responder.core.permissions import Permission
from responder.errands.kinds import Kind as Errand
from responder.errands.kinds import name_errand
from responder.planning import helpers, service
from responder.planning.briefing import helpers as briefing_helpers
from responder.planning.briefing import models as briefing_models
from responder.planning.briefing import views as briefing_views
from responder.planning.briefing.cli import briefing
from responder.planning.calendars import feed_views, feeds, ical_views, moving_views
from responder.planning.calendars import models as calendar_models
from responder.planning.calendars import views as calendar_views
from responder.planning.calendars.cli import import_ics
from responder.planning.cli import plan
from responder.planning.events import (
    avoiding_views,
    file_views,
    media_views,
    preparing_views,
    resuming_views,
    series_views,
)
from responder.planning.events import models as event_models
from responder.planning.events import views as event_views
from responder.planning.events.cli import preparation
from responder.planning.linking import models as link_models
from responder.planning.linking import views as link_views
from responder.planning.linking.cli import gaps
from responder.planning.linking.evaluation_cli import evaluate_linking
from responder.planning.linking.views import SUGGEST, suggest_as_errand
from responder.planning.plans import models as plan_models
from responder.planning.plans import views as plan_views
from responder.planning.plans.cli import commands as plan_commands
from responder.planning.views import blueprint
from responder.topics.corrections import keep_topics
from responder.topics.evaluation_cli import evaluate

# Routes and tables come with their modules.
PAGES = (
    avoiding_views, briefing_views, calendar_views, event_views, feed_views, file_views, ical_views,
    link_views, media_views, moving_views, plan_views, preparing_views, resuming_views,
    series_views,
)  # fmt: skip
TABLES = (briefing_models, calendar_models, event_models, link_models, plan_models)


for command in (*plan_commands, import_ics, preparation, briefing, gaps):
    plan.add_command(command)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(plan)
    evaluate.add_command(evaluate_linking)
    permissions = frozenset({Permission.EVENT_LINK})
    name_errand(
        app, Errand(SUGGEST, "更新关联建议", permissions, suggest_as_errand, "planning.gaps")
    )
    helpers.register(app)
    briefing_helpers.register(app)
    keep_topics("press events", service.linked_topics)
    end_with_account("calendar feeds", feeds.revoke_feeds_of)
