"""The 政策解读 column as files, beside those of 回应关切."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from responder.core.errors import Invalid
from responder.core.file_kinds import begins_as_named
from responder.publishing.feed import FEED_ENTRIES, SITEMAP_ADDRESSES
from responder.publishing.packages import feed, public
from responder.publishing.packages.feed import Address
from responder.publishing.packages.places import PolicyFiles
from responder.publishing.packages.released import Attachment
from responder.settings import Settings

MOST_NAMED = 10


def write_policy(session: Session, folder: Path, site: str, settings: Settings) -> list[Address]:
    """Write every page, feed and attachment of the column; their places for the sitemap.

    That the attachments are there was asked before: see :func:`require_contents`.
    """
    at = PolicyFiles()
    found = list(session.scalars(public.interpretations(None, None, settings.zone)))
    documents = list(session.scalars(public.documents()))
    pages: dict[str, tuple[str, dict[str, Any]]] = {
        at.index(): ("index", {"found": found, "documents": documents}),
        **{at.document(one.id): ("document", {"document": one}) for one in documents},
        **{at.interpretation(one.id): ("interpretation", {"one": one}) for one in found},
    }
    for name, (kind, values) in pages.items():
        template = f"interpretations/export/{kind}.html"
        text = render_template(template, places=at, **values)
        (folder / name).write_text(text, encoding="utf-8")
    latest = list(session.scalars(public.latest(FEED_ENTRIES)))
    for name, text in (
        (at.feed(), feed.atom(latest, settings, site, at)),
        (at.json_feed(), feed.json_feed(latest, settings, site, at)),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    for attachment in public.attachments(session):
        source = settings.package_files / attachment.digest
        shutil.copyfile(source, folder / at.attachment(attachment))
    return list(feed.addresses(session, at, SITEMAP_ADDRESSES))


def require_contents(session: Session, settings: Settings) -> None:
    """Ask for every content that the column links to, before a page is written.

    A column whose links lead nowhere is not put in the place of one whose links work.

    :raises Invalid: names what is not on this disk, and what to do.
    """
    lost = [
        one for one in public.attachments(session) if not _is_whole(settings.package_files, one)
    ]
    if not lost:
        return
    named = "；".join(
        f"{one.document.index_number}《{one.document.title}》的附件“{one.name}”（{one.digest}）"
        for one in lost[:MOST_NAMED]
    )
    more = f"……共 {len(lost)} 个" if len(lost) > MOST_NAMED else ""
    raise Invalid(
        f"没有导出，原来导出的没有动：{named}{more}的内容不在 {settings.package_files}，或不完整，"
        "或不是它所称的文件。"
        "请从备份把同名文件放回这个目录，再导出；找不回来的，请先撤回那份文件"
    )


def _is_whole(root: Path, attachment: Attachment) -> bool:
    path = root / attachment.digest
    return (
        path.is_file()
        and path.stat().st_size == attachment.size
        and begins_as_named(path, attachment.name)
    )
