"""The forms of what belongs to an event, and of the office's own lists."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from responder.planning.events.forms import FORM_CHOICES
from responder.planning.events.preparing import MOST_DAYS
from responder.planning.events.series import MOST_EVENTS
from responder.web.forms import DayField, WholeNumber
from responder.web.overtaken import WriteOnlyField

_DAYS = NumberRange(-MOST_DAYS, MOST_DAYS, _l("请填写 -60 至 60 的整数"))
_DAYS_HELP = _l("填正数为举行前的工作日数，0 为当天，负数为举行后的工作日数。")

_BEFORE_HELP = _l("没有完成，活动就不能“确定举行”。")


class TaskForm(FlaskForm):
    name = StringField(
        _l("筹备事项"), validators=[DataRequired(_l("请填写筹备事项的名称")), Length(max=100)]
    )
    days = WholeNumber(
        _l("提前几个工作日"),
        validators=[InputRequired(_l("请填写工作日数")), _DAYS],
        description=_DAYS_HELP,
    )
    before_confirmation = BooleanField(_l("确认前须完成"), description=_BEFORE_HELP)
    responsible = StringField(_l("责任人"), validators=[Length(max=64)])
    note = StringField(_l("备注"), validators=[Length(max=300)])
    submit = SubmitField(_l("保存"))


class ItemForm(FlaskForm):
    name = StringField(
        _l("筹备事项"), validators=[DataRequired(_l("请填写筹备事项的名称")), Length(max=100)]
    )
    days = WholeNumber(
        _l("提前几个工作日"),
        validators=[InputRequired(_l("请填写工作日数")), _DAYS],
        description=_DAYS_HELP,
    )
    position = WholeNumber(
        _l("排列次序"),
        validators=[
            InputRequired(_l("请填写次序")),
            NumberRange(1, 999, _l("请填写 1 至 999 的整数")),
        ],
    )
    form = SelectField(
        _l("适用的发布形式"), choices=[SelectChoice("", _l("全部形式")), *FORM_CHOICES]
    )
    before_confirmation = BooleanField(_l("确认前须完成"), description=_BEFORE_HELP)
    source = StringField(_l("依据"), validators=[Length(max=200)])
    active = BooleanField(_l("启用"), default=True)
    submit = SubmitField(_l("保存"))


class MediumForm(FlaskForm):
    outlet = StringField(
        _l("媒体名称"), validators=[DataRequired(_l("请填写媒体名称")), Length(max=100)]
    )
    journalist = StringField(_l("记者姓名"), validators=[Length(max=64)])
    phone = WriteOnlyField(
        _l("联系电话"), validators=[Length(max=32)], render_kw={"autocomplete": "off"}
    )
    accreditation = StringField(_l("记者证号"), validators=[Length(max=64)])
    note = StringField(_l("备注"), validators=[Length(max=200)])
    submit = SubmitField(_l("保存"))


class PasteForm(FlaskForm):
    lines = TextAreaField(
        _l("每行一家：媒体　记者　电话"),
        validators=[DataRequired(_l("请粘贴媒体名单")), Length(max=20_000)],
        description=_l("可从表格直接粘贴；已在名单上的不会重复加入。"),
        render_kw={"rows": 5},
    )
    submit = SubmitField(_l("加入名单"))


class SeriesForm(FlaskForm):
    every = RadioField(_l("怎样重复"), validators=[InputRequired(_l("请选择怎样重复"))])
    count = WholeNumber(
        _l("共几次（含本场）"),
        validators=[
            Optional(),
            NumberRange(2, MOST_EVENTS, _l("请填写 2 至 60 的整数")),
        ],
    )
    until = DayField(
        _l("或到哪一天为止"), validators=[Optional()], description=_l("填了次数，就不看这一项。")
    )
    accept_clashes = BooleanField(_l("仍然保存"))
    preview = SubmitField(_l("预览日期"))
    submit = SubmitField(_l("建立系列"))


class PeriodForm(FlaskForm):
    name = StringField(
        _l("名称"), validators=[DataRequired(_l("请填写名称，例如“全国两会”")), Length(max=100)]
    )
    first_day = DayField(_l("开始日期"), validators=[InputRequired(_l("请填写开始日期"))])
    last_day = DayField(_l("结束日期（含）"), validators=[InputRequired(_l("请填写结束日期"))])
    source = StringField(_l("依据"), validators=[Length(max=200)])
    submit = SubmitField(_l("保存"))
