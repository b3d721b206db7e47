"""What the office of government openness keeps (政务公开): tasks, findings, catalogue and more."""

from flask import Flask

from responder.openness import helpers
from responder.openness.tasks import file_views, part_views
from responder.openness.tasks import helpers as task_helpers
from responder.openness.tasks.cli import tasks
from responder.openness.tasks.views import blueprint as task_pages
from responder.openness.trainings import helpers as training_helpers
from responder.openness.trainings.cli import trainings
from responder.openness.trainings.views import blueprint as training_pages
from responder.openness.views import blueprint

# Modules whose views join the blueprint of another: imported for that.
PAGES = (file_views, part_views)


def init_app(app: Flask) -> None:
    for pages in (blueprint, task_pages, training_pages):
        app.register_blueprint(pages)
    for group in (tasks, trainings):
        app.cli.add_command(group)
    for words in (helpers, task_helpers, training_helpers):
        words.register(app)
