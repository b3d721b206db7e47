"""The hot topics that nothing answers, and those that need no answer, declared as lists.

Which topics they are, only those read who may read topics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, false
from sqlalchemy.orm import Session

from responder.core.permissions import Permission
from responder.core.privacy import mask
from responder.core.times import local
from responder.planning.linking import gaps, verdicts
from responder.planning.linking.gaps import Gap, OpenGap, Order
from responder.planning.linking.models import TopicVerdict
from responder.topics.models import Topic
from responder.topics.rules import LEVEL_LABELS
from responder.web.listing import Asker, Bulk, Column, Empty, Listing, Step
from responder.web.listing.bulk import Form, Seen
from responder.web.listing.rules import Asked, Filter, Flag, Text, Values
from responder.web.listing.sources import ReckonedSource


def _gap_filters(_asker: Asker) -> list[Filter]:
    return [Text("q", _("话题")), Flag("risen", _("只看热度又升一级的"))]


def _gap_source(asked: Asked, asker: Asker) -> ReckonedSource:
    found: list[OpenGap] = []
    if asker.actor.may(Permission.TOPIC_READ):
        found = gaps.open_gaps(asker.session, Order.HEAT, asker.zone)
    text, risen = asked.values["q"] or "", asked.values["risen"]
    rows = [one for one in found if text in one.label and (one.verdict or not risen)]
    return ReckonedSource(
        GAPS, asked, rows, lambda part: gaps.load_gaps(asker.session, part, asker.zone)
    )


def _no_gap(_asker: Asker, _values: Values) -> Empty:
    message = _("热点话题都已有安排。新的热点出现后会列在这里。")
    return Empty(message, "topics.index", _("查看全部话题"))


def _suggested(gap: Gap, asker: Asker) -> str:
    return "\n".join(
        f"{local(one.event.starts_at, asker.zone):%m-%d} {one.event.theme}"
        for one in gap.suggestions
    )


def _remark(gap: Gap, _asker: Asker) -> str:
    if gap.verdict is None:
        return ""
    words = _("%(name)s曾判为无需回应（%(reason)s），此后热度升了一级")
    return str(words % {"name": gap.verdict.by_name, "reason": mask(gap.verdict.reason)})


# As an address says it: hottest first, or longest unanswered first.
_ordered = partial(Column, one_way=True)

GAPS = Listing(
    code="gaps",
    title=_l("待安排的热点"),
    counted=_l("共 %(count)s 个"),
    filters=_gap_filters,
    source=_gap_source,
    prepare=lambda _rows, asker, _values: asker,
    empty=_no_gap,
    cells="planning/_gap_rows.html",
    sort_name="order",
    columns=(
        Column("topic", _l("话题"), lambda one, _x: mask(one.topic.label), width=40),
        _ordered(Order.HEAT, _l("热度"), lambda one, _x: round(one.topic.heat, 1),
                 sort=(lambda one: -one.heat,), width=8),
        Column("level", _l("级别"), lambda one, _x: _(LEVEL_LABELS[one.topic.level]), width=8),
        Column("people", _l("人数"), lambda one, _x: one.topic.people_count, width=8),
        Column("messages", _l("留言数"), lambda one, _x: one.topic.message_count, width=8),
        Column("last", _l("最近留言"), lambda one, _x: one.topic.last_seen),
        Column("hot", _l("达到热点"), lambda one, _x: one.hot_since),
        _ordered(Order.CLOCK, _l("应回应时间"), lambda one, _x: one.clock.due_at,
                 sort=(lambda one: one.hot_since,)),
        Column("late", _l("状态"),
               lambda one, asker: _("已超时") if one.clock.due_at <= asker.now else _("未到期"),
               width=10),
        Column("suggested", _l("建议的发布活动"), _suggested, width=44),
        Column("remark", _l("备注"), _remark, width=34),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Beside:
    """What verdicts need beside themselves.

    :param living: id of a verdict's topic → that topic, or what it was merged into.
    :param open_ids: topics that are in the list of gaps all the same.
    """

    living: Mapping[int, Topic]
    open_ids: frozenset[int]

    def topic(self, verdict: TopicVerdict) -> Topic:
        return self.living[verdict.topic_id]

    def came_back(self, verdict: TopicVerdict) -> bool:
        return self.topic(verdict).id in self.open_ids


def _verdict_filters(_asker: Asker) -> list[Filter]:
    return [Text("q", _("话题或理由"))]


def _verdicts(values: Values, asker: Asker) -> Select[TopicVerdict]:
    query = verdicts.settled(values["q"] or "")
    return query if asker.actor.may(Permission.TOPIC_READ) else query.where(false())


def _beside(rows: Sequence[TopicVerdict], asker: Asker, _values: Values) -> Beside:
    living = verdicts.living_topics(asker.session, rows)
    return Beside(living, gaps.open_topics(asker.session))


def _no_verdict(_asker: Asker, _values: Values) -> Empty:
    message = _("还没有判为无需回应的话题。在“待安排”中逐个判断，并写明理由。")
    return Empty(message, "planning.gaps", _("查看待安排的热点"))


def _steps(rows: Sequence[TopicVerdict], _asker: Asker) -> dict[int, list[Step]]:
    withdraw = [Step("withdraw", _("撤回"), "outline-secondary", asks=False)]
    return {one.id: withdraw for one in rows}


def _load(ids: Sequence[int], asker: Asker) -> Sequence[TopicVerdict]:
    return asker.session.scalars(verdicts.settled().where(TopicVerdict.id.in_(ids))).all()


def _take(session: Session, seen: Seen, _action: str, _form: Form, asker: Asker) -> None:
    verdict = verdicts.get_verdict(session, seen.id)
    verdicts.withdraw(session, verdict, asker.actor, asker.now)


def _topic(verdict: TopicVerdict, beside: Beside) -> str:
    return mask(beside.topic(verdict).label)


SETTLED_GAPS = Listing(
    code="settled-gaps",
    title=_l("无需回应的热点"),
    counted=_l("共 %(count)s 个"),
    filters=_verdict_filters,
    query=_verdicts,
    prepare=_beside,
    empty=_no_verdict,
    cells="planning/_settled_gap_rows.html",
    bulk=Bulk(
        permissions=(Permission.EVENT_LINK,),
        steps=_steps,
        load=_load,
        take=_take,
        name=_topic,
        undo={"withdraw": "planning.restore_verdicts"},
    ),
    columns=(
        Column("topic", _l("话题"), _topic, width=40),
        Column("reason", _l("理由"), lambda one, _x: mask(one.reason), width=50),
        Column("by", _l("判定人"), lambda one, _x: one.by_name, width=12),
        Column("at", _l("判定时间"), lambda one, _x: one.at, sort=(TopicVerdict.at,),
               falling=True),
        Column("then", _l("当时热度"), lambda one, _x: one.heat, sort=(TopicVerdict.heat,),
               falling=True, width=10),
        Column("heat", _l("现在热度"), lambda one, x: x.topic(one).heat, width=10),
        Column("back", _l("已回到清单"), lambda one, x: _("是") if x.came_back(one) else "",
               width=10),
    ),
)  # fmt: skip
