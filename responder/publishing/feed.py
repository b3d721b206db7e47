"""The column as feeds, Atom (RFC 4287) and JSON Feed 1.1, and as a sitemap.

What became of an entry is said before its text, and moves it to the front.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from feedgenerator import Atom1Feed
from flask import render_template
from flask_babel import gettext as _

from responder.publishing import rules
from responder.publishing.models import Entry
from responder.publishing.places import Places, absolute
from responder.settings import Settings

FEED_ENTRIES = 50
SITEMAP_ADDRESSES = 50_000  # the protocol's limit for one file
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def atom(entries: Iterable[Entry], settings: Settings, site: str, places: Places) -> str:
    """The feed, what was published or changed last first.

    :param site: the address that the reader used; every link is absolute under it. The
        entries' ids do not depend on it, so that no reader sees them as new.
    """
    host = _host(settings)
    feed = Atom1Feed(
        title=f"{settings.city_name}回应关切",
        link=absolute(site, places.index()),
        description=f"{settings.publisher_name}对群众关切的公开回应",
        language="zh-Hans",
        author_name=settings.publisher_name,
        feed_url=absolute(site, places.feed()),
        feed_guid=f"tag:{host},2026:concerns",
    )
    for entry in entries:
        feed.add_item(
            title=_title(entry),
            link=absolute(site, places.entry(entry.id)),
            description=_summary(entry),
            content=_content(entry),
            unique_id=_guid(entry, settings),
            author_name=entry.unit_name,
            pubdate=entry.published_at,
            updateddate=entry.updated_at,
        )
    return str(feed.writeString("utf-8"))


def json_feed(entries: Iterable[Entry], settings: Settings, site: str, places: Places) -> str:
    """The same as JSON Feed 1.1 (jsonfeed.org)."""
    items: list[dict[str, Any]] = [
        {
            "id": _guid(entry, settings),
            "url": absolute(site, places.entry(entry.id)),
            "title": _title(entry),
            "summary": "" if entry.withdrawal else entry.texts.concern,
            "content_html": _content(entry).strip(),
            "date_published": entry.published_at.isoformat(),
            "date_modified": entry.updated_at.isoformat(),
            "authors": [{"name": entry.unit_name}],
        }
        for entry in entries
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{settings.city_name}回应关切",
        "description": f"{settings.publisher_name}对群众关切的公开回应",
        "home_page_url": absolute(site, places.index()),
        "feed_url": absolute(site, places.json_feed()),
        "language": "zh-Hans",
        "authors": [{"name": settings.publisher_name}],
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def sitemap(entries: Sequence[tuple[int, datetime]], site: str, places: Places) -> bytes:
    """Every address of the column (sitemaps.org).

    :param entries: ids, each with the moment of its last change, the newest first.
    """
    return sitemap_of(sitemap_pages(entries, places), site)


def sitemap_pages(
    entries: Sequence[tuple[int, datetime]], places: Places
) -> list[tuple[str, datetime | None]]:
    """The column's own page, and that of each entry."""
    newest = max((moment for _id, moment in entries), default=None)
    return [(places.index(), newest), *((places.entry(one), moment) for one, moment in entries)]


def sitemap_of(pages: Sequence[tuple[str, datetime | None]], site: str) -> bytes:
    """These places, each with the moment of its last change where it is known."""
    ElementTree.register_namespace("", SITEMAP)
    root = ElementTree.Element(f"{{{SITEMAP}}}urlset")
    for place, moment in pages[:SITEMAP_ADDRESSES]:
        _add_address(root, absolute(site, place), moment)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _add_address(root: ElementTree.Element, address: str, moment: datetime | None) -> None:
    url = ElementTree.SubElement(root, f"{{{SITEMAP}}}url")
    ElementTree.SubElement(url, f"{{{SITEMAP}}}loc").text = address
    if moment is not None:
        said = moment.isoformat(timespec="seconds")
        ElementTree.SubElement(url, f"{{{SITEMAP}}}lastmod").text = said


def _host(settings: Settings) -> str:
    return urlsplit(settings.public_url).hostname or "localhost"


def _guid(entry: Entry, settings: Settings) -> str:
    return rules.tag_uri(_host(settings), entry.published_at, entry.index_number, settings.zone)


def _title(entry: Entry) -> str:
    if entry.withdrawal:
        return str(_("已撤回：%(number)s", number=entry.index_number))
    return entry.texts.title


def _summary(entry: Entry) -> str:
    said = entry.withdrawal.note if entry.withdrawal else entry.texts.concern
    return render_template("publishing/_paragraphs.html", text=said)


def _content(entry: Entry) -> str:
    return render_template("publishing/_feed_content.html", entry=entry)
