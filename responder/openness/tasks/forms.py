"""The forms of tasks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput

from responder.openness.tasks.models import LEVEL_LABELS, Level
from responder.web.forms import DayField, WholeNumber

MOST_CHARACTERS = 5_000
HIGHEST_NUMBER = 999


class TaskForm(FlaskForm):
    """A task of either level; what only the city's have stays empty of the province's."""

    level = SelectField(
        _l("级别"),
        choices=[SelectChoice(level.value, _l(label)) for level, label in LEVEL_LABELS.items()],
        default=Level.CITY.value,
    )
    number = WholeNumber(
        _l("序号"),
        validators=[
            InputRequired(_l("请填写 1 至 999 的整数")),
            NumberRange(1, HIGHEST_NUMBER, _l("请填写 1 至 999 的整数")),
        ],
    )
    title = StringField(
        _l("任务名称"),
        validators=[
            DataRequired(_l("请填写任务名称")),
            Length(max=200, message=_l("最多 200 字")),
        ],
    )
    requirement = TextAreaField(
        _l("任务要求"),
        validators=[Length(max=MOST_CHARACTERS, message=_l("最多 5000 字"))],
        render_kw={"rows": 4},
    )
    lead_id = SelectField(
        _l("牵头单位"), coerce=int, description=_l("市级任务必填；省级任务由市级任务落实，不填。")
    )
    assistants = SelectMultipleField(
        _l("配合单位"), coerce=int, option_widget=CheckboxInput(), description=_l("可选几个。")
    )
    parents = SelectMultipleField(
        _l("对应省级任务"),
        coerce=int,
        option_widget=CheckboxInput(),
        description=_l("可选几项；没有对应的，是本市自己的任务。"),
    )
    due_on = DayField(_l("完成时限"), validators=[Optional()], description=_l("市级任务必填。"))
    basis = StringField(
        _l("依据"),
        validators=[Length(max=300, message=_l("最多 300 字"))],
        description=_l("文件名称和文号。"),
    )
    remark = StringField(_l("备注"), validators=[Length(max=300, message=_l("最多 300 字"))])
    submit = SubmitField(_l("保存"))


class ReportForm(FlaskForm):
    """How far a unit has come."""

    percent = WholeNumber(
        _l("进度（百分比）"),
        validators=[
            InputRequired(_l("请填写 0 到 100 的整数")),
            NumberRange(0, 100, _l("请填写 0 到 100 的整数")),
        ],
        render_kw={"min": 0, "max": 100},
    )
    body = TextAreaField(
        _l("进展情况"),
        validators=[Length(max=MOST_CHARACTERS, message=_l("最多 5000 字"))],
        render_kw={"rows": 6},
        description=_l("做了什么、到哪一步、有什么困难；草稿可以先不写。"),
    )
    link = StringField(
        _l("佐证链接"),
        validators=[Length(max=500, message=_l("最多 500 字"))],
        description=_l("公开页面的网址；也可以在下面上传文件。"),
    )
    save = SubmitField(_l("保存草稿"))
    submit = SubmitField(_l("上报"))
