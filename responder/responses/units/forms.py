"""The forms with which units are asked and answer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from responder.responses.units.service import LONGEST_MATERIAL, LONGEST_TASK
from responder.web.forms import MomentField


class PartForm(FlaskForm):
    unit_id = SelectField(
        _l("单位"), coerce=int, validators=[NumberRange(1, message=_l("请选择单位"))]
    )
    task = TextAreaField(
        _l("需要提供什么"),
        validators=[
            DataRequired(_l("请写明需要该单位提供什么")),
            Length(max=LONGEST_TASK, message=_l("最多 %(max)d 字")),
        ],
        description=_l("该单位的联络员会读到：不写来电人，举报的不写内容。"),
        render_kw={"rows": 4},
    )
    due_at = MomentField(_l("何时报送"), validators=[InputRequired(_l("请填写报送时限"))])
    submit = SubmitField(_l("交办"))


class MaterialForm(FlaskForm):
    text = TextAreaField(
        _l("本单位的情况"),
        validators=[
            DataRequired(_l("请填写情况：查到什么、做了什么、有何依据")),
            Length(max=LONGEST_MATERIAL, message=_l("最多 %(max)d 字")),
        ],
        description=_l("查到什么、做了什么、有何依据、何时办完。供新闻办起草回应，不直接公开。"),
        render_kw={"rows": 12},
    )
    submit = SubmitField(_l("报送"))
