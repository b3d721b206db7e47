"""What the office of government openness keeps (政务公开): tasks, findings, catalogue and more."""

from flask import Flask

from responder.openness import helpers
from responder.openness.assessment import helpers as assessment_helpers
from responder.openness.assessment import unit_views as assessment_unit_views
from responder.openness.assessment.cli import assessment
from responder.openness.assessment.views import blueprint as assessment_blueprint
from responder.openness.evaluations import file_views as evaluation_file_views
from responder.openness.evaluations import helpers as evaluation_helpers
from responder.openness.evaluations import unit_views as evaluation_unit_views
from responder.openness.evaluations.cli import evaluations
from responder.openness.evaluations.views import blueprint as evaluations_blueprint
from responder.openness.views import blueprint

# Routes come with their modules.
PAGES = (assessment_unit_views, evaluation_file_views, evaluation_unit_views)


def init_app(app: Flask) -> None:
    for one in (blueprint, evaluations_blueprint, assessment_blueprint):
        app.register_blueprint(one)
    for command in (evaluations, assessment):
        app.cli.add_command(command)
    for register in (helpers.register, evaluation_helpers.register, assessment_helpers.register):
        register(app)
