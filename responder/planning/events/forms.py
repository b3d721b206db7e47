"""The form of a press event."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateTimeLocalField,
    HiddenField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from responder.planning.models import FORM_LABELS, PlanEntry

FORM_CHOICES = [SelectChoice(form.value, _l(label)) for form, label in FORM_LABELS.items()]


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
