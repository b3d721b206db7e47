"""Sources with sane defaults, and the scheduler's turns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.intake.models import Channel, Message
from responder.settings import Settings
from responder.sources import collecting, service
from responder.sources.fetching import Network
from responder.sources.models import Kind, Source, SourceRun
from responder.sources.service import SourceFacts
from tests.factories import NOW


def app_settings(**changes: Any) -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings.model_copy(update=changes)


def source(kind: Kind = Kind.FEED, settings: Mapping[str, Any] | None = None, **facts) -> Source:
    """A source that is due now."""
    said = SourceFacts(
        name=facts.pop("name", "柳岸论坛"),
        channel=facts.pop("channel", Channel.FORUM),
        interval_minutes=facts.pop("interval_minutes", 15),
        settings=settings or {"url": "http://feeds.test/rss"},
        **facts,
    )
    with transaction(CONSOLE, NOW) as session:
        return service.add(session, kind, said, app_settings(), NOW)


def turn(network: Network, now: datetime = NOW) -> int:
    """One turn of the scheduler over what is fetched."""
    done = collecting.fetch_due(now, app_settings(), network)
    db.session.expire_all()
    return done


def turn_folders(now: datetime = NOW, **changes: Any) -> int:
    done = collecting.import_folders(now, app_settings(**changes))
    db.session.expire_all()
    return done


def stored() -> list[Message]:
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def runs(of: Source) -> list[SourceRun]:
    query = select(SourceRun).where(SourceRun.source_id == of.id)
    return list(db.session.scalars(query.order_by(SourceRun.id)))


def feed(*items: tuple[str, str]) -> str:
    """An RSS feed of identifiers and titles."""
    entries = "".join(
        f"<item><guid>{key}</guid><title>{title}</title><description>{title}。</description>"
        "<pubDate>Thu, 19 Nov 2026 10:00:00 +0800</pubDate></item>"
        for key, title in items
    )
    return f'<rss version="2.0"><channel><title>x</title>{entries}</channel></rss>'
