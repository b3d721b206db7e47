"""The 政策解读 column as feeds, and its addresses for a sitemap."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from feedgenerator import Atom1Feed
from flask import render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from responder.core.office import office_zone
from responder.publishing import rules
from responder.publishing.packages import public
from responder.publishing.packages.places import PolicyPlaces
from responder.publishing.packages.released import Interpretation
from responder.publishing.places import absolute
from responder.settings import Settings

Address = tuple[str, datetime | None]


def atom(found: Iterable[Interpretation], settings: Settings, site: str, at: PolicyPlaces) -> str:
    """The feed (RFC 4287), what was published or withdrawn last first.

    :param site: the address that the reader used; every link is absolute under it.
    """
    feed = Atom1Feed(
        title=f"{settings.city_name}政策解读",
        link=absolute(site, at.index()),
        description=_about(settings),
        language="zh-Hans",
        author_name=settings.publisher_name,
        feed_url=absolute(site, at.feed()),
        feed_guid=f"tag:{_host(settings)},2026:interpretations",
    )
    for one in found:
        feed.add_item(
            title=_title(one),
            link=absolute(site, at.interpretation(one.id)),
            description=one.column_name,
            content=_content(one, site, at),
            unique_id=_guid(one, settings),
            author_name=one.author,
            categories=[one.column_name],
            pubdate=one.published_at,
            updateddate=one.updated_at,
        )
    return str(feed.writeString("utf-8"))


def json_feed(
    found: Iterable[Interpretation], settings: Settings, site: str, at: PolicyPlaces
) -> str:
    """The same as JSON Feed 1.1 (jsonfeed.org)."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{settings.city_name}政策解读",
        "description": _about(settings),
        "home_page_url": absolute(site, at.index()),
        "feed_url": absolute(site, at.json_feed()),
        "language": "zh-Hans",
        "authors": [{"name": settings.publisher_name}],
        "items": [
            {
                "id": _guid(one, settings),
                "url": absolute(site, at.interpretation(one.id)),
                "title": _title(one),
                "content_html": _content(one, site, at).strip(),
                "date_published": one.published_at.isoformat(),
                "date_modified": one.updated_at.isoformat(),
                "authors": [{"name": one.author}],
                "tags": [one.column_name],
            }
            for one in found
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def addresses(session: Session, at: PolicyPlaces, limit: int) -> Sequence[Address]:
    """For a sitemap: every page of the column, with the moment of its last change.

    The first is the column's own page, where there is any.
    """
    found: list[Address] = [
        (at.document(one), moment) for one, moment in public.document_addresses(session, limit)
    ]
    found += [
        (at.interpretation(one), moment)
        for one, moment in public.interpretation_addresses(session, limit)
    ]
    newest = max((moment for _place, moment in found if moment), default=None)
    return [(at.index(), newest), *found][:limit]


def _host(settings: Settings) -> str:
    return urlsplit(settings.public_url).hostname or "localhost"


def _guid(one: Interpretation, settings: Settings) -> str:
    return rules.tag_uri(_host(settings), one.published_at, one.index_number, office_zone())


def _about(settings: Settings) -> str:
    return f"{settings.publisher_name}公开的政策文件解读"


def _title(one: Interpretation) -> str:
    if one.withdrawal:
        return str(_("已撤回：%(number)s", number=one.index_number))
    return one.title


def _content(one: Interpretation, site: str, at: PolicyPlaces) -> str:
    address = absolute(site, at.document(one.document_id))
    return render_template("interpretations/_feed_content.html", one=one, address=address)
