"""The forms of the assessment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    SelectMultipleField,
    StringField,
    SubmitField,
)
from wtforms.validators import DataRequired, Length, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from responder.openness.evaluations.entering import number
from responder.openness.points import plain


class DecimalPoints(StringField):
    """A number of at most two decimals, from 0 to ``most``. ``data`` is a Decimal, or None."""

    data: Any

    def __init__(self, *args: object, most: Decimal = Decimal(1000), **kwargs: object) -> None:
        super().__init__(*args, render_kw={"inputmode": "decimal"}, **kwargs)
        self.most = most

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else plain(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = number(valuelist[0], Decimal(0), self.most) if valuelist else None

    def pre_validate(self, form: FlaskForm) -> None:
        if self.data is None:
            raise StopValidation(
                _("请填写 0 到 %(most)s 的数，最多两位小数", most=plain(self.most))
            )


class Ticks(SelectMultipleField):
    """A list to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SchemeForm(FlaskForm):
    name = StringField(
        _l("方案名称"),
        validators=[
            DataRequired(_l("请填写方案名称")),
            Length(max=100, message=_l("最多 100 字")),
        ],
    )
    total = DecimalPoints(_l("政务公开总分"), description=_l("例如 8 分。"))
    share = DecimalPoints(
        _l("占考核比重（百分数）"), most=Decimal(100), description=_l("例如 5，即占 5 个百分点。")
    )
    allowance = DecimalPoints(
        _l("每个单位的调整幅度（分）"),
        description=_l("人工加减分合计不超过这个数；不允许调整的填 0。"),
    )
    source = StringField(
        _l("依据"),
        validators=[Length(max=300, message=_l("最多 300 字"))],
        description=_l("写明考核细则的名称和文号；没有文件的写“本市自定”。"),
    )
    all_units = BooleanField(_l("考核所有单位"))
    units = Ticks(
        _l("被考核的单位"),
        coerce=int,
        description=_l("没有勾选“考核所有单位”时，考核这里选定的单位。"),
    )
    submit = SubmitField(_l("保存"))
