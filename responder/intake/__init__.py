"""What citizens say comes in: messages, file import, search."""

from flask import Flask

from responder.accounts.tokens import name_channels
from responder.intake.identity.cli import identity_command
from responder.intake.identity.views import blueprint as identity_blueprint
from responder.intake.imports import batch_views, views
from responder.intake.imports.cli import import_command, mappings_command
from responder.intake.imports.undo import on_departure
from responder.intake.models import CHANNEL_LABELS, NATURE_LABELS
from responder.intake.pushing.api import blueprint as api_blueprint
from responder.intake.repeats import grouping
from responder.intake.repeats.cli import repeats_command
from responder.intake.searching import views as _searching_views  # noqa: F401 - its pages
from responder.intake.searching.cli import search_command
from responder.intake.views import blueprint
from responder.web.trail import Kind, name_kind, name_values


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.register_blueprint(api_blueprint)
    app.register_blueprint(identity_blueprint)
    name_channels(app, CHANNEL_LABELS)
    on_departure("repeats", grouping.leave)
    app.cli.add_command(repeats_command)
    app.cli.add_command(import_command)
    app.cli.add_command(search_command)
    app.cli.add_command(mappings_command)
    app.cli.add_command(identity_command)
    deeds = {"log": "登记来电", "reveal": "查看来电人身份", "attach": "并入相同的留言",
             "seek": "按电话查到"}  # fmt: skip
    name_kind(app, "message", Kind("留言", deeds, {"same_as": "与此相同的留言"}))
    name_kind(
        app,
        "identity_rule",
        Kind(
            "身份信息保护",
            {"erase": "清除到期的身份信息", "rotate": "轮换密钥"},
            {"keep_days": "保留天数", "before": "早于", "messages": "留言", "people": "人数",
             "key": "密钥", "rows": "条数"},
        ),
    )  # fmt: skip
    for name in ("channel", "channels"):
        name_values(app, name, CHANNEL_LABELS)
    name_values(app, "nature", NATURE_LABELS)
    name_kind(app, "import_batch", batch_views.BATCH_KIND)
    name_kind(app, "import_run", views.RUN_KIND)
    name_kind(app, "saved_mapping", batch_views.MAPPING_KIND)
