"""What deadlines rest on, as pages: the rules, the working days, and what a change moved."""

from flask import Flask

from responder.deadlines import calendar_views
from responder.deadlines.views import blueprint

# Routes come with their modules.
PAGES = (calendar_views,)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
