"""Forms of the accounts pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from responder.core.permissions import ROLE_LABELS, Role


class SignInForm(FlaskForm):
    username = StringField(
        _l("用户名"),
        validators=[DataRequired(_l("请输入用户名")), Length(max=32)],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    password = PasswordField(
        _l("密码"),
        validators=[DataRequired(_l("请输入密码"))],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()
    submit = SubmitField(_l("登录"))


class CodeForm(FlaskForm):
    """The second step of signing in."""

    code = StringField(
        _l("动态口令"),
        validators=[DataRequired(_l("请输入动态口令")), Length(max=40)],
        description=_l("手机上显示的六位数字；手机不在身边时，输入一个恢复码。"),
        render_kw={"autocomplete": "one-time-code", "autofocus": True},
    )
    submit = SubmitField(_l("登录"))


class PersonForm(FlaskForm):
    """Somebody's account. On a change, an empty password keeps the old one."""

    username = StringField(
        _l("用户名"),
        validators=[
            DataRequired(_l("请输入用户名")),
            Length(max=32),
            Regexp(r"^[\w.-]+$", message=_l("用户名只能有字母、数字、点、横线和下划线")),
        ],
        render_kw={"autocomplete": "username"},
    )
    display_name = StringField(
        _l("姓名"), validators=[DataRequired(_l("请输入姓名")), Length(max=64)]
    )
    unit_id = SelectField(_l("单位"), coerce=int)
    roles = SelectMultipleField(
        _l("岗位"),
        choices=[SelectChoice(role.value, _l(ROLE_LABELS[role])) for role in Role],
        coerce=Role,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    password = PasswordField(
        _l("密码"),
        description=_l("由您设定的密码，本人登录后须先改掉；修改人员时留空则不变"),
        render_kw={"autocomplete": "new-password"},
    )
    active = BooleanField(_l("可以登录"), default=True)
    version_id = HiddenField()
    submit = SubmitField(_l("保存"))


class PasswordForm(FlaskForm):
    """A new password of one's own."""

    old = PasswordField(
        _l("现在的密码"),
        validators=[InputRequired(_l("请输入现在的密码"))],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _l("新密码"),
        validators=[InputRequired(_l("请输入新密码"))],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("再输入一次"),
        validators=[EqualTo("new", _l("两次输入的不一样，请重新输入"))],
        render_kw={"autocomplete": "new-password"},
    )
    submit = SubmitField(_l("修改密码"))


class UnitForm(FlaskForm):
    """A unit that answers."""

    code = StringField(_l("代码"), validators=[DataRequired(_l("请输入代码")), Length(max=32)])
    name = StringField(_l("名称"), validators=[DataRequired(_l("请输入名称")), Length(max=100)])
    short_name = StringField(_l("简称"), validators=[Length(max=32)])
    matters = StringField(_l("负责事项"), validators=[Length(max=500)])
    submit = SubmitField(_l("添加单位"))
