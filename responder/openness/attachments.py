"""Files that prove what a register says: taken in, and given out to be kept, never shown."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any, Protocol

from flask import Blueprint, current_app, request, send_file
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from responder.core.errors import NotFound
from responder.core.permissions import Permission
from responder.planning.events.files import Kept, keep
from responder.settings import Settings
from responder.web.access import may

FORM_BYTES = 64 * 1024  # what a form has besides the files
MOST_AT_ONCE = 5  # files of a form that promises no other number
UNKNOWN_TYPE = "application/octet-stream"


class Attached(Protocol):
    """What must be known of a file to give it out."""

    name: Any
    media_type: Any
    digest: Any


def office() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def let_files_in(
    blueprint: Blueprint, view: str, *senders: Permission, most: int = MOST_AT_ONCE
) -> None:
    """Allow a large request where files are expected, from somebody who may send them.

    :param most: how many the form promises to take at once.
    """

    @blueprint.url_value_preprocessor
    def allow(endpoint: str | None, _values: dict[str, Any] | None) -> None:
        if endpoint == f"{blueprint.name}.{view}" and any(map(may, senders)):
            content = most * office().event_file_max_megabytes * 1024**2
            request.max_content_length = content + FORM_BYTES


def chosen_files(field: str = "file") -> list[FileStorage]:
    """The files of the request; an empty field sends one without a name."""
    return [one for one in request.files.getlist(field) if one.filename]


def put_away(root: Path, given: FileStorage) -> tuple[Kept, str, str]:
    """Keep a content on the disk: it, its name as the browser tells it, and its media type.

    :raises Invalid: empty, too large, or the disk does not take it.
    """
    name = given.filename or ""
    kept = keep(root, given.stream, name, office().event_file_max_megabytes)
    return kept, name, (mimetypes.guess_type(name)[0] or UNKNOWN_TYPE)[:100]


def give_out(root: Path, file: Attached) -> Response:
    """:raises NotFound: the content is not on this disk."""
    path = root / file.digest
    if not path.is_file():
        raise NotFound("文件内容不在服务器上：请联系系统管理员从备份恢复，或重新上传")
    return send_file(
        path.resolve(), file.media_type, as_attachment=True, download_name=file.name, etag=False
    )
