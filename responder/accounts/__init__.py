"""People, their posts, and the units that must answer (责任单位)."""

from flask import Flask

from responder.accounts.views import blueprint
from responder.web.trail import name_deeds


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    name_deeds(app, "user_account", "人员")
    name_deeds(app, "user_role", "岗位")
    name_deeds(app, "unit", "单位")
    name_deeds(app, "clock_rule", "时限规则")
    name_deeds(app, "calendar_year", "工作日历")
