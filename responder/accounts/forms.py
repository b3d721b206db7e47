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
from wtforms.validators import DataRequired, Length, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from responder.accounts.service import MIN_PASSWORD_LENGTH
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
        description=_l("至少 %(count)s 位；修改人员时留空则不变", count=MIN_PASSWORD_LENGTH),
        render_kw={"autocomplete": "new-password"},
    )
    active = BooleanField(_l("可以登录"), default=True)
    submit = SubmitField(_l("保存"))


class UnitForm(FlaskForm):
    """A unit that answers."""

    code = StringField(_l("代码"), validators=[DataRequired(_l("请输入代码")), Length(max=32)])
    name = StringField(_l("名称"), validators=[DataRequired(_l("请输入名称")), Length(max=100)])
    short_name = StringField(_l("简称"), validators=[Length(max=32)])
    matters = StringField(_l("负责事项"), validators=[Length(max=500)])
    submit = SubmitField(_l("添加单位"))
