"""Hot topics over the messages: gathered, named, ranked."""

from flask import Flask

from responder.core.database import db
from responder.core.permissions import Permission
from responder.errands.kinds import Kind as Errand
from responder.errands.kinds import name_errand
from responder.intake.imports.undo import after_undo, keep_messages
from responder.topics import departing, facets, heat_views, pictures, service
from responder.topics.cli import topics
from responder.topics.corrections import KIND_LABELS
from responder.topics.evaluation_cli import evaluate
from responder.topics.models import Topic
from responder.topics.rules import LEVEL_LABELS, PART_LABELS
from responder.topics.views import blueprint
from responder.topics.views.pages import REFRESH, refresh_as_errand
from responder.web.trail import Kind, name_kind

MARKS = {
    "renamed": "人工命名",
    "pinned": "置顶",
    "dismissed": "不是话题",
    "merged_into_id": "并入的话题",
}
DEEDS = {**{kind.value: label for kind, label in KIND_LABELS.items()}, "undo": "撤销修正"}
FIELDS = {"other": "另一话题", "new_name": "新名称", "message_count": "留言数"}

HEAT_FIELDS = {**PART_LABELS, **{f"level_{n}": label for n, label in LEVEL_LABELS.items() if n}}


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    name_kind(app, "topic", Kind("话题", fields=MARKS))
    name_kind(app, "topic_correction", Kind("话题修正", DEEDS, FIELDS))
    name_kind(app, "heat_setting", Kind("热度设置", fields=HEAT_FIELDS))
    name_kind(app, "topic_refresh", Kind("聚合", {"create": "聚合"}))
    heat_views.register(app)
    pictures.register(app)
    facets.offer()
    permissions = frozenset({Permission.TOPIC_REFRESH})
    name_errand(app, Errand(REFRESH, "聚合新留言", permissions, refresh_as_errand, "topics.index"))
    app.add_template_global(message_topic)
    app.cli.add_command(topics)
    app.cli.add_command(evaluate)
    keep_messages("topics", "已由人归入话题", departing.held)
    keep_messages(
        "topics at work",
        "所在话题在导入之后由人关联了发布活动或建立了回应事项",
        departing.worked_on,
    )
    after_undo("topics", departing.restate_some, departing.forget)


def message_topic(message_id: int) -> Topic | None:
    """For the message page, which may not know this room: the topic that a message belongs to."""
    return service.topic_of(db.session, message_id)
