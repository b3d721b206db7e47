"""The form of a rule. The page shows the fields that its kind uses."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, SubmitField, TimeField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from responder.alerts.rules import MOST_WORDS_CHARACTERS
from responder.topics.rules import LEVEL_LABELS
from responder.web.forms import WholeNumber

LEVEL_CHOICES = [SelectChoice(level, _l(LEVEL_LABELS[level])) for level in LEVEL_LABELS if level]


class OptionalTime(TimeField):
    """An empty field is no time, not a wrong one."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if any(valuelist):
            super().process_formdata(valuelist)


class RuleForm(FlaskForm):
    name = StringField(_l("名称"), validators=[DataRequired(_l("请填写名称")), Length(max=60)])
    people = WholeNumber(
        _l("达到多少人反映时提醒"),
        validators=[Optional(), NumberRange(1, 10_000, _l("请填写 1 到 10000 之间的数"))],
    )
    speed_points = WholeNumber(
        _l("增速与突增合计达到（分）"),
        validators=[Optional(), NumberRange(1, 100, _l("请填写 1 到 100 之间的数"))],
        description=_l("话题页“热度是怎样来的”里这两项的得分之和；留空则不看这一项。"),
    )
    heat_rise = WholeNumber(
        _l("热度一天内升高"),
        validators=[Optional(), NumberRange(1, 100, _l("请填写 1 到 100 之间的数"))],
        description=_l("与前一天的热度相比；留空则不看这一项。"),
    )
    level = SelectField(_l("热度等级达到"), coerce=int, choices=LEVEL_CHOICES)
    words = StringField(
        _l("字词"),
        validators=[Length(max=MOST_WORDS_CHARACTERS)],
        description=_l("用顿号或空格分开；简体、繁体都会找到。"),
    )
    quiet_from = OptionalTime(_l("免打扰开始"), validators=[Optional()])
    quiet_to = OptionalTime(
        _l("免打扰结束"),
        validators=[Optional()],
        description=_l("可跨午夜，如 22:00 到 07:00。其间的提醒到结束时才显示；都留空则随时显示。"),
    )
    version_id = HiddenField()
    submit = SubmitField(_l("保存"))
