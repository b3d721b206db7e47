"""Files of an event: uploaded, downloaded, deleted."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Invalid, WrongState
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.planning import service
from responder.planning.access import demand_in_full
from responder.planning.events import files
from responder.planning.events.models import FileKind
from responder.planning.views import blueprint, settings
from responder.web.access import current_actor, may, requires
from responder.web.sentences import spoken

FORM_BYTES = 64 * 1024  # what a form has besides the file


@blueprint.url_value_preprocessor
def _let_files_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Allow a large request where a file is expected, from somebody who may send one."""
    if endpoint == "planning.add_file" and may(Permission.PLAN_EDIT):
        # A file somewhat too large is answered by its name, a far too large one is not read.
        request.max_content_length = 2 * settings().event_file_max_megabytes * 1024**2 + FORM_BYTES


@blueprint.post("/planning/events/<int:event_id>/files")
@requires(Permission.PLAN_EDIT)
def add_file(event_id: int) -> Response:
    service.get_event(db.session, event_id)
    try:
        name = _upload(event_id)
        flash(_("已上传“%(name)s”。", name=name), "success")
    except (Invalid, WrongState) as error:
        flash(spoken(error.message), "danger")
    return redirect(url_for("planning.show_event", event_id=event_id, _anchor="files"))


def _upload(event_id: int) -> str:
    """Keep what was sent; returns the name under which it is listed."""
    given, kind = request.files.get("file"), request.form.get("kind", "")
    if given is None or not given.filename:
        raise Invalid(_("请先选择要上传的文件，再点“上传”"), {"file": _("请选择文件")})
    if kind not in set(FileKind):
        raise Invalid(_("请选择文件的用途"), {"kind": _("必填")})
    limit = settings().event_file_max_megabytes
    kept = files.keep(settings().event_files, given.stream, given.filename, limit)
    with transaction(current_actor()) as session:
        event = service.get_event(session, event_id)
        file = files.add_file(
            session, event, kept, given.filename, kept.media_type, FileKind(kind),
            current_actor(), utc_now(),
        )  # fmt: skip
        return file.name


@blueprint.get("/planning/files/<int:file_id>")
@requires(Permission.PLAN_READ)
def download_file(file_id: int) -> Response:
    """Always to be kept, never to be shown: what somebody uploaded runs in no page of ours."""
    file = files.find_file(db.session, file_id)
    demand_in_full(current_actor(), file.event)
    path = files.content_of(settings().event_files, file)
    return send_file(
        path.resolve(), file.media_type, as_attachment=True, download_name=file.name, etag=False
    )


@blueprint.post("/planning/files/<int:file_id>/remove")
@requires(Permission.PLAN_EDIT)
def remove_file(file_id: int) -> Response:
    with transaction(current_actor()) as session:
        file = files.find_file(session, file_id)
        event_id, name = file.event_id, file.name
        files.remove_file(session, file)
    flash(_("已删除“%(name)s”；服务器上的内容随后清除。", name=name), "success")
    return redirect(url_for("planning.show_event", event_id=event_id, _anchor="files"))
