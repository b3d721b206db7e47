"""The audit trail in words: what was done, to what kind of record, in which fields.

Each capability names its own deeds once, when it joins the application.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext as _

from responder.core.audit import AuditEvent
from responder.web.filters import moment

COMMON_FIELDS = {
    "on_behalf_of": "代谁办理",
    "at": "时间", "by_name": "由谁", "by_id": "由谁（编号）", "answer_format": "写法",
    "proof": "验证方式",
    "round": "轮次",
    "into": "并入工单",
    "message_id": "留言编号",
    "body": "内容",
    "text": "回应内容",
    "note": "意见",
    "author": "来电人姓名",
    "phone": "联系电话",
    "district": "区县",
    "place": "地点",
    "nature": "诉求性质",
    "occurred_at": "时间",
    "summary": "发布内容",
    "state": "状态", "name": "名称", "title": "标题", "display_name": "姓名", "username": "用户名",
    "role": "岗位", "user_id": "人员编号", "unit_id": "单位编号", "active": "可以登录",
    "password_hash": "密码", "code": "代码", "short_name": "简称", "matters": "负责事项",
    "year": "年份", "number": "序号", "month": "月", "day": "日", "source": "依据",
    "file_name": "文件", "file_digest": "文件摘要", "mapping": "列映射", "channel": "渠道",
    "rows": "行数", "created": "新增", "duplicates": "重复", "errors": "退回",
    "started_at": "开始时间", "as_of": "截至", "ran_at": "运行时间", "messages_added": "新增留言",
    "topics_created": "新话题", "topics_total": "话题总数", "index_number": "索引号",
    "answer": "回应内容", "concern": "关切内容", "concern_source": "关切来源",
    "unit_name": "回应单位", "publisher": "发布机构", "published_at": "发布时间",
    "publish_at": "定时发布", "found_at": "发现时间", "level": "等级", "version": "版本",
    "clocks": "时限", "topic": "话题", "event": "发布活动", "topic_id": "话题编号",
    "event_id": "发布活动编号", "item_id": "回应事项编号", "adopted_on": "通过日期",
    "adopted_by": "通过会议", "plan_id": "计划编号", "plan_entry_id": "计划条目编号",
    "remark": "备注", "basis": "依据", "form": "形式", "theme": "主题", "starts_at": "开始时间",
    "proposed_by_id": "提出人编号", "opened_by_id": "发起人编号", "length": "时长",
    "stopped_by": "停止条件", "starts_from": "起算", "duty": "责任", "unit": "计量",
    "added_at": "上传时间", "added_by_id": "上传人编号", "added_by_name": "上传人",
    "made_at": "登记时间", "made_by_name": "登记人", "created_at": "建立时间",
    "opened_at": "发起时间", "registered_at": "登记时间", "registered_by_name": "登记人",
    "recorded_by_name": "登记人", "entered_at": "填报时间", "entered_by": "填报人",
    "issued_at": "开具时间", "issued_by_id": "开具人编号", "issued_by_name": "开具人",
    "listed_by_id": "列入人编号", "listed_by_name": "列入人", "logged_by_id": "话务员编号",
    "sent_at": "报送时间", "sent_by_id": "报送人编号", "sent_by_name": "报送人",
    "proposed_at": "提出时间", "proposed_by_name": "提出人", "withdrawn_at": "撤回时间",
    "withdrawn_by_name": "撤回人", "changed_at": "修改时间", "changed_by": "修改人",
    "cleared_at": "标记时间", "cleared_by_name": "标记人", "frozen_at": "锁定时间",
    "received_at": "收到时间", "replied_at": "答复时间", "owner_id": "所有人编号",
    "media_type": "文件类型", "size": "大小（字节）", "digest": "摘要（SHA-256）",
    "application_id": "申请编号", "base_id": "原条目版本编号", "batch_id": "导入批次编号",
    "category_id": "分类编号", "column_id": "栏目编号", "column_name": "栏目",
    "document_id": "政策文件编号", "document_number": "文号", "entry_id": "公开条目编号",
    "evidence_id": "整改材料编号", "finding_id": "问题编号", "indicator_id": "指标编号",
    "interprets_id": "所解读文件编号", "other_id": "另一话题编号", "package_id": "文件编号",
    "parent_id": "上级编号", "participant_id": "参评单位编号", "replacement_id": "替换条目编号",
    "round_id": "轮次编号", "scheme_id": "方案编号", "external_id": "来源编号",
    "addressee": "送达", "author_key": "来电人标识", "closes": "是否办结", "comments": "评论数",
    "detail": "细类", "dislikes": "反对数", "due_on": "完成日期", "fingerprint": "内容指纹",
    "issuer": "发文机关", "kind": "种类", "likes": "点赞数", "mark": "标志", "meaning": "口径",
    "measure": "计量单位", "missing": "缺少的材料", "position": "位置",
    "private_kinds": "含有的个人信息", "public_answer": "公开答复", "reason": "理由",
    "reply": "答复", "rule": "规则", "serial": "流水号", "shares": "转发数",
    "source_url": "原文网址", "urgent": "紧急", "value": "数值", "writer": "撰写人",
}  # fmt: skip
COMMON_DEEDS = {"create": "新建", "update": "修改", "delete": "删除"}


@dataclass(frozen=True)
class Kind:
    """One kind of record: its name, what can be done to it, what its fields are called."""

    label: str
    deeds: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One field of a line: what it is called, what it was, what it became."""

    label: str
    old: str
    new: str


def init_app(app: Flask) -> None:
    app.extensions["trail"] = {}
    app.extensions["trail_values"] = {}
    for filter_ in (changes, deed, deed_detail, kind_label):
        app.add_template_filter(filter_)


def name_kind(app: Flask, object_type: str, kind: Kind) -> None:
    """Say how the trail calls this kind of record.

    :param object_type: the table's name, as the trail stores it.
    """
    app.extensions["trail"][object_type] = kind


def name_values(app: Flask, name: str, labels: Mapping[Any, str]) -> None:
    """Say what the codes of a field are called.

    :param name: of the field in every record that has one of this name, or ``record.field``,
        which goes before. Several may say it of fields of one name: their codes add up.
    """
    known = app.extensions["trail_values"].setdefault(name, {})
    known.update({str(code): label for code, label in labels.items()})


def kinds() -> dict[str, Kind]:
    """Every kind of record that the trail can name."""
    found: dict[str, Kind] = current_app.extensions["trail"]
    return found


def deed(event: AuditEvent) -> str:
    """What a line of the trail says was done."""
    words = {**COMMON_DEEDS, **_kind(event).deeds}
    return _(words.get(event.action, event.action))


def deed_detail(event: AuditEvent) -> str:
    """What else the line knows: the version kept, or the fields changed."""
    if "version" in event.changes:
        return _("第 %(number)s 版", number=event.changes["version"][1])
    if event.action != "update":
        return ""
    names = _kind(event).fields
    return _("、").join(_(names[name]) for name in event.changes if name in names)


def kind_label(event: AuditEvent) -> str:
    """What kind of record a line of the trail is about."""
    return _(_kind(event).label)


def changes(event: AuditEvent) -> list[Change]:
    """The fields that a line knows about, in words, for the page of the trail."""
    return [
        Change(_field(event, name), *(_value(event, name, value) for value in _pair(pair)))
        for name, pair in event.changes.items()
    ]


def _field(event: AuditEvent, name: str) -> str:
    return _({**COMMON_FIELDS, **_kind(event).fields}.get(name, name))


def _pair(pair: Any) -> tuple[Any, Any]:
    """(old, new); what a deed merely counts has no old."""
    return (pair[0], pair[1]) if isinstance(pair, list) and len(pair) == 2 else (None, pair)


def _value(event: AuditEvent, name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name == "state" and value in _kind(event).states:
        return _(_kind(event).states[value])
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return _("、").join(_value(event, name, one) for one in value)
    named = current_app.extensions["trail_values"]
    labels = named.get(f"{event.object_type}.{name}") or named.get(name, {})
    if isinstance(value, str) and value in labels:
        return _(labels[value])
    try:
        return moment(datetime.fromisoformat(value), "%Y-%m-%d %H:%M")
    except (TypeError, ValueError):
        return str(value)


def _kind(event: AuditEvent) -> Kind:
    return kinds().get(event.object_type) or Kind(event.object_type)
