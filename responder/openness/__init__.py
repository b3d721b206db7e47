"""What the office of government openness keeps (政务公开): tasks, findings, catalogue and more."""

from flask import Flask

from responder.openness import helpers
from responder.openness.catalogue import models as catalogue_models
from responder.openness.findings import helpers as findings_helpers
from responder.openness.findings import import_views as findings_imports
from responder.openness.findings import sending_views as findings_sending
from responder.openness.findings.cli import findings as findings_commands
from responder.openness.findings.views import blueprint as findings
from responder.openness.views import blueprint

# Modules whose views join the blueprint of another: imported for that.
PAGES = (findings_imports, findings_sending, catalogue_models)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.register_blueprint(findings)
    app.cli.add_command(findings_commands)
    helpers.register(app)
    findings_helpers.register(app)
