"""What the office of government openness keeps (政务公开): tasks, findings, catalogue and more."""

from flask import Flask

from responder.openness import helpers
from responder.openness.catalogue import helpers as catalogue_helpers
from responder.openness.catalogue import publication_views, reference_views
from responder.openness.catalogue.cli import catalogue as catalogue_commands
from responder.openness.catalogue.views import blueprint as catalogue
from responder.openness.findings import helpers as findings_helpers
from responder.openness.findings import import_views, sending_views
from responder.openness.findings.cli import findings as findings_commands
from responder.openness.findings.views import blueprint as findings
from responder.openness.views import blueprint

# Modules whose views join the blueprint of another: imported for that.
PAGES = (import_views, publication_views, reference_views, sending_views)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.register_blueprint(findings)
    app.register_blueprint(catalogue)
    app.cli.add_command(findings_commands)
    app.cli.add_command(catalogue_commands)
    helpers.register(app)
    findings_helpers.register(app)
    catalogue_helpers.register(app)
