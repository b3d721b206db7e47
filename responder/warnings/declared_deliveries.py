"""The list of warnings that were sent out, or are to be, declared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from sqlalchemy.orm import Session

from responder.core.permissions import Permission
from responder.warnings import service
from responder.warnings.declared import Matters, matters_of_rows
from responder.warnings.models import DELIVERY_LABELS, ClockWarning, WarningDelivery
from responder.web.listing import (
    Asker,
    Bulk,
    Column,
    Empty,
    Listing,
    Step,
    Tab,
    all_and,
    counts_by,
    words,
)
from responder.web.listing.bulk import Form, Seen
from responder.web.listing.rules import Choice, Filter, Option, Values


def _filters(asker: Asker) -> list[Filter]:
    channels = [Option(one.id, one.name) for one in service.channels(asker.session)]
    return [
        Choice("state", _("按状态"), all_and(words(DELIVERY_LABELS))),
        Choice("channel", _("发送渠道"), channels),
    ]


def _query(values: Values, _asker: Asker) -> Select[WarningDelivery]:
    return service.deliveries(values["channel"], values["state"])


def _counts(values: Values, asker: Asker) -> dict[Any, int]:
    every = _query({**values, "state": None}, asker)
    return counts_by(asker.session, every, WarningDelivery.state)


def _empty(_asker: Asker, values: Values) -> Empty:
    if values["state"] is not None:
        return Empty(_("没有符合条件的发送记录。"), "warning_rules.deliveries", _("查看全部"))
    message = _("还没有发送过：添加发送渠道之后，每条要发出的预警都记在这里。")
    return Empty(message, "warning_rules.channels", _("打开发送渠道"))


def _steps(rows: Sequence[WarningDelivery], _asker: Asker) -> dict[int, list[Step]]:
    again = [Step("again", _("重发"), asks=False)]
    return {one.id: again for one in rows if service.may_send_again(one)}


def _load(ids: Sequence[int], asker: Asker) -> Sequence[WarningDelivery]:
    return asker.session.scalars(service.deliveries().where(WarningDelivery.id.in_(ids))).all()


def _take(session: Session, seen: Seen, _action: str, _form: Form, asker: Asker) -> None:
    service.send_again(session, seen.id, asker.now)


def _matter(one: WarningDelivery, matters: Matters) -> str:
    """Its number alone: whoever looks after channels need not read what it is about."""
    matter = matters.get((one.warning.subject, one.warning.subject_id))
    return matter.label if matter else str(_("已删除"))


DELIVERIES = Listing(
    code="warning-deliveries",
    title=_l("发送记录"),
    counted=_l("共 %(count)s 条"),
    filters=_filters,
    query=_query,
    prepare=matters_of_rows,
    empty=_empty,
    cells="warnings/_delivery_cells.html",
    cards=False,
    tabs=(Tab("state", _counts),),
    bulk=Bulk(
        permissions=(Permission.WEBHOOK_EDIT,),
        steps=_steps,
        load=_load,
        take=_take,
        name=lambda one, matters: f"{one.warning.step.name} {_matter(one, matters)}",
    ),
    columns=(
        Column("warning", _l("预警"), lambda one, _x: one.warning.step.name, width=24),
        Column("matter", _l("事项"), _matter, width=24, on_page=False),
        Column("due", _l("到期"), lambda one, _x: one.warning.due_at,
               sort=(ClockWarning.due_at,), on_page=False),
        Column("channel", _l("发送渠道"), lambda one, _x: one.channel.name, width=20),
        Column("person", _l("发给"), lambda one, _x: one.user and one.user.display_name, width=14,
               on_page=False),
        Column("state", _l("状态"), lambda one, _x: _(DELIVERY_LABELS[one.state]), width=10),
        Column("tries", _l("试过几次"), lambda one, _x: one.tries, width=10, on_page=False),
        Column("tried", _l("最近一次"), lambda one, _x: one.tried_at,
               sort=(WarningDelivery.tried_at,), falling=True),
        Column("answer", _l("回答"), lambda one, _x: one.last_answer, width=40, on_page=False),
        Column("again", _l("操作"), lambda _one, _x: None, in_files=False),
    ),
)  # fmt: skip
