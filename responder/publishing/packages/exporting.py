"""The 政策解读 column as files, beside those of 回应关切."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from responder.publishing.feed import FEED_ENTRIES, SITEMAP_ADDRESSES
from responder.publishing.packages import feed, public
from responder.publishing.packages.feed import Address
from responder.publishing.packages.places import PolicyFiles
from responder.publishing.packages.released import Attachment, PolicyDocument
from responder.publishing.places import Files
from responder.settings import Settings


def write_policy(session: Session, folder: Path, site: str, settings: Settings) -> list[Address]:
    """Write every page, feed and attachment of the column; their places for the sitemap.

    A content that is not on this disk leaves its link out of reach, as on the live page.
    """
    at, concerns = PolicyFiles(), Files()
    found = list(session.scalars(public.interpretations(None, None, settings.zone)))
    documents = list(session.scalars(public.documents()))
    pages: dict[str, tuple[str, dict[str, Any]]] = {
        at.index(): ("index", {"found": found, "documents": documents}),
        **{at.document(one.id): ("document", {"document": one}) for one in documents},
        **{at.interpretation(one.id): ("interpretation", {"one": one}) for one in found},
    }
    for name, (kind, values) in pages.items():
        template = f"interpretations/export/{kind}.html"
        text = render_template(template, places=at, concerns=concerns, **values)
        (folder / name).write_text(text, encoding="utf-8")
    latest = list(session.scalars(public.latest(FEED_ENTRIES)))
    for name, text in (
        (at.feed(), feed.atom(latest, settings, site, at)),
        (at.json_feed(), feed.json_feed(latest, settings, site, at)),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    for attachment in _attachments(documents):
        source = settings.package_files / attachment.digest
        if source.is_file():
            shutil.copyfile(source, folder / at.attachment(attachment))
    return list(feed.addresses(session, at, SITEMAP_ADDRESSES))


def _attachments(documents: list[PolicyDocument]) -> list[Attachment]:
    return [file for one in documents if not one.withdrawal for file in one.attachments]
