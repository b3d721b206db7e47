"""The column as an Atom feed (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from feedgenerator import Atom1Feed
from flask import render_template, url_for

from responder.publishing import rules
from responder.publishing.models import Entry
from responder.settings import Settings

FEED_ENTRIES = 50


def atom(entries: Iterable[Entry], settings: Settings, site: str) -> str:
    """The feed, newest entry first.

    :param site: the address that the reader used; every link is absolute under it. The
        entries' ids do not depend on it, so that no reader sees them as new.
    """
    host = urlsplit(settings.public_url).hostname or "localhost"
    feed = Atom1Feed(
        title=f"{settings.city_name}回应关切",
        link=_absolute(site, "publishing.index"),
        description=f"{settings.publisher_name}对群众关切的公开回应",
        language="zh-Hans",
        author_name=settings.publisher_name,
        feed_url=_absolute(site, "publishing.feed"),
        feed_guid=f"tag:{host},2026:concerns",
    )
    for entry in entries:
        number = entry.index_number
        feed.add_item(
            title=entry.title,
            link=_absolute(site, "publishing.show", entry_id=entry.id),
            description=_html(entry.concern),
            content=_html(entry.answer),
            unique_id=rules.tag_uri(host, entry.published_at, number, settings.zone),
            author_name=entry.unit_name,
            pubdate=entry.published_at,
            updateddate=entry.published_at,
        )
    return str(feed.writeString("utf-8"))


def _html(text: str) -> str:
    return render_template("publishing/_paragraphs.html", text=text)


def _absolute(site: str, endpoint: str, entry_id: int | None = None) -> str:
    address = url_for(endpoint) if entry_id is None else url_for(endpoint, entry_id=entry_id)
    return site.rstrip("/") + address
