"""The blueprint of the topic pages."""

from __future__ import annotations

from flask import Blueprint

from responder.core.database import db
from responder.topics import service
from responder.topics.models import Topic

blueprint = Blueprint("topics", __name__)


@blueprint.app_template_filter()
def living(topic: Topic) -> Topic:
    """For whatever names a topic: itself, or what it was merged into."""
    return topic if topic.merged_into_id is None else service.survivor(db.session, topic)
