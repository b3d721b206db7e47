"""Files of an application: uploaded, downloaded, deleted."""

from __future__ import annotations

from flask import flash
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid
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
from responder.openness.attachments import chosen_files, give_out, let_files_in, put_away
from responder.web.access import current_actor, requires, taken_along
from responder.web.forms import seen_version
from responder.web.sentences import spoken

# Of two, so that a file that is somewhat too large is told by name.
let_files_in(blueprint, "add_file", HANDLE, most=2)


@blueprint.post(f"{ADDRESS}/<int:application_id>/files")
@requires(HANDLE)
def add_file(application_id: int) -> Response:
    try:
        flash(_("已上传“%(name)s”。", name=_upload(application_id)), "success")
    except DomainError as error:
        flash(spoken(error.message), "danger")
    return to_application(application_id, "files")


def _upload(application_id: int) -> str:
    """Keep what was sent; returns the name under which it is listed."""
    attempt, given = attempt_now(), chosen_files()
    if not given:
        raise Invalid(_("请先选择要上传的文件，再点“上传”"), {"file": _("请选择文件")})
    kept, name, media_type = put_away(office().application_files, given[0])
    with transaction(attempt.actor, attempt.now) as session:
        held = queries.find_to_change(session, application_id, attempt.actor, seen_version())
        return filing.add(session, held, kept, name, media_type, attempt).name


@blueprint.get(f"{ADDRESS}/files/<int:file_id>")
@requires(READ)
@taken_along
def download_file(file_id: int) -> Response:
    """Always to be kept, never to be shown. Who takes it along is told: it may name people."""
    with transaction(current_actor()) as session:
        file = filing.take_out(session, file_id, current_actor())
    return give_out(office().application_files, file)


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
