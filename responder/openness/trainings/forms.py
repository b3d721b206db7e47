"""The form of a training or meeting."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, SubmitField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from responder.openness.trainings.models import KIND_LABELS, OccasionKind
from responder.web.forms import DayField, WholeNumber

MOST_CHARACTERS = 5_000
MOST_PEOPLE = 100_000
MOST_UNITS = 1_000


class OccasionForm(FlaskForm):
    kind = SelectField(
        _l("类别"),
        choices=[SelectChoice(kind.value, _l(label)) for kind, label in KIND_LABELS.items()],
        default=OccasionKind.TRAINING.value,
    )
    held_on = DayField(
        _l("日期"), validators=[InputRequired(_l("请填写举办的日期，如 2026-05-20"))]
    )
    title = StringField(
        _l("名称"),
        validators=[
            DataRequired(_l("请填写名称，例如“全市政务公开业务培训”")),
            Length(max=200, message=_l("最多 200 字")),
        ],
    )
    place = StringField(_l("地点"), validators=[Length(max=100, message=_l("最多 100 字"))])
    organiser_id = SelectField(_l("举办单位"), coerce=int)
    lecturers = StringField(
        _l("授课人"),
        validators=[Length(max=200, message=_l("最多 200 字"))],
        description=_l("写单位和职务，例如“省政务公开办负责人”。"),
    )
    attendance = WholeNumber(
        _l("人数"),
        validators=[
            Optional(),
            NumberRange(0, MOST_PEOPLE, _l("请填写 0 至 100000 的整数")),
        ],
        description=_l("没有统计的不填；约数填整数，在备注写明。"),
    )
    units = WholeNumber(
        _l("参加单位数"),
        validators=[
            Optional(),
            NumberRange(0, MOST_UNITS, _l("请填写 0 至 1000 的整数")),
        ],
    )
    contents = TextAreaField(
        _l("内容"),
        validators=[Length(max=MOST_CHARACTERS, message=_l("最多 5000 字"))],
        render_kw={"rows": 4},
    )
    minutes_number = StringField(
        _l("会议纪要文号"), validators=[Length(max=64, message=_l("最多 64 字"))]
    )
    remark = StringField(_l("备注"), validators=[Length(max=300, message=_l("最多 300 字"))])
    submit = SubmitField(_l("保存"))
