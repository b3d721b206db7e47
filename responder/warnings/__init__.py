"""Warnings of clocks (预警): before, at and after, to whom they concern, once."""

from flask import Flask

from responder.warnings import admin_views, views
from responder.warnings.models import SEVERITY_LABELS, TIMING_LABELS
from responder.web.navigation import counted
from responder.web.trail import Kind, name_kind

_STEP = {
    "rule_id": "时限规则编号", "timing": "时点", "amount": "数值", "repeats": "次数",
    "severity": "级别", "may_wait": "可等到免打扰结束", "escalates": "同时告知新闻办和督查",
    "active": "启用",
}  # fmt: skip
_SETTING = {
    "night_from": "夜间开始", "night_to": "夜间结束", "rest_days": "非工作日免打扰",
    "digest_over": "超过几条合为一条",
}  # fmt: skip
_CHANNEL = {
    "url": "地址", "scheme": "种类", "host": "主机", "port": "端口", "by_mail": "邮件",
    "roles": "岗位", "active": "启用", "created_at": "添加时间",
}  # fmt: skip


def init_app(app: Flask) -> None:
    app.register_blueprint(views.blueprint)
    app.register_blueprint(admin_views.blueprint)
    app.add_template_global(views.unread_warnings)
    counted(app, "warnings.index", views.unread_warnings)
    app.jinja_env.globals.update(warning_severities=SEVERITY_LABELS, warning_timings=TIMING_LABELS)
    app.add_template_filter(admin_views.step_moment, "step_moment")
    name_kind(app, "warning_step", Kind("预警步骤", fields=_STEP))
    name_kind(app, "warning_setting", Kind("预警免打扰", fields=_SETTING))
    name_kind(app, "warning_channel", Kind("预警渠道", {"send_again": "重发"}, _CHANNEL))
    name_kind(app, "warning_address", Kind("预警邮箱", fields={"email": "邮箱"}))
