"""Which unit a message belongs to: the taxonomy, and what learns from it."""

from flask import Flask
from sqlalchemy import select

from responder.intake.imports.undo import keep_messages
from responder.routing import facets
from responder.routing.cli import routing
from responder.routing.models import CategoryConfirmation
from responder.routing.views import blueprint, register
from responder.web.trail import Kind, name_kind

CATEGORY = {
    "parent_id": "上级分类编号",
    "lead": "通常主责部门",
    "cue_words": "线索词",
    "position": "次序",
    "valid": "在用",
}
CONFIRMATION = {
    "message_id": "留言编号",
    "category_id": "分类编号",
    "suggested_id": "建议的分类编号",
    "suggested_score": "建议的把握",
    "reason": "理由",
    "actor_id": "人员编号",
    "actor_name": "确认人",
    "confirmed_at": "确认时间",
    "taxonomy_version": "分类版本",
}


def init_app(app: Flask) -> None:
    """Bring pages, commands and words of the trail."""
    app.register_blueprint(blueprint)
    app.cli.add_command(routing)
    register(app)
    facets.offer()
    name_kind(app, "category", Kind("分类", fields=CATEGORY))
    name_kind(app, "category_confirmation", Kind("分类确认", {"create": "确认分类"}, CONFIRMATION))
    keep_messages(
        "routing",
        "已由人确认分类",
        lambda session, ids: select(CategoryConfirmation.message_id).where(
            CategoryConfirmation.message_id.in_(ids)
        ),
    )
