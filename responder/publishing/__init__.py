"""The public 回应关切 column: the gate, the schedule, the entries, what becomes of them."""

from flask import Flask

from responder.planning.briefing.answers import answered_by
from responder.publishing import front, helpers, service, standing_words
from responder.publishing.after.views import blueprint as after
from responder.publishing.archiving.cli import archive, verify
from responder.publishing.archiving.views import blueprint as archiving
from responder.publishing.bundles.views import blueprint as bundles
from responder.publishing.changing.views import blueprint as changing
from responder.publishing.channels.views import blueprint as channels
from responder.publishing.cli import publishing
from responder.publishing.earlier.views import blueprint as earlier
from responder.publishing.packages import part_views, slip_views
from responder.publishing.packages.public_views import blueprint as interpretations
from responder.publishing.packages.views import blueprint as packages
from responder.publishing.ratings.views import blueprint as ratings
from responder.publishing.views import blueprint
from responder.publishing.webhooks.views import blueprint as webhooks
from responder.responses.cli import responses

# Modules whose views join the blueprint of another, or that name checks: imported for that.
PAGES = (part_views, slip_views)
CHECKS = (standing_words,)


def init_app(app: Flask) -> None:
    for pages in (
        blueprint, after, archiving, bundles, changing, channels, earlier, interpretations,
        packages, ratings, webhooks,
    ):  # fmt: skip
        app.register_blueprint(pages)
    app.cli.add_command(publishing)
    responses.add_command(archive)
    responses.add_command(verify)
    answered_by("entries", service.answers_published)
    helpers.register(app)
    front.init_app(app)
