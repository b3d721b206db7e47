"""Forms of the rules and of the calendar."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from responder.core.clocks import LONGEST, UNIT_LABELS, Unit
from responder.web.forms import DayField, WholeNumber


class RuleForm(FlaskForm):
    name = StringField(
        _l("名称"),
        validators=[DataRequired(_l("请填写名称")), Length(max=100, message=_l("最多 100 字"))],
    )
    length = WholeNumber(
        _l("时长"),
        validators=[
            InputRequired(_l("请填写时长")),
            NumberRange(1, LONGEST, _l("请填写 1 到 10000 之间的数")),
        ],
    )
    unit = SelectField(
        _l("计量"),
        choices=[SelectChoice(unit.value, _l(label)) for unit, label in UNIT_LABELS.items()],
        coerce=Unit,
        description=_l("小时连续计算，夜间和节假日不扣除；工作日按工作日历计算。"),
    )
    source = TextAreaField(
        _l("依据"),
        validators=[DataRequired(_l("请填写依据")), Length(max=1000, message=_l("最多 1000 字"))],
        description=_l("写全文号，如：国办发〔2016〕61号。"),
        render_kw={"rows": 2},
    )
    reason = TextAreaField(
        _l("修改的理由"),
        validators=[
            DataRequired(_l("请写明修改的理由")),
            Length(max=1000, message=_l("最多 1000 字")),
        ],
        description=_l("记入审计。正在计时的时限随之重算。"),
        render_kw={"rows": 2},
    )
    version_id = HiddenField()
    submit = SubmitField(_l("保存并重算"))


class DayForm(FlaskForm):
    day = DayField(_l("日期"), validators=[InputRequired(_l("请填写日期"))])
    kind = RadioField(
        _l("安排"),
        choices=[SelectChoice("off", _l("放假")), SelectChoice("working", _l("上班"))],
        validators=[InputRequired(_l("请选择放假或上班"))],
    )
    name = StringField(
        _l("名称"),
        validators=[DataRequired(_l("请填写名称")), Length(max=32, message=_l("最多 32 字"))],
        description=_l("如：市庆日"),
    )
    submit = SubmitField(_l("保存并重算"))


class YearForm(FlaskForm):
    file = FileField(
        _l("全年安排（JSON 文件）"),
        description=_l("含 year 和 days（date、name、isOffDay）；替换该年原有安排。"),
        render_kw={"accept": ".json,application/json"},
    )
    upload = SubmitField(_l("上传并重算"))


class FixedHolidayForm(FlaskForm):
    month = WholeNumber(
        _l("月"),
        validators=[
            InputRequired(_l("请填写月份")),
            NumberRange(1, 12, _l("请填写 1 到 12 之间的数")),
        ],
    )
    number = WholeNumber(
        _l("日"),
        validators=[
            InputRequired(_l("请填写日")),
            NumberRange(1, 31, _l("请填写 1 到 31 之间的数")),
        ],
    )
    title = StringField(
        _l("节日"),
        validators=[DataRequired(_l("请填写名称")), Length(max=32, message=_l("最多 32 字"))],
    )
    source = StringField(
        _l("依据"),
        validators=[DataRequired(_l("请填写依据")), Length(max=300, message=_l("最多 300 字"))],
    )
    add = SubmitField(_l("添加并重算"))
