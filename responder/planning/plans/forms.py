"""Forms of the annual plan."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    SelectField,
    StringField,
    SubmitField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from responder.planning.events.forms import FORM_CHOICES
from responder.web.forms import WholeNumber

MONTH_CHOICES = [SelectChoice(month, f"{month} 月") for month in range(1, 13)]


class PlanEntryForm(FlaskForm):
    theme = StringField(
        _l("发布主题"), validators=[DataRequired(_l("请填写发布主题")), Length(max=200)]
    )
    form = SelectField(_l("发布形式"), choices=FORM_CHOICES)
    month = SelectField(_l("拟发布月份"), coerce=int, choices=MONTH_CHOICES)
    day = WholeNumber(
        _l("日（可不填）"),
        validators=[Optional(), NumberRange(1, 31, _l("请填写 1 到 31 之间的数"))],
    )
    unit_id = SelectField(
        _l("发布单位"), coerce=int, validators=[NumberRange(min=1, message=_l("请选择发布单位"))]
    )
    speaker = StringField(_l("发布人"), validators=[Length(max=64)])
    basis = StringField(_l("依据"), validators=[Length(max=300)])
    remark = StringField(_l("备注"), validators=[Length(max=300)])
    submit = SubmitField(_l("加入计划"))


class AdoptForm(FlaskForm):
    adopted_on = DateField(_l("审议日期"), validators=[InputRequired(_l("请填写日期"))])
    adopted_by = StringField(
        _l("审议会议"),
        validators=[DataRequired(_l("请写明会议名称")), Length(max=100)],
        description=_l("如：市政府第 20 次常务会议"),
    )
    adopt = SubmitField(_l("登记审议通过"))
