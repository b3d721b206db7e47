"""The hotline desk: a call is written down while somebody talks."""

from flask import Flask
from sqlalchemy import select

from responder.desk.models import CallAttachment
from responder.desk.views import blueprint
from responder.intake.imports.undo import keep_messages


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    keep_messages(
        "desk",
        "已有来电并入",
        lambda _session, ids: select(CallAttachment.same_as_id).where(
            CallAttachment.same_as_id.in_(ids)
        ),
    )
