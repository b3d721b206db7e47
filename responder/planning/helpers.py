"""What templates, also those of rooms below, may ask of planning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _

from responder.core.database import db
from responder.core.office import office_zone
from responder.core.times import local, utc_now
from responder.planning import service
from responder.planning.access import in_full
from responder.planning.events.lifecycle import PRESS_EVENT, STATE_TONES
from responder.planning.events.series_moving import versions
from responder.planning.linking.deciding import decisions_on
from responder.planning.models import (
    SPEAKER_RANK_LABELS,
    EventState,
    LinkState,
    PressEvent,
    TopicEventLink,
)
from responder.planning.plans.lifecycle import PLAN_ENTRY, RELEASE_PLAN
from responder.planning.plans.models import PERIOD_LABELS, PlanChange
from responder.planning.plans.tables import reads_ground, told_changes
from responder.topics.happened import Happened, told_by
from responder.web.access import current_actor, may
from responder.web.filters import moment
from responder.web.trail import Kind, name_kind, name_values

DEEDS = {
    "confirm_link": "确认关联话题",
    "refuse_link": "判为不相关",
    "accept_clashes": "有冲突，仍然保存",
    "reveal": "查看媒体电话",
    **{step.action: step.label for step in PRESS_EVENT.transitions},
}

FACTS = {
    "theme": "发布主题",
    "form": "发布形式",
    "starts_at": "发布时间",
    "place": "地点",
    "unit_id": "发布单位",
    "speaker": "发布人",
    "summary": "发布内容",
    "plan_entry_id": "年度计划",
    "ends_at": "结束时间",
    "all_day": "全天",
    "speaker_rank": "发布人身份",
    "host": "主持人",
    "attendees": "参加人员",
    "wording": "口径",
    "spokesperson_opinion": "发言人意见",
    "leader_opinion": "领导意见",
    "transcript": "实录",
    "evaluation": "效果评估",
    "series_id": "系列",
}

TASK_FACTS = {
    "name": "事项",
    "days": "提前工作日",
    "responsible": "责任人",
    "note": "备注",
    "position": "次序",
    "active": "启用",
    "source": "依据",
    "before_confirmation": "确认前须完成",
}
MEDIUM_FACTS = {
    "outlet": "媒体",
    "journalist": "记者",
    "phone": "电话",
    "accreditation": "记者证号",
    "reply": "回复",
    "note": "备注",
}

_KINDS = {
    "release_plan": Kind(
        "年度计划",
        {step.action: step.label for step in RELEASE_PLAN.transitions}
        | {"arrange": "重新编号", "import": "导入条目"},
        {"minutes_number": "会议纪要文号", "adopted_on": "通过日期", "adopted_by": "通过会议"},
        RELEASE_PLAN.states,
    ),
    "plan_entry": Kind(
        "计划条目",
        {step.action: step.label for step in PLAN_ENTRY.transitions},
        {
            "theme": "发布主题",
            "form": "发布形式",
            "month": "拟发布月份",
            "day": "日",
            "unit_id": "发布单位",
            "speaker": "发布人",
            "basis": "依据",
            "remark": "备注",
        },
        PLAN_ENTRY.states,
    ),
    "release_rule": Kind(
        "发布频次要求",
        fields={
            "period": "计算周期",
            "least": "至少几场",
            "forms": "计入的发布形式",
            "speaker_rank": "计入的发布人身份",
            "all_units": "适用于所有单位",
            "active": "启用",
        },
    ),
    "event_series": Kind("系列活动"),
    "preparation_item": Kind("筹备清单模板", fields=TASK_FACTS),
    "preparation_task": Kind("筹备事项", {"finish": "完成", "reopen": "重新打开"}, TASK_FACTS),
    "media_invitation": Kind("媒体邀请", fields=MEDIUM_FACTS),
    "event_file": Kind("活动文件"),
    "avoided_period": Kind("回避时段", fields={"first_day": "开始日期", "last_day": "结束日期"}),
    "calendar_feed": Kind("日历订阅", {"revoke": "撤销"}),
    "topic_verdict": Kind(
        "无需回应",
        {"withdraw": "撤回“无需回应”", "restore": "恢复“无需回应”"},
        {"reason": "理由", "heat": "当时热度"},
    ),
    "briefing_template": Kind("背景材料模板"),
}


def register(app: Flask) -> None:
    """Filters and globals by these names."""
    app.add_template_filter(event_state_label, "event_state")
    app.add_template_filter(event_state_tone, "event_tone")
    app.add_template_filter(event_when, "event_when")
    app.add_template_filter(versions, "seen_versions")
    app.add_template_filter(task_offset, "task_offset")
    app.add_template_filter(changes_as_read, "told_changes")
    app.add_template_global(reads_in_full)
    app.add_template_global(reads_ground_of, "reads_ground")
    app.add_template_global(topic_event_links)
    app.add_template_global(linkable_events)
    app.add_template_global(link_decisions)
    told_by("press events", held_about)
    name_kind(app, "press_event", Kind("发布活动", DEEDS, FACTS, PRESS_EVENT.states))
    name_kind(app, "topic_event_link", Kind("话题关联", DEEDS, {"statement": "会上回应"}))
    name_values(app, "speaker_rank", SPEAKER_RANK_LABELS)
    name_values(app, "period", PERIOD_LABELS)
    for table, kind in _KINDS.items():
        name_kind(app, table, kind)


def reads_in_full(unit_id: int) -> bool:
    """Whether whoever looks at the page reads all that is written of what belongs to a unit."""
    return in_full(current_actor(), unit_id)


def changes_as_read(change: PlanChange) -> list[tuple[str, Any]]:
    """The fields of a line of the change table, as far as whoever looks at it may read them."""
    return list(told_changes(change, current_actor()).items())


def reads_ground_of(change: PlanChange) -> bool:
    """Whether whoever looks at the page reads why a line of the change table was made."""
    return reads_ground(change, current_actor())


def event_state_label(state: EventState) -> str:
    """An event's state in the office's words."""
    return PRESS_EVENT.states[state]


def event_state_tone(state: EventState) -> str:
    """The tone of the tag that shows a state; the word beside it says the same."""
    return STATE_TONES.get(state, "")


def event_when(event: PressEvent, says_state: bool = True) -> str:
    """When an event is held, as far as it is certain, in the office's zone.

    :param says_state: whether to say of a postponed one that this is its old date.
    """
    first = moment(event.starts_at, "%Y-%m-%d")
    if event.all_day:
        last = moment(event.ends_at - timedelta(days=1), "%Y-%m-%d") if event.ends_at else first
        told = first if last == first else f"{first} – {last}"
        told = str(_("%(day)s（时间待定）", day=told))
    elif event.ends_at is None:
        told = moment(event.starts_at)
    elif moment(event.ends_at, "%Y-%m-%d") == first:
        told = f"{moment(event.starts_at)}–{moment(event.ends_at, '%H:%M')}"
    else:
        told = f"{moment(event.starts_at)} – {moment(event.ends_at)}"
    if says_state and event.state is EventState.POSTPONED:
        return str(_("原定 %(when)s，新的时间未定", when=told))
    return told


def task_offset(days: int) -> str:
    """Where a task lies before or after its event, in words."""
    if days == 0:
        return str(_("当天"))
    if days > 0:
        return str(_("提前 %(days)s 个工作日", days=days))
    return str(_("之后 %(days)s 个工作日", days=-days))


def topic_event_links(topic_id: int) -> list[TopicEventLink]:
    """For the topic page, which may not know this room: the links nobody refused."""
    return service.links_of_topic(db.session, topic_id)


def held_about(topic_id: int) -> Iterator[Happened]:
    """For the curve of a topic: the press events that answer it."""
    if not may("plan.read"):
        return
    for link in service.links_of_topic(db.session, topic_id):
        event = link.event
        if link.state is LinkState.CONFIRMED and event.state is not EventState.CANCELLED:
            day = local(event.starts_at, office_zone()).date()
            address = url_for("planning.show_event", event_id=event.id)
            yield Happened(day, f"{_(event.form_label)}：{event.theme}", address)


def linkable_events() -> list[PressEvent]:
    """For the topic page: what a topic can be linked to by hand."""
    return service.linkable_events(db.session, utc_now())


def link_decisions(topic_id: int) -> int:
    """For a form that links a topic by hand: how often people have decided on it by now."""
    return decisions_on(db.session, topic_id)
