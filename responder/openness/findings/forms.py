"""The forms of findings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    MultipleFileField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from responder.openness.findings.models import SOURCE_LABELS, FindingSource
from responder.openness.years import EARLIEST, LATEST
from responder.web.forms import DayField, WholeNumber

_YEAR = _l("请填写四位年份，如 2026")


class FindingForm(FlaskForm):
    year = WholeNumber(
        _l("年度"),
        validators=[InputRequired(_YEAR), NumberRange(EARLIEST, LATEST, _YEAR)],
        description=_l("列入哪一年的清单。"),
    )
    source = SelectField(
        _l("问题来源"),
        choices=[SelectChoice(one.value, _l(label)) for one, label in SOURCE_LABELS.items()],
        default=FindingSource.THIRD_PARTY.value,
    )
    inspection = StringField(
        _l("检查名称"),
        validators=[
            DataRequired(_l("请填写检查名称，例如“2026年第二次第三方测评”")),
            Length(max=100, message=_l("最多 100 字")),
        ],
    )
    inspected_on = DayField(
        _l("检查日期"), validators=[InputRequired(_l("请填写检查日期，如 2026-09-10"))]
    )
    problem = TextAreaField(
        _l("问题描述"),
        validators=[
            DataRequired(_l("请写明问题：哪个栏目、缺什么")),
            Length(max=2000, message=_l("最多 2000 字")),
        ],
        render_kw={"rows": 3},
    )
    category = StringField(
        _l("问题类别"),
        validators=[Length(max=50, message=_l("最多 50 字"))],
        render_kw={"list": "categories"},
        description=_l("例如“更新不及时”“内容缺失”“链接失效”。"),
    )
    unit_id = SelectField(
        _l("责任单位"), coerce=int, validators=[NumberRange(1, message=_l("请选择责任单位"))]
    )
    basis = StringField(_l("整改依据"), validators=[Length(max=300, message=_l("最多 300 字"))])
    person = StringField(_l("整改责任人"), validators=[Length(max=32, message=_l("最多 32 字"))])
    post = StringField(_l("责任人职务"), validators=[Length(max=64, message=_l("最多 64 字"))])
    measures = TextAreaField(
        _l("整改措施"),
        validators=[Length(max=2000, message=_l("最多 2000 字"))],
        render_kw={"rows": 3},
    )
    deadline = DayField(_l("整改期限"), validators=[Optional()])
    submit = SubmitField(_l("保存"))


class EvidenceForm(FlaskForm):
    text = TextAreaField(
        _l("整改情况"),
        validators=[
            DataRequired(_l("请写明整改情况：做了什么、何时完成")),
            Length(max=5000, message=_l("最多 5000 字")),
        ],
        render_kw={"rows": 6},
    )
    link = StringField(
        _l("整改后的网址"),
        validators=[Length(max=500, message=_l("最多 500 字"))],
        render_kw={"inputmode": "url", "placeholder": "https://"},
        description=_l("可不填；核查人可以点开查看。"),
    )
    files = MultipleFileField(
        _l("佐证材料"), description=_l("可不选；一次最多 10 个文件，如截图、文件扫描件。")
    )
    submit = SubmitField(_l("报送"))
