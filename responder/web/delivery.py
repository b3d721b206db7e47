"""How answers travel: text compressed, and what never changes kept by the browser for a year.

Compressing pages that hold a form's token is safe here: another site cannot have them asked for
with the cookie, which is SameSite (see ``docs/decisions/0038-proof.md``).
"""

from __future__ import annotations

import gzip
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from responder.web.access import ASSET_ENDPOINTS

COMPRESSED = frozenset({
    "application/atom+xml", "application/feed+json", "application/json", "application/xml",
    "image/svg+xml", "text/calendar", "text/css", "text/csv", "text/html", "text/javascript",
    "text/plain",
})  # fmt: skip
WORTH_IT = 1_000  # bytes; below it the header costs more than is saved
LEVEL = 6
MOST_IN_MEMORY = 1_000_000  # bytes of a file; a larger one is sent as it lies on the disk
YEAR = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    app.url_defaults(lambda endpoint, values: _say_version(app, endpoint, values))
    app.after_request(_compress)  # last of all: Flask goes backwards
    app.after_request(_keep)


def _say_version(app: Flask, endpoint: str, values: dict[str, Any]) -> None:
    """A file's address carries its digest, so that a changed file has another address."""
    if endpoint in ASSET_ENDPOINTS and "v" not in values:
        folder = app if endpoint == "static" else app.blueprints[endpoint.partition(".")[0]]
        version = _digest(Path(folder.static_folder or "") / values["filename"])
        if version:
            values["v"] = version


@cache
def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""


def _keep(response: Response) -> Response:
    if request.endpoint in ASSET_ENDPOINTS and "v" in request.args and response.status_code == 200:
        response.cache_control.clear()
        response.cache_control.public = True
        response.cache_control.max_age = YEAR
        response.cache_control.immutable = True
    return response


def _compress(response: Response) -> Response:
    if response.mimetype not in COMPRESSED or response.status_code != 200:
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or response.content_encoding:
        return response
    if response.direct_passthrough and (response.content_length or 0) > MOST_IN_MEMORY:
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= WORTH_IT:
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.content_encoding = "gzip"
        etag, _weak = response.get_etag()
        if etag:
            response.set_etag(etag, weak=True)
    return response
