"""The list of topics, declared."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.core.office import public_lines
from responder.core.privacy import mask
from responder.topics import service
from responder.topics.models import Topic
from responder.topics.rules import LEVEL_LABELS
from responder.web.listing import Asker, Column, Empty, Listing
from responder.web.listing.rules import Choice, Filter, Flag, Option, Text, Values


def _filters(_asker: Asker) -> list[Filter]:
    highest = max(LEVEL_LABELS)
    levels = [
        Option(level, _(name) if level == highest else _("%(level)s及以上", level=_(name)))
        for level, name in LEVEL_LABELS.items()
        if level
    ]
    return [
        Text("q", _("话题名称")),
        Choice("level", _("热度等级"), levels),
        Flag("single", _("包括只有一条留言的")),
        Flag("dismissed", _("已标为“不是话题”的")),
    ]


def _query(values: Values, _asker: Asker) -> Select[Topic]:
    return service.topics_by_heat(
        min_messages=1 if values["dismissed"] or values["single"] else 2,
        min_level=values["level"] or 0,
        text=values["q"] or "",
        pinned_first=True,
        dismissed=values["dismissed"],
    )


def _empty(_asker: Asker, _values: Values) -> Empty:
    return Empty(_("还没有话题：有了留言，系统会自动聚合，也可以点右上角“立即聚合新留言”。"))


def _masked(text: str) -> str:
    return mask(text, public_lines())


def _keywords(topic: Topic) -> str:
    return "、".join(_masked(word) for word, _weight in topic.keywords[:4])


TOPICS = Listing(
    code="topics",
    title=_l("话题"),
    counted=_l("共 %(count)s 个话题"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="topics/_rows.html",
    columns=(
        Column("id", _l("编号"), lambda one, _x: one.id, width=8),
        Column("label", _l("话题"), lambda one, _x: _masked(one.label), width=40),
        Column("heat", _l("热度"), lambda one, _x: one.heat, sort=(Topic.heat,), falling=True,
               width=8),
        Column("level", _l("热度等级"), lambda one, _x: _(LEVEL_LABELS[one.level]), width=10),
        Column("people", _l("人数"), lambda one, _x: one.people_count,
               sort=(Topic.people_count,), falling=True, width=8),
        Column("messages", _l("留言数"), lambda one, _x: one.message_count,
               sort=(Topic.message_count,), falling=True, width=8),
        Column("first", _l("最早"), lambda one, _x: one.first_seen, sort=(Topic.first_seen,),
               falling=True),
        Column("last", _l("最近"), lambda one, _x: one.last_seen, sort=(Topic.last_seen,),
               falling=True),
        Column("keywords", _l("关键词"), lambda one, _x: _keywords(one), width=30),
    ),
)  # fmt: skip
