"""People, their posts, and the units that must answer (责任单位)."""

from flask import Flask

from responder.accounts.views import blueprint
from responder.web.trail import Kind, name_kind


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    name_kind(app, "user_account", Kind("人员", {"sign_in": "登录", "sign_in_refused": "登录被拒"}))
    name_kind(app, "user_role", Kind("岗位"))
    name_kind(app, "unit", Kind("单位"))
    name_kind(app, "clock_rule", Kind("时限规则"))
    name_kind(
        app,
        "calendar_year",
        Kind("工作日历", {"replace": "更换全年安排", "set_day": "改一天"}, {"days": "天数"}),
    )
