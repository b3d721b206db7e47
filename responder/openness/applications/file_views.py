"""Files of an application: uploaded, downloaded, deleted."""

from __future__ import annotations

import mimetypes
from typing import Any

from flask import flash, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, NotFound
from responder.openness.applications import filing, queries
from responder.openness.applications.views_common import (
    ADDRESS,
    HANDLE,
    READ,
    attempt_now,
    blueprint,
    office,
    to_application,
)
from responder.planning.events import files as contents
from responder.web.access import current_actor, may, requires
from responder.web.forms import seen_version

FORM_BYTES = 64 * 1024  # what a form has besides the file
UNKNOWN_TYPE = "application/octet-stream"


@blueprint.url_value_preprocessor
def _let_files_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Allow a large request where a file is expected, from somebody who may send one."""
    if endpoint == "applications.add_file" and may(HANDLE):
        request.max_content_length = 2 * office().event_file_max_megabytes * 1024**2 + FORM_BYTES


@blueprint.post(f"{ADDRESS}/<int:application_id>/files")
@requires(HANDLE)
def add_file(application_id: int) -> Response:
    try:
        flash(_("已上传“%(name)s”。", name=_upload(application_id)), "success")
    except DomainError as error:
        flash(error.message, "danger")
    return to_application(application_id, "files")


def _upload(application_id: int) -> str:
    """Keep what was sent; returns the name under which it is listed."""
    attempt, given = attempt_now(), request.files.get("file")
    if given is None or not given.filename:
        raise Invalid(_("请先选择要上传的文件，再点“上传”"), {"file": _("请选择文件")})
    limit = office().event_file_max_megabytes
    kept = contents.keep(office().application_files, given.stream, given.filename, limit)
    media_type = mimetypes.guess_type(given.filename)[0] or UNKNOWN_TYPE
    with transaction(attempt.actor, attempt.now) as session:
        held = queries.find_to_change(session, application_id, attempt.actor, seen_version())
        return filing.add(session, held, kept, given.filename, media_type[:100], attempt).name


@blueprint.get(f"{ADDRESS}/files/<int:file_id>")
@requires(READ)
def download_file(file_id: int) -> Response:
    """Always to be kept, never to be shown. Who takes it along is told: it may name people."""
    with transaction(current_actor()) as session:
        file = filing.take_out(session, file_id, current_actor())
        digest, media_type, name = file.digest, file.media_type, file.name
    path = office().application_files / digest
    if not path.is_file():
        raise NotFound("文件内容不在服务器上：请联系系统管理员从备份恢复，或重新上传")
    return send_file(path.resolve(), media_type, as_attachment=True, download_name=name, etag=False)


@blueprint.post(f"{ADDRESS}/files/<int:file_id>/remove")
@requires(HANDLE)
def remove_file(file_id: int) -> Response:
    attempt = attempt_now()
    application_id = filing.find(db.session, file_id).application_id
    with transaction(attempt.actor, attempt.now) as session:
        held = queries.find_to_change(session, application_id, attempt.actor, seen_version())
        name = filing.remove(session, held, filing.find(session, file_id), attempt)
    flash(_("已删除“%(name)s”；服务器上的内容随后清除。", name=name), "success")
    return to_application(application_id, "files")
