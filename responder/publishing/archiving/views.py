"""Downloading an item's archive."""

from __future__ import annotations

import tempfile

from flask import Blueprint, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db
from responder.core.permissions import Permission
from responder.publishing.archiving import service
from responder.responses import service as responses
from responder.web.access import requires

blueprint = Blueprint("archiving", __name__)


@blueprint.get("/responses/<int:item_id>/archive.zip")
@requires(Permission.ARCHIVE)
def download(item_id: int) -> Response:
    item = responses.find_item(db.session, item_id)
    target = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer
    try:
        service.write_archive(db.session, item, target)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    name = _("回应事项%(number)s归档.zip", number=item_id)
    return send_file(target, "application/zip", as_attachment=True, download_name=name)
