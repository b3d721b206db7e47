"""Where the pages of the column stand: here, or as files in a folder."""

from __future__ import annotations

from typing import Protocol

from flask import url_for


class Places(Protocol):
    """What the pages and feeds of the column need to link to one another."""

    def index(self) -> str: ...
    def entry(self, entry_id: int) -> str: ...
    def feed(self) -> str: ...
    def json_feed(self) -> str: ...


class Live:
    """On this server: paths."""

    def index(self) -> str:
        return url_for("publishing.index")

    def entry(self, entry_id: int) -> str:
        return url_for("publishing.show", entry_id=entry_id)

    def feed(self) -> str:
        return url_for("publishing.feed")

    def json_feed(self) -> str:
        return url_for("publishing.json_feed")


class Files:
    """Side by side in one folder: every link is a name, and holds wherever the folder stands."""

    def index(self, page: int = 1) -> str:
        return "index.html" if page == 1 else f"index-{page}.html"

    def entry(self, entry_id: int) -> str:
        return f"entry-{entry_id}.html"

    def feed(self) -> str:
        return "feed.xml"

    def json_feed(self) -> str:
        return "feed.json"


def absolute(site: str, place: str) -> str:
    """The whole address of a place.

    :param site: where the column stands, with or without a slash at its end.
    """
    return f"{site.rstrip('/')}/{place.lstrip('/')}"
