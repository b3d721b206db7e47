"""People, their posts, and the units that must answer (责任单位)."""

from flask import Flask

from responder.accounts import (
    sign_in_views,  # noqa: F401 - adds its pages to those of people
    ways_in,
)
from responder.accounts.absence_models import STATE_LABELS
from responder.accounts.absence_views import blueprint as absence_pages
from responder.accounts.absence_views import rights_as_deputy
from responder.accounts.cli import accounts_command
from responder.accounts.password_views import blueprint as password_pages
from responder.accounts.preference_views import PersonalRows
from responder.accounts.preference_views import blueprint as preference_pages
from responder.accounts.proof_views import blueprint as proof_pages
from responder.accounts.saved_views import views as saved_views
from responder.accounts.sessions import duties, entering
from responder.accounts.sessions.models import METHOD_LABELS, WHY_LABELS
from responder.accounts.sessions.views import blueprint as session_pages
from responder.accounts.token_views import blueprint as token_pages
from responder.accounts.views import blueprint
from responder.web.access import delegated_by
from responder.web.preferences import kept_by
from responder.web.trail import Kind, name_kind, name_values


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(accounts_command)
    app.register_blueprint(token_pages)
    app.register_blueprint(absence_pages)
    app.register_blueprint(proof_pages)
    app.register_blueprint(preference_pages)
    app.register_blueprint(session_pages)
    app.register_blueprint(password_pages)
    entering.init_app(app)
    duties.init_app(app)
    ways_in.init_app(app)
    saved_views.init_app(app)
    app.jinja_env.globals["absence_states"] = STATE_LABELS
    app.extensions.setdefault("token_channels", {})
    delegated_by(app, rights_as_deputy)
    kept_by(app, PersonalRows())
    _name_people(app)
    _name_kinds(app)


def _name_people(app: Flask) -> None:
    """What the trail calls people, their deeds and fields."""
    deeds = {
        "export": "导出列表", "unread_alerts": "恢复提醒为未阅",
        "unread_warnings": "恢复预警为未阅",
        "sign_in": "登录", "sign_in_refused": "登录被拒", "sign_in_delayed": "登录须等候",
        "sign_in_unlocked": "解除登录等候", "seek": "按电话查找来电人",
        "proof_refused": "签发验证不正确", "proof_locked": "签发验证暂停",
        "code_begun": "生成动态口令密钥", "code_enrolled": "启用动态口令",
        "code_removed": "停用动态口令", "recovery_issued": "生成恢复码",
        "recovery_used": "使用恢复码",
        "password_changed": "修改自己的密码", "password_refused": "修改密码时密码不正确",
        "session_ended": "登录结束",
    }  # fmt: skip
    name_kind(
        app,
        "user_account",
        Kind(
            "人员",
            deeds,
            {
                "messages": "留言",
                "list": "列表",
                "format": "格式",
                "conditions": "条件",
                "count": "条数",
                "address": "地址",
                "browser": "浏览器",
                "method": "方式",
                "why": "原因",
                "seconds": "等候秒数",
                "must_change_password": "须先改密码",
            },
        ),
    )
    name_values(app, "why", WHY_LABELS)
    name_values(app, "method", METHOD_LABELS)


def _name_kinds(app: Flask) -> None:
    """The same of the other records of this room and of the core."""
    name_kind(app, "user_role", Kind("岗位"))
    name_kind(app, "signing_proof", Kind("动态口令"))
    name_kind(app, "unit", Kind("单位"))
    name_kind(
        app,
        "api_token",
        Kind(
            "接口令牌",
            {"revoke": "撤销", "push": "推送留言"},
            {
                "name": "给谁用", "prefix": "开头", "digest": "令牌", "scopes": "权限",
                "channels": "渠道", "created_at": "发放时间", "created_by_id": "发放人编号",
                "expires_at": "有效期至", "refused": "退回",
            },
        ),
    )  # fmt: skip
    name_kind(
        app,
        "absence",
        Kind(
            "请假",
            {},
            {
                "deputy_id": "代办人编号", "first_day": "第一天", "last_day": "最后一天",
                "ended_on": "提前结束", "reason": "事由", "made_by_id": "登记人编号",
                "made_by_name": "登记人", "made_at": "登记时间",
            },
        ),
    )  # fmt: skip
    name_kind(app, "clock_rule", Kind("时限规则"))
    name_kind(
        app,
        "calendar_year",
        Kind(
            "工作日历",
            {"replace": "更换全年安排", "set_day": "改一天"},
            {"days": "天数", "working": "上班"},
        ),
    )
    name_kind(app, "fixed_holiday", Kind("法定节日"))
