"""What the office of government openness keeps (政务公开): tasks, findings, catalogue and more."""

from flask import Flask

from responder.openness import helpers, views
from responder.openness.applications import cli as application_commands
from responder.openness.applications import helpers as application_helpers
from responder.openness.applications import pages as application_pages
from responder.openness.assessment import cli as assessment_commands
from responder.openness.assessment import helpers as assessment_helpers
from responder.openness.assessment import unit_views as assessment_unit_views
from responder.openness.assessment import views as assessment_views
from responder.openness.catalogue import cli as catalogue_commands
from responder.openness.catalogue import helpers as catalogue_helpers
from responder.openness.catalogue import publication_views, reference_views
from responder.openness.catalogue import views as catalogue_views
from responder.openness.evaluations import cli as evaluation_commands
from responder.openness.evaluations import file_views as evaluation_file_views
from responder.openness.evaluations import helpers as evaluation_helpers
from responder.openness.evaluations import unit_views as evaluation_unit_views
from responder.openness.evaluations import views as evaluation_views
from responder.openness.findings import cli as finding_commands
from responder.openness.findings import helpers as finding_helpers
from responder.openness.findings import import_views, sending_views
from responder.openness.findings import views as finding_views
from responder.openness.tasks import cli as task_commands
from responder.openness.tasks import file_views as task_file_views
from responder.openness.tasks import helpers as task_helpers
from responder.openness.tasks import part_views
from responder.openness.tasks import views as task_views
from responder.openness.trainings import cli as training_commands
from responder.openness.trainings import helpers as training_helpers
from responder.openness.trainings import views as training_views

# Modules whose views join the blueprint of another: imported for that.
PAGES = (
    assessment_unit_views, evaluation_file_views, evaluation_unit_views, import_views, part_views,
    publication_views, reference_views, sending_views, task_file_views,
)  # fmt: skip

# In the order of the tabs.
VIEWS = (
    views, task_views, finding_views, catalogue_views, application_pages, evaluation_views,
    assessment_views, training_views,
)  # fmt: skip
COMMANDS = (
    task_commands.tasks, finding_commands.findings, catalogue_commands.catalogue,
    application_commands.applications, evaluation_commands.evaluations,
    assessment_commands.assessment, training_commands.trainings,
)  # fmt: skip
HELPERS = (
    helpers, task_helpers, finding_helpers, catalogue_helpers, application_helpers,
    evaluation_helpers, assessment_helpers, training_helpers,
)  # fmt: skip


def init_app(app: Flask) -> None:
    for pages in VIEWS:
        app.register_blueprint(pages.blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    for words in HELPERS:
        words.register(app)
