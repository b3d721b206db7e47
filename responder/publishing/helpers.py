"""What templates, also those of the rooms below, may ask of publishing, and the trail's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from responder.core.database import db
from responder.core.office import office_zone
from responder.core.times import local
from responder.publishing import rules, service
from responder.publishing.after import service as after
from responder.publishing.after.models import Evaluation
from responder.publishing.bundles import service as bundles
from responder.publishing.bundles.lifecycle import BUNDLE
from responder.publishing.bundles.lifecycle import STATE_TONES as BUNDLE_TONES
from responder.publishing.bundles.models import Bundle, BundleState
from responder.publishing.changing.lifecycle import ENTRY_CHANGE, FIELD_LABELS
from responder.publishing.changing.lifecycle import STATE_TONES as CHANGE_TONES
from responder.publishing.changing.standing import last_changes
from responder.publishing.channels import service as channels
from responder.publishing.channels.models import CHANNEL_LABELS, ChannelPost
from responder.publishing.channels.service import Prepared
from responder.publishing.models import (
    CHANGE_LABELS,
    CHANGED_LABELS,
    ChangeState,
    Entry,
    EntryChange,
)
from responder.publishing.packages import helpers as packages
from responder.publishing.places import Live, absolute
from responder.publishing.ratings import service as ratings
from responder.publishing.ratings.models import VERDICT_LABELS, Verdict
from responder.publishing.webhooks.declared import KIND_LABELS
from responder.publishing.webhooks.models import DELIVERY_LABELS
from responder.responses.models import ItemState, ResponseItem
from responder.topics.happened import Happened, told_by
from responder.topics.service import absorbed
from responder.web.trail import Kind, name_kind

CHANGE_DEEDS = {"create": "提出", **{t.action: t.label for t in ENTRY_CHANGE.transitions}}
BUNDLE_DEEDS = {"create": "成组", **{t.action: t.label for t in BUNDLE.transitions}}


def register(app: Flask) -> None:
    """Filters and globals by these names."""
    app.add_template_filter(rules.paragraphs, "paragraphs")
    app.add_template_filter(change_state)
    app.add_template_filter(change_tone)
    app.add_template_filter(bundle_state)
    app.add_template_filter(bundle_tone)
    app.add_template_global(item_entry)
    app.add_template_global(item_changes)
    app.add_template_global(item_bundle)
    app.add_template_global(item_evaluations)
    app.add_template_global(entry_ratings)
    app.add_template_global(entry_posts)
    app.add_template_global(prepared_texts)
    app.jinja_env.globals["changed_labels"] = CHANGED_LABELS
    app.jinja_env.globals["verdict_labels"] = VERDICT_LABELS
    app.jinja_env.globals["post_channels"] = CHANNEL_LABELS
    app.jinja_env.globals["webhook_states"] = DELIVERY_LABELS
    app.jinja_env.globals["webhook_kinds"] = KIND_LABELS
    changed = {kind.value: label for kind, label in CHANGE_LABELS.items()}
    packages.register(app)
    told_by("entries", published_about)
    name_kind(app, "entry", Kind("公开条目", {"create": "发布", **changed}))
    name_kind(
        app,
        "entry_change",
        Kind("公开条目的更改", CHANGE_DEEDS, FIELD_LABELS, ENTRY_CHANGE.states),
    )
    name_kind(app, "bundle", Kind("发布组", BUNDLE_DEEDS, states=BUNDLE.states))
    name_kind(
        app,
        "channel_post",
        Kind("渠道发布", {"create": "登记发布"}, {"url": "链接", "posted_at": "发布时间"}),
    )
    name_kind(
        app,
        "webhook_receiver",
        Kind("推送对象", {"send_again": "重发"}, {"url": "接收地址", "secret": "密钥"}),
    )


def change_state(state: ChangeState) -> str:
    """Where a change stands, in the office's words."""
    return ENTRY_CHANGE.states[state]


def change_tone(state: ChangeState) -> str:
    return CHANGE_TONES.get(state, "")


def bundle_state(state: BundleState) -> str:
    """Where a bundle stands, in the office's words."""
    return BUNDLE.states[state]


def bundle_tone(state: BundleState) -> str:
    return BUNDLE_TONES.get(state, "")


def item_entry(item_id: int) -> Entry | None:
    """For the item's page, which may not know this room: what the item became."""
    return service.entry_of(db.session, item_id)


def published_about(topic_id: int) -> Iterator[Happened]:
    """For the curve of a topic: the answers that came out on it."""
    family = absorbed(db.session, [topic_id])
    query = select(Entry).join(Entry.item).where(ResponseItem.topic_id.in_(family))
    for entry in db.session.scalars(query.order_by(Entry.published_at)):
        day = local(entry.published_at, office_zone()).date()
        told = _("发布《%(title)s》", title=entry.title)
        yield Happened(day, told, url_for("publishing.show", entry_id=entry.id))


def item_changes(items: Iterable[ResponseItem]) -> dict[int, EntryChange]:
    """For a list of items: of those that are out, what changed in public last, by id."""
    out = [item.id for item in items if item.state in (ItemState.PUBLISHED, ItemState.ARCHIVED)]
    return last_changes(db.session, out)


def item_bundle(item_id: int) -> Bundle | None:
    """With what an item waits for its hour."""
    return bundles.bundle_of(db.session, item_id)


def item_evaluations(item: ResponseItem) -> list[Evaluation]:
    """What was made of an item's effect, the last first."""
    return after.evaluations_of(db.session, item.id)


def entry_ratings(entry: Entry) -> dict[Verdict, int]:
    """How readers rated an entry."""
    return ratings.totals(db.session, entry.id)


def entry_posts(entry: Entry) -> list[ChannelPost]:
    """Where else an entry stands."""
    return channels.posts_of(db.session, entry.id)


def prepared_texts(entry: Entry) -> list[Prepared]:
    """What to put elsewhere, with the entry's own address."""
    site = current_app.extensions["settings"].public_url or request.url_root
    return channels.prepared(entry, absolute(site, Live().entry(entry.id)))
