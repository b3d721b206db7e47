"""Forms of statistics."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DecimalField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from responder.reports.statistics.entered import LARGEST


class EnteredForm(FlaskForm):
    """A figure of the office's own."""

    name = StringField(_l("名称"), [DataRequired(_l("请填写名称")), Length(max=64)])
    value = DecimalField(
        _l("数值"),
        [InputRequired(_l("请填写数值")), NumberRange(-LARGEST, LARGEST, _l("数值太大：请核对"))],
    )
    measure = StringField(_l("计量单位"), [DataRequired(_l("请填写计量单位")), Length(max=16)])
    meaning = TextAreaField(_l("口径"), [DataRequired(_l("请写明统计的是什么")), Length(max=1000)])
    basis = StringField(
        _l("依据"), [DataRequired(_l("请写明数据出自哪份文件或台账")), Length(max=300)]
    )
