"""The trail's words for trainings and meetings."""

from __future__ import annotations

from flask import Flask

from responder.openness.trainings.models import KIND_LABELS
from responder.openness.trainings.words import MEASURES
from responder.web.trail import Kind, name_kind

DEEDS = {"create": "登记", "import": "导入", "remove": "删除"}
FIELDS = {
    "kind": "类别", "held_on": "日期", "title": "名称", "place": "地点",
    "organiser_id": "举办单位编号", "lecturers": "授课人", "attendance": "人数",
    "units": "参加单位数", "contents": "内容", "minutes_number": "会议纪要文号", "remark": "备注",
}  # fmt: skip
FILE_FIELDS = {
    "size": "大小", "media_type": "类型", "digest": "文件摘要", "added_at": "上传时间",
    "added_by_name": "上传人", "occasion_id": "培训会议编号",
}  # fmt: skip


def register(app: Flask) -> None:
    app.jinja_env.globals["occasion_kinds"] = KIND_LABELS
    app.jinja_env.globals["occasion_measures"] = MEASURES
    name_kind(app, "openness_occasion", Kind("培训会议", DEEDS, FIELDS))
    name_kind(app, "openness_occasion_file", Kind("培训会议附件", {"create": "上传"}, FILE_FIELDS))
