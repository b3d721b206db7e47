"""Forms of the planning pages."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DateTimeLocalField,
    HiddenField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from responder.planning.models import FORM_LABELS, PlanEntry
from responder.web.forms import WholeNumber

FORM_CHOICES = [SelectChoice(form.value, _l(label)) for form, label in FORM_LABELS.items()]
MONTH_CHOICES = [SelectChoice(month, f"{month} 月") for month in range(1, 13)]


def entry_choices(entries: Iterable[PlanEntry]) -> list[SelectChoice]:
    """Rows of the plan for a menu; 0 stands for an event outside of the plan."""
    listed = [
        SelectChoice(entry.id, f"{entry.number}. {entry.theme}（{entry.month} 月）")
        for entry in entries
    ]
    return [SelectChoice(0, _l("计划外")), *listed]


class EventForm(FlaskForm):
    theme = StringField(
        _l("发布主题"), validators=[DataRequired(_l("请填写发布主题")), Length(max=200)]
    )
    form = SelectField(_l("发布形式"), choices=FORM_CHOICES)
    starts_at = DateTimeLocalField(
        _l("发布时间"),
        validators=[InputRequired(_l("请填写日期和时间"))],
        render_kw={"step": 300},
    )
    place = StringField(_l("地点"), validators=[Length(max=200)])
    unit_id = SelectField(
        _l("发布单位"), coerce=int, validators=[NumberRange(min=1, message=_l("请选择发布单位"))]
    )
    speaker = StringField(_l("发布人"), validators=[Length(max=64)])
    plan_entry_id = SelectField(_l("对应的年度计划"), coerce=int)
    summary = TextAreaField(
        _l("发布内容"),
        validators=[Length(max=4000)],
        description=_l("写明涉及的地点和事项，系统据此寻找相关的热点话题。"),
        render_kw={"rows": 5},
    )
    version_id = HiddenField()
    topic_id = HiddenField()
    submit = SubmitField(_l("保存"))


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
