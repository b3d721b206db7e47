"""What templates may ask of the catalogue, and the trail's words."""

from __future__ import annotations

from flask import Flask

from responder.openness.catalogue.models import WAY_LABELS
from responder.openness.catalogue.rules import URGENCY_LABELS, limit_words
from responder.openness.catalogue.tables import change_words
from responder.web.trail import Kind, name_kind, name_values

COLUMN_FIELDS = {
    "parent_id": "上级栏目编号", "unit_id": "责任单位编号", "valid_from": "启用日期",
    "valid_to": "停用日期", "cadence": "更新周期", "check_kind_id": "检查类别编号",
    "key_area_id": "重点领域编号",
}  # fmt: skip
ITEM_FIELDS = {
    "column_id": "栏目编号", "published_on": "发布日期", "url": "网址", "way": "登记方式",
    "own_key": "本系统编号", "registered_at": "登记时间",
}  # fmt: skip


def register(app: Flask) -> None:
    """Filters and globals by these names."""
    app.add_template_filter(change_words, "adjustment_words")
    app.add_template_filter(limit_words)
    app.jinja_env.globals["publication_ways"] = WAY_LABELS
    app.jinja_env.globals["urgency_labels"] = URGENCY_LABELS
    name_kind(app, "catalogue_column", Kind("目录栏目", {}, COLUMN_FIELDS))
    name_kind(app, "publication", Kind("公开信息", {}, ITEM_FIELDS))
    name_kind(app, "publication_batch", Kind("公开信息登记", {"create": "成批登记"}, ITEM_FIELDS))
    name_kind(app, "own_mapping", Kind("栏目对应", {}, {"column_id": "栏目编号"}))
    name_kind(
        app, "column_feed", Kind("栏目订阅", {}, {"url": "网址", "interval_minutes": "间隔分钟"})
    )
    name_kind(
        app, "site_check_kind",
        Kind("网站检查类别", {}, {"limit": "期限", "limit_unit": "单位", "source": "依据"}),
    )  # fmt: skip
    name_kind(app, "key_area", Kind("重点领域", {}, {"active": "在用"}))
    name_values(app, "way", {one.value: label for one, label in WAY_LABELS.items()})
