"""Verbs and questions on bundles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from responder.core import privacy
from responder.core.errors import GuardRefused, Invalid, NotFound, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.publishing import rules, service
from responder.publishing.bundles.lifecycle import BUNDLE
from responder.publishing.bundles.models import Bundle, BundleItem, BundleState
from responder.responses import service as responses
from responder.responses.models import ItemState, ResponseItem
from responder.responses.rules import gate_sentence
from responder.settings import Settings

FEWEST, MOST = 2, 50


def make(
    session: Session,
    name: str,
    item_ids: Sequence[int],
    publish_at: datetime,
    attempt: Attempt,
) -> Bundle:
    """Have signed items go out together at one moment.

    :param publish_at: aware; not before the present minute, and at most two years ahead.
    :raises Invalid: no name, fewer than two items, an hour that has passed.
    :raises Forbidden, WrongState, GuardRefused: one of them may not be scheduled; none is.
    """
    kept = " ".join(name.split())
    if not kept:
        raise Invalid("请给这一组起个名称，便于同事辨认", {"name": "必填"})
    wanted = sorted(set(item_ids))
    if not FEWEST <= len(wanted) <= MOST:
        raise Invalid(f"请勾选 {FEWEST} 到 {MOST} 件已签发的事项", {"items": "件数不对"})
    if reason := rules.wrong_hour(publish_at, attempt.now):
        raise Invalid(reason, {"publish_at": reason})
    query = select(ResponseItem).where(ResponseItem.id.in_(wanted)).order_by(ResponseItem.id)
    items = list(session.scalars(query.with_for_update()))
    if len(items) < len(wanted):
        raise NotFound("所选的事项有的已不存在：请刷新页面后重新选择")
    for item in items:
        _require_signed(item)
        responses.mark_scheduled(session, item, publish_at, attempt)
    bundle = Bundle(
        name=kept,
        publish_at=publish_at,
        made_at=attempt.now,
        made_by_name=attempt.actor.name,
        items=items,
    )
    session.add(bundle)
    session.flush()
    return bundle


def publish_now(session: Session, bundle: Bundle, attempt: Attempt, settings: Settings) -> None:
    """Put all items of a bundle into the column, in this transaction.

    :raises GuardRefused: the gate refuses one of them; none goes out.
    :raises Forbidden, WrongState: as :meth:`Lifecycle.advance`.
    """
    if reason := refusal(bundle):
        raise GuardRefused(reason)
    BUNDLE.advance(session, bundle, "publish", attempt)
    bundle.settled_at = attempt.now
    for item in bundle.items:
        service.put_out(session, item, attempt, settings)
    session.flush()


def cancel(session: Session, bundle: Bundle, attempt: Attempt) -> None:
    """Take the hour back; all items are signed again.

    :raises Forbidden, WrongState: as :meth:`Lifecycle.advance`.
    """
    BUNDLE.advance(session, bundle, "cancel", attempt)
    bundle.settled_at = attempt.now
    for item in bundle.items:
        responses.mark_unscheduled(session, item, attempt)
    session.flush()


def refusal(bundle: Bundle) -> str | None:
    """Why this bundle may not go out: what the gate says of its items; None when it may."""
    parts = []
    for item in bundle.items:
        reason = gate_sentence(service.gate(item))
        if item.state is not ItemState.SCHEDULED:
            reason = "不是“待发布”状态"
        if reason:
            parts.append(f"《{privacy.mask(item.title)}》{reason}")
    return f"整组没有发布：{'；'.join(parts)}" if parts else None


def due_ids(session: Session, now: datetime) -> list[int]:
    """The bundles whose hour has come, the one that waits longest first."""
    query = select(Bundle.id).where(*_is_due(now)).order_by(Bundle.publish_at, Bundle.id)
    return list(session.scalars(query))


def publish_if_due(session: Session, bundle_id: int, attempt: Attempt, settings: Settings) -> int:
    """Look again, now that the row is ours; how many items went out: all of them, or none.

    Refused, they go back to be signed, each with the reason in its trail.
    """
    query = select(Bundle).where(Bundle.id == bundle_id, *_is_due(attempt.now))
    bundle = session.scalar(query.with_for_update(skip_locked=True))
    if bundle is None:
        return 0
    if reason := refusal(bundle):
        told = Attempt(attempt.actor, attempt.now, f"到点未发布：{reason}")
        BUNDLE.advance(session, bundle, "refuse", told)
        bundle.outcome, bundle.settled_at = reason, attempt.now
        for item in bundle.items:
            if item.state is ItemState.SCHEDULED:
                responses.mark_unscheduled(session, item, told)
        return 0
    publish_now(session, bundle, attempt, settings)
    return len(bundle.items)


def find(session: Session, bundle_id: int, version: int | None = None) -> Bundle:
    """One bundle; with a ``version``, as somebody had it before them.

    :raises NotFound: no such bundle.
    :raises Stale: it has changed since.
    """
    bundle = session.get(Bundle, bundle_id)
    if bundle is None:
        raise NotFound("没有这个发布组：请从成组发布页面重新进入")
    if version is not None and version != bundle.version_id:
        raise Stale("您打开页面之后，这一组已有变化：请刷新页面查看")
    return bundle


def listed(state: BundleState | None = None, text: str = "") -> Select[Bundle]:
    """Bundles with their items: what waits first, then the newest.

    :param text: in the name.
    """
    query = (
        select(Bundle)
        .order_by(Bundle.state != BundleState.SCHEDULED, Bundle.publish_at.desc())
        .order_by(Bundle.id.desc())
        .options(selectinload(Bundle.items))
    )
    if state is not None:
        query = query.where(Bundle.state == state)
    return query.where(Bundle.name.contains(text, autoescape=True)) if text else query


def signed_items(session: Session) -> list[ResponseItem]:
    """What a bundle can be made of, the oldest first."""
    query = (
        select(ResponseItem)
        .where(ResponseItem.state == ItemState.SIGNED)
        .order_by(ResponseItem.id)
        .options(joinedload(ResponseItem.unit))
    )
    return list(session.scalars(query))


def bundle_of(session: Session, item_id: int) -> Bundle | None:
    """The bundle with which an item waits for its hour."""
    return session.scalar(
        select(Bundle)
        .join(BundleItem, BundleItem.bundle_id == Bundle.id)
        .where(BundleItem.item_id == item_id, Bundle.state == BundleState.SCHEDULED)
    )


def _require_signed(item: ResponseItem) -> None:
    if item.state is not ItemState.SIGNED:
        raise WrongState(f"《{privacy.mask(item.title)}》已不是“已签发”状态：请刷新页面后重新选择")


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Bundle.state == BundleState.SCHEDULED, Bundle.publish_at <= now)
