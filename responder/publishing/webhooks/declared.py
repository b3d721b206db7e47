"""The log of what other systems were told, declared as a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from sqlalchemy.orm import Session

from responder.core.permissions import Permission
from responder.publishing.webhooks import service
from responder.publishing.webhooks.models import DELIVERY_LABELS, DeliveryState, WebhookDelivery
from responder.web.listing import (
    Asker,
    Bulk,
    Choice,
    Column,
    Days,
    Empty,
    Listing,
    Option,
    Step,
    Tab,
    Values,
    counts_by,
    within,
    words,
)  # fmt: skip
from responder.web.listing.bulk import Form, Seen
from responder.web.listing.rules import Filter

LOG_READERS = (Permission.PUBLISH, Permission.WEBHOOK_EDIT)
KIND_LABELS = {
    "publish": "发布", "correct": "更正", "replace": "替换", "withdraw": "撤回", "release": "发布",
}  # fmt: skip


def _filters(asker: Asker) -> list[Filter]:
    receivers = [Option(one.id, one.name) for one in service.receivers(asker.session)]
    return [
        Choice("state", _("按状态"), [Option(None, _("全部"), "all"), *words(DELIVERY_LABELS)]),
        Choice("receiver", _("推送给"), receivers),
        Days(_("排上的日期")),
    ]


def _query(values: Values, asker: Asker) -> Select[WebhookDelivery]:
    found = service.deliveries(values["receiver"], values["state"])
    return found.where(*within(WebhookDelivery.created_at, values, asker))


def _counts(values: Values, asker: Asker) -> Mapping[DeliveryState | None, int]:
    every = _query({**values, "state": None}, asker)
    return counts_by(asker.session, every, WebhookDelivery.state)


def _empty(_asker: Asker, values: Values) -> Empty:
    if values["state"] is not None:
        return Empty(_("没有这个状态的推送。"), "webhooks.log", _("查看全部"))
    return Empty(_("还没有推送过：管理员添加推送对象之后，每次发布都会记在这里。"))


def _steps(deliveries: Sequence[WebhookDelivery], _asker: Asker) -> dict[int, list[Step]]:
    again = [Step("again", _("重发"), "outline-primary", asks=False)]
    return {one.id: again for one in deliveries if one.state is not DeliveryState.SUPERSEDED}


def _load(ids: Sequence[int], asker: Asker) -> Sequence[WebhookDelivery]:
    found = service.deliveries().where(WebhookDelivery.id.in_(ids))
    return asker.session.scalars(found).all()


def _take(session: Session, seen: Seen, _action: str, _form: Form, asker: Asker) -> None:
    service.send_again(session, seen.id, asker.now)


def _subject(one: WebhookDelivery, _beside: None) -> str:
    about = one.entry or one.document
    assert about is not None, "a delivery is of an entry or of a document"
    return f"{_(KIND_LABELS[one.kind])} {about.index_number}"


def _next(one: WebhookDelivery, _beside: None) -> datetime | None:
    return one.next_try_at if one.state is DeliveryState.WAITING else None


DELIVERIES = Listing(
    code="webhook_deliveries",
    title=_l("推送记录"),
    counted=_l("共 %(count)s 条"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="publishing/_delivery_cells.html",
    cards=False,
    tabs=(Tab("state", _counts),),
    bulk=Bulk(
        permissions=LOG_READERS,
        steps=_steps,
        load=_load,
        take=_take,
        name=lambda one, beside: f"{_subject(one, beside)} → {one.receiver.name}",
    ),
    columns=(
        Column("subject", _l("条目"), _subject, width=28),
        Column("receiver", _l("推送给"), lambda one, _x: one.receiver.name, width=24),
        Column("state", _l("状态"), lambda one, _x: _(DELIVERY_LABELS[one.state]), width=10),
        Column("tried", _l("最近一次"), lambda one, _x: one.tried_at,
               sort=(WebhookDelivery.tried_at,), falling=True),
        Column("tries", _l("试过几次"), lambda one, _x: one.tries, on_page=False, width=10),
        Column("next", _l("下次"), _next, on_page=False),
        Column("answer", _l("对方的答复"), lambda one, _x: one.last_answer, on_page=False,
               width=40),
        Column("number", _l("编号"), lambda one, _x: one.number, on_page=False, width=38),
        Column("deed", _l("操作"), lambda _one, _x: None, in_files=False),
    ),
)  # fmt: skip
