"""A pack in the words of a template: the names that its placeholders may use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from responder.core.times import chinese_date
from responder.planning.briefing import rules
from responder.planning.briefing.answers import Answer
from responder.planning.briefing.pack import Counts, Pack, Task, TopicPart
from responder.planning.briefing.questions import Question

ANSWER_LENGTH = 200
RECORDED = "来电记录"  # an operator's words

# Placeholders of a template: name, what stands there. Names within a list follow it.
EXPLAINED = {
    "活动.名称": "主题；另有 活动.形式、活动.时间、活动.地点、活动.单位、活动.发布人、活动.主持人",
    "成文日期": "生成这份材料的日期，如 2026年3月5日",
    "口径": "活动口径的各段，用循环逐段列出",
    "内容": "发布内容的各段",
    "话题列表": "已确认关联的话题，热度高的在前",
    "话题.序号": "1、2、3；话题.中文序号 为 一、二、三",
    "话题.名称": "另有 话题.条数、话题.人数、话题.首次、话题.最近、话题.热度、话题.等级",
    "话题.渠道": "各渠道的留言数；话题.地点、话题.语气 同此",
    "话题.口径": "对这个话题的口径（会上回应）的各段",
    "话题.问题列表": "留言原文，已隐去个人信息；不含举报，话题.举报数 为没列入的条数",
    "问题.原话": "另有 问题.序号、问题.条数、问题.人数、问题.留言编号；问题.出处 为“来电记录”或空",
    "话题.回应列表": "已经公开的、会上说过的回应",
    "回应.标题": "另有 回应.内容、回应.单位、回应.日期、回应.状态、回应.编号",
    "话题.在办列表": "正在办理的回应，只有标题、单位、状态和 回应.口径（商定口径，没有时为空）",
    "清单": "筹备事项；其中 事项.序号、事项.名称、事项.期限、事项.负责人、事项.状态",
    "媒体.总数": "媒体.说明 为各种回复的家数",
    "留言数图": "近 30 天每日留言的图，单独成段，写作 {{r 留言数图 }}；热度图、渠道图 同此",
    "有图": "有数据可画时为真",
}


def context(pack: Pack, charts: Mapping[str, Any]) -> dict[str, Any]:
    """Placeholder → value; nothing but texts, numbers, lists and mappings.

    :param charts: 留言数图, 热度图 and 渠道图.
    """
    facts = dict(pack.facts)
    return {
        "活动": {
            "名称": facts["发布主题"],
            "形式": facts["发布形式"],
            "时间": facts["发布时间"],
            "地点": facts["发布地点"] or "待定",
            "单位": facts["发布单位"],
            "发布人": facts["发布人"] or "待定",
            "主持人": facts["主持人"] or "待定",
        },
        "成文日期": chinese_date(pack.made_on),
        "口径": list(pack.wording),
        "内容": list(pack.summary),
        "话题列表": [_topic(number, part) for number, part in enumerate(pack.topics, 1)],
        "清单": [_task(number, task) for number, task in enumerate(pack.tasks, 1)],
        "媒体": {
            "总数": sum(count for _, count in pack.media),
            "说明": listed(pack.media, "家"),
        },
        "有图": not pack.charts[0].empty or not pack.charts[2].empty,
        **charts,
    }


def listed(counts: Counts, unit: str) -> str:
    """``市长热线 8 条、微博 2 条``."""
    return "、".join(f"{name} {count} {unit}" for name, count in counts)


def _topic(number: int, part: TopicPart) -> dict[str, Any]:
    return {
        "序号": number,
        "中文序号": rules.numeral(number),
        "名称": part.label,
        "条数": part.messages,
        "人数": part.people,
        "首次": chinese_date(part.first_seen),
        "最近": chinese_date(part.last_seen),
        "热度": f"{part.heat:.0f}",
        "等级": part.level,
        "渠道": listed(part.channels, "条"),
        "地点": listed(part.places, "条"),
        "语气": _shares(part.tones),
        "口径": list(part.statement),
        "举报数": part.reports,
        "问题列表": [_question(n, one) for n, one in enumerate(part.questions, 1)],
        "回应列表": [_answer(n, one) for n, one in enumerate(part.given, 1)],
        "在办列表": [_answer(n, one) for n, one in enumerate(part.in_hand, 1)],
    }


def _shares(tones: Counts) -> str:
    total = sum(count for _, count in tones)
    return "、".join(f"{name} {count} 条（{count / total:.0%}）" for name, count in tones)


def _question(number: int, question: Question) -> dict[str, Any]:
    return {
        "序号": number,
        "原话": question.text,
        "条数": len(question.message_ids),
        "人数": question.people,
        "留言编号": "、".join(map(str, question.message_ids)),
        "出处": RECORDED if question.recorded else "",
    }


def _answer(number: int, answer: Answer) -> dict[str, Any]:
    return {
        "序号": number,
        "标题": answer.title,
        "内容": rules.excerpt(answer.text, ANSWER_LENGTH),
        "单位": answer.unit,
        "日期": chinese_date(answer.at.date()) if answer.at else "",
        "状态": answer.standing,
        "编号": answer.number,
        "口径": answer.wording,
    }


def _task(number: int, task: Task) -> dict[str, Any]:
    return {
        "序号": number,
        "名称": task.name,
        "期限": _day(task.due_on) + ("（暂定）" if task.provisional else ""),
        "负责人": task.responsible or "未定",
        "状态": "已完成" if task.done else "未完成",
    }


def _day(day: date | None) -> str:
    return chinese_date(day) if day else "待定"
