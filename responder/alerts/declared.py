"""The list of alerts, declared."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from sqlalchemy.orm import Session

from responder.alerts import service, wording
from responder.alerts.models import KIND_LABELS, Alert
from responder.core.privacy import mask
from responder.topics.models import Topic
from responder.web.listing import Asker, Bulk, Column, Empty, Listing, Step, words
from responder.web.listing.bulk import Form, Seen
from responder.web.listing.rules import Choice, Filter, Flag, Values


def _filters(_asker: Asker) -> list[Filter]:
    return [Choice("kind", _("类型"), words(KIND_LABELS)), Flag("unread", _("只看我未阅的"))]


def _query(values: Values, asker: Asker) -> Select[Alert]:
    unread_by = asker.actor.id if values["unread"] else None
    return service.search(asker.now, kind=values["kind"], unread_by=unread_by)


def _empty(asker: Asker, _values: Values) -> Empty:
    if any(rule.active for rule in service.all_rules(asker.session)):
        message = _("还没有提醒：每次聚合后，系统会按规则检查话题，有了变化就显示在这里。")
        return Empty(message, "alerts.rules", _("查看规则"))
    message = _("没有启用的规则，所以不会有提醒：请启用或添加规则。")
    return Empty(message, "alerts.rules", _("打开规则"))


def _steps(alerts: Sequence[Alert], asker: Asker) -> dict[int, list[Step]]:
    read = [Step("read", _("已阅"), asks=False)]
    return {
        alert.id: read
        for alert in alerts
        if all(reading.user_id != asker.actor.id for reading in alert.readings)
    }


def _load(ids: Sequence[int], asker: Asker) -> Sequence[Alert]:
    return asker.session.scalars(service.search(asker.now).where(Alert.id.in_(ids))).all()


def _take(session: Session, seen: Seen, _action: str, _form: Form, asker: Asker) -> None:
    service.mark_read(session, seen.id, asker.actor, asker.now)


def _topic(alert: Alert, _beside: None) -> str:
    return mask(alert.topic.label)


ALERTS = Listing(
    code="alerts",
    title=_l("提醒"),
    counted=_l("共 %(count)s 条"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="alerts/_rows.html",
    bulk=Bulk(
        permissions=(),
        steps=_steps,
        load=_load,
        take=_take,
        name=_topic,
        undo={"read": "alerts.unread"},
    ),
    columns=(
        Column("at", _l("时间"), lambda one, _x: one.delivered_at, sort=(Alert.delivered_at,),
               falling=True),
        Column("kind", _l("类型"), lambda one, _x: _(KIND_LABELS[one.rule.kind]), width=12),
        Column("topic", _l("话题"), _topic, width=40),
        Column("heat", _l("热度"), lambda one, _x: one.topic.heat, sort=(Topic.heat,),
               falling=True, width=8),
        Column("happened", _l("变化"), lambda one, _x: wording.happened(one), width=60),
        Column("rule", _l("规则"), lambda one, _x: one.facts["rule"], width=24),
    ),
)  # fmt: skip
