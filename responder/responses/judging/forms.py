"""The forms of a judgement and of the priority kinds."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from responder.responses.judging.rules import COLOUR_LABELS, GRADE_LABELS

YES, NO = "yes", "no"


class JudgementForm(FlaskForm):
    grade = SelectField(
        _l("突发事件等级"),
        choices=[
            SelectChoice("", _l("请选择")),
            *(SelectChoice(grade.value, _l(label)) for grade, label in GRADE_LABELS.items()),
        ],
        validators=[InputRequired(_l("请选择突发事件等级，或“不是突发事件”"))],
        description=_l("特别重大、重大的，按重大及以上突发事件计时；其余按一般政务舆情计时。"),
    )
    colour = SelectField(
        _l("现行预警"),
        choices=[SelectChoice(colour.value, _l(label)) for colour, label in COLOUR_LABELS.items()],
        description=_l("气象、水文等部门发布的预警颜色；预警说的是可能发生什么，不决定时限。"),
    )
    kinds = SelectMultipleField(
        _l("属于哪些重点回应的类别"),
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    must_answer = RadioField(
        _l("是否应当回应"),
        choices=[SelectChoice(YES, _l("应当回应")), SelectChoice(NO, _l("可以不公开回应"))],
        validators=[InputRequired(_l("请选择是否应当回应"))],
    )
    reason = TextAreaField(
        _l("理由"),
        validators=[
            DataRequired(_l("请写明研判的理由")),
            Length(max=2000, message=_l("最多 2000 字")),
        ],
        description=_l("影响多大、依据什么；改定等级的，写明为什么改。"),
        render_kw={"rows": 4},
    )
    submit = SubmitField(_l("保存研判"))


class PriorityKindForm(FlaskForm):
    name = StringField(
        _l("名称"),
        validators=[DataRequired(_l("请填写名称")), Length(max=100, message=_l("最多 100 字"))],
    )
    source = TextAreaField(
        _l("依据"),
        validators=[
            DataRequired(_l("请写明依据，写全文号")),
            Length(max=1000, message=_l("最多 1000 字")),
        ],
        render_kw={"rows": 3},
    )
    active = BooleanField(_l("研判时列出"), default=True)
    submit = SubmitField(_l("保存"))
