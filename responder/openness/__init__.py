"""What the office of government openness keeps (政务公开): tasks, findings, catalogue and more."""

from flask import Flask

from responder.openness import helpers
from responder.openness.assessment import models as assessment_models
from responder.openness.evaluations import file_views as evaluation_file_views
from responder.openness.evaluations import helpers as evaluation_helpers
from responder.openness.evaluations import unit_views as evaluation_unit_views
from responder.openness.evaluations.cli import evaluations
from responder.openness.evaluations.views import blueprint as evaluations_blueprint
from responder.openness.views import blueprint

# Routes and tables come with their modules.
PAGES = (evaluation_file_views, evaluation_unit_views)
TABLES = (assessment_models,)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.register_blueprint(evaluations_blueprint)
    app.cli.add_command(evaluations)
    helpers.register(app)
    evaluation_helpers.register(app)
