"""The forms of what is kept beside an item."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from responder.web.forms import DayField, MomentField


class ConsultationForm(FlaskForm):
    held_at = MomentField(_l("会商时间"), validators=[InputRequired(_l("请填写会商时间"))])
    units = StringField(
        _l("参加单位"),
        validators=[
            DataRequired(_l("请填写参加会商的单位")),
            Length(max=500, message=_l("最多 500 字")),
        ],
    )
    people = StringField(_l("参加人员"), validators=[Length(max=500, message=_l("最多 500 字"))])
    conclusion = TextAreaField(
        _l("会商结论"),
        validators=[
            DataRequired(_l("请填写会商结论")),
            Length(max=20_000, message=_l("最多 20000 字")),
        ],
        render_kw={"rows": 8},
    )
    submit = SubmitField(_l("保存会商记录"))


class WordingForm(FlaskForm):
    text = TextAreaField(
        _l("口径"),
        validators=[
            DataRequired(_l("请填写口径")),
            Length(max=20_000, message=_l("最多 20000 字")),
        ],
        description=_l("各处对外都这样说。每次保存留下一个版本，最后一版为现行口径。"),
        render_kw={"rows": 10},
    )
    agreed_by = StringField(
        _l("由谁商定、同意"),
        validators=[
            DataRequired(_l("请填写由谁商定、同意")),
            Length(max=300, message=_l("最多 300 字")),
        ],
    )
    consultation_id = SelectField(_l("出自哪次会商"), coerce=int)
    seen = HiddenField()
    submit = SubmitField(_l("保存口径"))


class ReferenceForm(FlaskForm):
    title = StringField(
        _l("文件标题"),
        validators=[
            DataRequired(_l("请填写文件标题")),
            Length(max=200, message=_l("最多 200 字")),
        ],
    )
    number = StringField(_l("文号"), validators=[Length(max=100, message=_l("最多 100 字"))])
    issued_on = DayField(_l("印发日期"), validators=[Optional()])
    url = StringField(
        _l("链接"),
        validators=[Length(max=500, message=_l("最多 500 字"))],
        render_kw={"inputmode": "url"},
    )
    passage = TextAreaField(
        _l("所依据的原文"),
        validators=[Length(max=20_000, message=_l("最多 20000 字"))],
        render_kw={"rows": 5},
    )
    submit = SubmitField(_l("保存依据"))
