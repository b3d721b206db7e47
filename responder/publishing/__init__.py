"""The public 回应关切 column: the gate, the schedule, the entries, the feed."""

from flask import Flask

from responder.planning.briefing.answers import answered_by
from responder.publishing import rules, service
from responder.publishing.views import blueprint, item_entry
from responder.web.trail import Kind, name_kind


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    answered_by("entries", service.answers_published)
    app.add_template_filter(rules.paragraphs, "paragraphs")
    app.add_template_global(item_entry)
    name_kind(app, "entry", Kind("公开条目", {"create": "发布"}))
