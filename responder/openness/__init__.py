"""What the office of government openness keeps (政务公开): tasks, findings, catalogue and more."""

from flask import Flask

from responder.openness import helpers
from responder.openness.applications import helpers as application_helpers
from responder.openness.applications.cli import applications
from responder.openness.applications.pages import blueprint as applications_blueprint
from responder.openness.views import blueprint


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    helpers.register(app)
    app.register_blueprint(applications_blueprint)
    app.cli.add_command(applications)
    application_helpers.register(app)
