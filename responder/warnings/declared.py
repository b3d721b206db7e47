"""The list of one's own warnings, declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from sqlalchemy.orm import Session

from responder.warnings import service
from responder.warnings.matters import Matter, matters_of
from responder.warnings.models import SEVERITY_LABELS, ClockWarning, Subject, WarningDelivery
from responder.web.listing import Asker, Bulk, Column, Empty, Listing, Step, Tab, words
from responder.web.listing.bulk import Form, Seen
from responder.web.listing.rules import Choice, Filter, Values

VIEW_LABELS = {"all": "现行的", "unread": "未阅的", "ended": "已了结的"}

Matters = Mapping[tuple[Subject, int], Matter]


def _filters(_asker: Asker) -> list[Filter]:
    return [Choice("view", _("按状态"), words(VIEW_LABELS), default="all")]


def _query(values: Values, asker: Asker) -> Select[WarningDelivery]:
    view = values["view"]
    return service.mine(asker.actor, unread=view == "unread", ended=view == "ended")


def matters_of_rows(rows: Sequence[WarningDelivery], asker: Asker, _values: Values) -> Matters:
    return matters_of(asker.session, (one.warning for one in rows))


def _empty(_asker: Asker, values: Values) -> Empty:
    if values["view"] == "all":
        return Empty(
            _("现在没有预警：您要办理的时限都还宽裕。临近时会在这里提醒，填写邮箱的同时发邮件。")
        )
    return Empty(_("没有这样的预警。"), "warnings.index", _("查看现行的"))


def _steps(rows: Sequence[WarningDelivery], _asker: Asker) -> dict[int, list[Step]]:
    read = [Step("read", _("已阅"), asks=False)]
    return {one.id: read for one in rows if not one.read_at and not one.warning.ended_at}


def _load(ids: Sequence[int], asker: Asker) -> Sequence[WarningDelivery]:
    query = service.mine(asker.actor).where(WarningDelivery.id.in_(ids))
    return asker.session.scalars(query).all()


def _take(session: Session, seen: Seen, _action: str, _form: Form, asker: Asker) -> None:
    service.mark_read(session, seen.id, asker.actor, asker.now)


def _label(one: WarningDelivery, matters: Matters) -> str:
    matter = matters.get((one.warning.subject, one.warning.subject_id))
    if matter is None:
        return str(_("已删除"))
    return f"{matter.label}：{matter.title}" if matter.title else matter.label


WARNINGS = Listing(
    code="warnings",
    title=_l("我的预警"),
    counted=_l("共 %(count)s 条"),
    filters=_filters,
    query=_query,
    prepare=matters_of_rows,
    empty=_empty,
    cells="warnings/_rows.html",
    tabs=(Tab("view"),),
    bulk=Bulk(
        permissions=(),
        steps=_steps,
        load=_load,
        take=_take,
        name=_label,
        undo={"read": "warnings.unread"},
    ),
    columns=(
        Column("severity", _l("程度"), lambda one, _x: _(SEVERITY_LABELS[one.warning.severity]),
               width=8),
        Column("matter", _l("事项"), _label, width=40),
        Column("duty", _l("时限"), lambda one, _x: one.warning.rule.duty, width=20),
        Column("due", _l("到期"), lambda one, _x: one.warning.due_at,
               sort=(ClockWarning.due_at,)),
        Column("raised", _l("提出时间"), lambda one, _x: one.warning.raised_at,
               sort=(ClockWarning.raised_at,), falling=True),
        Column("read", _l("已阅"), lambda one, _x: one.read_at),
        Column("ended", _l("了结"), lambda one, _x: one.warning.ended_at),
    ),
)  # fmt: skip
