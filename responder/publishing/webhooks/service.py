"""Verbs and questions on receivers and deliveries."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased, joinedload, undefer

from responder.core import audit
from responder.core.errors import Invalid, NotFound, Stale, WrongState
from responder.publishing.models import Entry
from responder.publishing.packages.released import PolicyDocument
from responder.publishing.rules import is_web_address
from responder.publishing.webhooks import rules
from responder.publishing.webhooks.models import (
    DeliveryState,
    WebhookDelivery,
    WebhookReceiver,
    follows,
)
from responder.publishing.webhooks.sending import Claim, post
from responder.sources.fetching import FetchFailed, Network


def receivers(session: Session) -> list[WebhookReceiver]:
    """Every receiver, by name."""
    query = select(WebhookReceiver).order_by(WebhookReceiver.name, WebhookReceiver.id)
    return list(session.scalars(query))


def get(session: Session, receiver_id: int) -> WebhookReceiver:
    """:raises NotFound: no such receiver."""
    receiver = session.get(WebhookReceiver, receiver_id)
    if receiver is None:
        raise NotFound("没有这个推送对象：请从推送页面重新进入")
    return receiver


def add(session: Session, name: str, url: str, now: datetime) -> tuple[WebhookReceiver, str]:
    """A new receiver, and its secret, which is shown once.

    :raises Invalid: no name, or no web address.
    """
    secret = rules.secret_of(secrets.token_bytes(rules.KEY_BYTES))
    receiver = WebhookReceiver(
        name=_name(name), url=_address(url), secret=secret, active=True, created_at=now
    )
    session.add(receiver)
    session.flush()
    return receiver, secret


def edit(
    session: Session, receiver: WebhookReceiver, name: str, url: str, version: int | None
) -> None:
    """Change name and address; what is waiting goes to the new one.

    :raises Invalid: no name, or no web address.
    :raises Stale: somebody else has changed it since.
    """
    if version != receiver.version_id:
        raise Stale("您打开页面之后，这个推送对象已被别人修改：请刷新后再改")
    receiver.name, receiver.url = _name(name), _address(url)
    session.flush()


def renew_secret(session: Session, receiver: WebhookReceiver) -> str:
    """Another secret in place of the one there was."""
    receiver.secret = rules.secret_of(secrets.token_bytes(rules.KEY_BYTES))
    session.flush()
    return receiver.secret


def pause(session: Session, receiver: WebhookReceiver) -> None:
    """Tell it nothing for now; what becomes public meanwhile waits until it resumes."""
    receiver.active = False
    session.flush()


def resume(session: Session, receiver: WebhookReceiver) -> None:
    receiver.active = True
    session.flush()


def try_out(
    session: Session, receiver: WebhookReceiver, now: datetime, network: Network
) -> FetchFailed | None:
    """Send a ping, signed as everything is; why it was not taken, or None.

    For an edge outside a transaction: it waits for the network.
    """
    body = json.dumps({"type": "ping", "timestamp": now.isoformat(), "data": {}}).encode()
    query = select(WebhookReceiver).where(WebhookReceiver.id == receiver.id)
    known = session.scalars(query.options(undefer(WebhookReceiver.secret))).one()
    try:
        post(network, Claim(0, str(uuid4()), known.url, known.secret, body), now)
    except FetchFailed as error:
        return error
    return None


def deliveries(
    receiver_id: int | None = None, state: DeliveryState | None = None
) -> Select[WebhookDelivery]:
    """What was told, newest first."""
    query = (
        select(WebhookDelivery)
        .order_by(WebhookDelivery.id.desc())
        .options(
            joinedload(WebhookDelivery.receiver),
            joinedload(WebhookDelivery.entry).load_only(Entry.index_number),
            joinedload(WebhookDelivery.document).load_only(PolicyDocument.index_number),
        )
    )
    if receiver_id is not None:
        query = query.where(WebhookDelivery.receiver_id == receiver_id)
    return query if state is None else query.where(WebhookDelivery.state == state)


def counts(session: Session) -> dict[int, dict[DeliveryState, int]]:
    """Receiver → how many deliveries stand where."""
    query = select(WebhookDelivery.receiver_id, WebhookDelivery.state, func.count()).group_by(
        WebhookDelivery.receiver_id, WebhookDelivery.state
    )
    found: dict[int, dict[DeliveryState, int]] = {}
    for receiver_id, state, count in session.execute(query):
        found.setdefault(receiver_id, {})[state] = count
    return found


def send_again(session: Session, delivery_id: int, now: datetime) -> WebhookDelivery:
    """Put one delivery back in line, under its number, with all its tries before it.

    :raises NotFound: no such delivery.
    :raises WrongState: its receiver is paused, or something newer is to be told of the same.
    """
    delivery = session.get(WebhookDelivery, delivery_id, with_for_update=True)
    if delivery is None:
        raise NotFound("没有这条推送记录：请刷新页面")
    if not delivery.receiver.active:
        raise WrongState("推送对象已暂停：请先恢复，再重发")
    if _has_newer(session, delivery):
        raise WrongState("这条内容此后又有更改，不再重发旧的：请重发它最新的一条推送记录")
    delivery.state, delivery.tries, delivery.next_try_at = DeliveryState.WAITING, 0, now
    audit.record(session, "send_again", delivery.receiver, {"number": delivery.number})
    return delivery


def _has_newer(session: Session, delivery: WebhookDelivery) -> bool:
    newer = aliased(WebhookDelivery)
    query = select(newer.id).join(WebhookDelivery, follows(newer, WebhookDelivery))
    return session.scalar(query.where(WebhookDelivery.id == delivery.id).limit(1)) is not None


def _name(name: str) -> str:
    kept = " ".join(name.split())
    if not kept:
        raise Invalid("请填写名称：推送给哪个系统", {"name": "必填"})
    return kept


def _address(url: str) -> str:
    kept = url.strip()
    if not is_web_address(kept):
        raise Invalid(
            "请填写以 https:// 或 http:// 开头、不带用户名和密码的地址", {"url": "不可用"}
        )
    return kept
