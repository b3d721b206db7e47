"""The form by which leave is declared."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, SubmitField
from wtforms.validators import InputRequired, Length, NumberRange

from responder.web.forms import DayField


class AbsenceForm(FlaskForm):
    """Who is away, from when to when, and who stands in."""

    user_id = SelectField(_l("谁请假"), coerce=int)
    first_day = DayField(_l("第一天"), validators=[InputRequired(_l("请填写第一天"))])
    last_day = DayField(
        _l("最后一天"),
        validators=[InputRequired(_l("请填写最后一天"))],
        description=_l("当天仍由代办人办理；次日起恢复。"),
    )
    deputy_id = SelectField(
        _l("代办人"),
        coerce=int,
        validators=[NumberRange(1, message=_l("请选择代办人"))],
        description=_l("请假期间代为审签，并收到您的预警；不会得到您的其他权限。"),
    )
    reason = StringField(
        _l("事由"),
        validators=[Length(max=200, message=_l("最多 200 字"))],
        description=_l("可不填；只有本人和系统管理员看得到。"),
    )
    submit = SubmitField(_l("登记请假"))
