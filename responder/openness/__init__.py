"""What the office of government openness keeps (政务公开): tasks, findings, catalogue and more."""

from flask import Flask

from responder.openness import helpers
from responder.openness.assessment import models as assessment_models
from responder.openness.evaluations import models as evaluation_models
from responder.openness.views import blueprint

TABLES = (assessment_models, evaluation_models)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    helpers.register(app)
