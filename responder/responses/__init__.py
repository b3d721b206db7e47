"""Response items: the clock, the draft, three reviews and the signature."""

from flask import Flask

from responder.intake.imports.undo import keep_messages
from responder.planning import service as planning
from responder.planning.briefing.answers import answered_by
from responder.responses import clock_views, feeding_back_views, helpers, review_views, service
from responder.responses.auditing.cli import audit_answers
from responder.responses.board import views as board_views
from responder.responses.cli import responses
from responder.responses.commenting import views as comment_views
from responder.responses.consulting import views as consulting_views
from responder.responses.drafting import list_views
from responder.responses.drafting import views as drafting_views
from responder.responses.judging import views as judging_views
from responder.responses.sourcing import service as sourcing
from responder.responses.units import views as units_views
from responder.responses.views import blueprint
from responder.topics.corrections import keep_topics

# Routes come with their modules.
PAGES = (
    clock_views,
    drafting_views,
    feeding_back_views,
    review_views,
    comment_views,
    board_views,
    judging_views,
    units_views,
    consulting_views,
)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.register_blueprint(list_views.blueprint)
    app.cli.add_command(responses)
    responses.add_command(audit_answers)
    helpers.register(app)
    answered_by("response items", service.answers_in_hand)
    keep_messages("response items", "已发起回应", sourcing.held_among)
    keep_topics("response items", service.answered_topics)
    planning.answered_elsewhere("response items", service.answered_query())
