"""What the pages of orders share."""

from __future__ import annotations

from io import BytesIO
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, send_file
from werkzeug.wrappers import Response

from responder.core.permissions import Permission
from responder.web.media_types import XLSX

blueprint = Blueprint("orders", __name__)


# A liaison reads too: the orders of the own unit, which the service sees to.
READERS = (Permission.ORDER_READ, Permission.ORDER_HANDLE)

Page = str | Response | tuple[str, int]


def zone() -> ZoneInfo:
    """The office's zone."""
    found: ZoneInfo = current_app.extensions["settings"].zone
    return found


def workbook(content: BytesIO, name: str) -> Response:
    """A workbook to keep, under this name."""
    return send_file(content, XLSX, as_attachment=True, download_name=f"{name}.xlsx")
