"""A Word file to download."""

from __future__ import annotations

from io import BytesIO

from flask import send_file
from werkzeug.wrappers import Response

from responder.web.media_types import DOCX


def word_file(content: bytes, name: str) -> Response:
    """A .docx file to download."""
    return send_file(BytesIO(content), DOCX, as_attachment=True, download_name=name)
