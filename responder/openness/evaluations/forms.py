"""The forms of evaluations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, SubmitField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from responder.openness.evaluations.entering import MOST_BOTTOM
from responder.openness.evaluations.models import KIND_LABELS, RoundKind
from responder.openness.years import EARLIEST, LATEST
from responder.web.forms import DayField, WholeNumber

_YEAR = _l("请填写 2008 到 2100 的年份")
_BOTTOM = _l("请填写 0 到 50 的整数")


class RoundForm(FlaskForm):
    year = WholeNumber(
        _l("所属年份"), validators=[InputRequired(_YEAR), NumberRange(EARLIEST, LATEST, _YEAR)]
    )
    kind = SelectField(
        _l("类别"),
        choices=[SelectChoice(kind.value, _l(label)) for kind, label in KIND_LABELS.items()],
        default=RoundKind.THIRD_PARTY.value,
    )
    number = WholeNumber(
        _l("第几次"),
        validators=[Optional(), NumberRange(1, 99, _l("请填写 1 到 99 的整数"))],
        description=_l("本年同类测评的第几次；不填则自动接着上一次。"),
    )
    name = StringField(
        _l("名称"),
        validators=[Length(max=100, message=_l("最多 100 字"))],
        description=_l("不填则为“2026年第2次第三方测评”这样的名称。"),
    )
    evaluator = StringField(_l("测评机构"), validators=[Length(max=100, message=_l("最多 100 字"))])
    evaluated_on = DayField(
        _l("测评日期"), validators=[InputRequired(_l("请填写测评日期，如 2026-06-20"))]
    )
    bottom = WholeNumber(
        _l("末位表态发言的单位数"),
        default=0,
        validators=[InputRequired(_BOTTOM), NumberRange(0, MOST_BOTTOM, _BOTTOM)],
        description=_l("每组最后几名须表态发言，同分的一并列入；0 表示不要求。"),
    )
    explain_by = DayField(
        _l("表态发言材料报送期限"),
        validators=[Optional()],
        description=_l("要求表态发言的，通报前必填。"),
    )
    submit = SubmitField(_l("保存"))


class CircularTemplateForm(FlaskForm):
    title = StringField(
        _l("标题"),
        validators=[DataRequired(_l("请填写标题")), Length(max=200, message=_l("最多 200 字"))],
    )
    sender = StringField(
        _l("发文单位"),
        validators=[DataRequired(_l("请填写发文单位")), Length(max=100, message=_l("最多 100 字"))],
        description=_l("通报的落款。"),
    )
    body = TextAreaField(
        _l("正文"),
        validators=[DataRequired(_l("请填写正文")), Length(max=5000, message=_l("最多 5000 字"))],
        render_kw={"rows": 14},
        description=_l("一行一段；“一、”开头的短行是小标题。占位没有内容的那一段不出现。"),
    )
    submit = SubmitField(_l("保存"))
