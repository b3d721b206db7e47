"""What citizens say comes in: the hotline desk and file import."""

from flask import Flask

from responder.intake.cli import import_command, mappings_command
from responder.intake.views import blueprint
from responder.web.trail import Kind, name_kind


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(import_command)
    app.cli.add_command(mappings_command)
    name_kind(app, "message", Kind("留言", {"log": "登记来电", "reveal": "查看来电人身份"}))
    name_kind(app, "import_batch", Kind("导入批次", {"import": "导入"}))
