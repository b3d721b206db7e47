"""The forms of the catalogue."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, SubmitField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from responder.openness.catalogue.reading import LONGEST_MINUTES, SHORTEST_MINUTES
from responder.openness.catalogue.rules import CADENCE_LABELS, LIMIT_LABELS, Cadence, LimitUnit
from responder.web.forms import DayField, WholeNumber

_DAY = _l("请填写日期，如 2026-03-05")
_MINUTES = _l("请填写 10 到 10080 的整数（分钟）")
_LIMIT = _l("请填写 1 到 1000 的整数")


class ColumnForm(FlaskForm):
    code = StringField(
        _l("栏目代码"),
        validators=[
            DataRequired(_l("请填写栏目代码，例如 A01-02")),
            Length(max=32, message=_l("最多 32 字")),
        ],
        description=_l("每个栏目一个，以后不再改；目录按代码排列。"),
    )
    name = StringField(
        _l("栏目名称"),
        validators=[
            DataRequired(_l("请填写栏目名称")),
            Length(max=100, message=_l("最多 100 字")),
        ],
    )
    parent_id = SelectField(_l("上级栏目"), coerce=int, description=_l("目录最多三级。"))
    unit_id = SelectField(
        _l("责任单位"), coerce=int, validators=[NumberRange(1, message=_l("请选择责任单位"))]
    )
    valid_from = DayField(_l("启用日期"), validators=[InputRequired(_DAY)])
    valid_to = DayField(
        _l("停用日期"),
        validators=[Optional()],
        description=_l("最后一天；此后不再收信息，已有的仍在。在用的不填。"),
    )
    cadence = SelectField(
        _l("更新周期"),
        choices=[SelectChoice(one.value, _l(label)) for one, label in CADENCE_LABELS.items()],
        default=Cadence.IRREGULAR.value,
    )
    check_kind_id = SelectField(_l("网站检查类别"), coerce=int)
    key_area_id = SelectField(_l("重点领域"), coerce=int)
    on = DayField(
        _l("调整日期"),
        validators=[Optional()],
        description=_l("这次改动从哪天起；记入目录调整记录。"),
    )
    reason = StringField(
        _l("调整依据"),
        validators=[Length(max=300, message=_l("最多 300 字"))],
        description=_l("例如“省政务公开重点工作任务”；记入目录调整记录。"),
    )
    submit = SubmitField(_l("保存"))


class PublicationForm(FlaskForm):
    column_id = SelectField(
        _l("栏目"), coerce=int, validators=[NumberRange(1, message=_l("请选择栏目"))]
    )
    title = StringField(
        _l("标题"),
        validators=[DataRequired(_l("请填写标题")), Length(max=300, message=_l("最多 300 字"))],
    )
    published_on = DayField(_l("发布日期"), validators=[InputRequired(_DAY)])
    url = StringField(
        _l("网址"),
        validators=[Length(max=500, message=_l("最多 500 字"))],
        render_kw={"inputmode": "url", "placeholder": "https://"},
        description=_l("可不填；同一栏目里网址相同的算同一条。"),
    )
    index_number = StringField(
        _l("索引号"),
        validators=[Length(max=64, message=_l("最多 64 字"))],
        description=_l("可不填；索引号相同的算同一条。"),
    )
    submit = SubmitField(_l("保存"))


class FeedForm(FlaskForm):
    url = StringField(
        _l("订阅地址"),
        validators=[Length(max=500, message=_l("最多 500 字"))],
        render_kw={"inputmode": "url", "placeholder": "https://"},
        description=_l("门户网站这个栏目的 RSS、Atom 或 JSON Feed；清空则不再读取。"),
    )
    interval_minutes = WholeNumber(
        _l("每隔多少分钟读取"),
        validators=[
            InputRequired(_MINUTES), NumberRange(SHORTEST_MINUTES, LONGEST_MINUTES, _MINUTES)
        ],
        default=60,
    )  # fmt: skip
    paused = BooleanField(_l("暂停读取"))
    submit = SubmitField(_l("保存"))


class KindForm(FlaskForm):
    name = StringField(
        _l("类别名称"),
        validators=[
            DataRequired(_l("请填写类别名称")),
            Length(max=50, message=_l("最多 50 字")),
        ],
    )
    limit = WholeNumber(
        _l("超过多久不更新为不合格"),
        validators=[InputRequired(_LIMIT), NumberRange(1, 1000, _LIMIT)],
    )
    limit_unit = SelectField(
        _l("单位"),
        choices=[SelectChoice(one.value, _l(label)) for one, label in LIMIT_LABELS.items()],
        default=LimitUnit.DAYS.value,
    )
    source = StringField(_l("依据"), validators=[Length(max=200, message=_l("最多 200 字"))])
    submit = SubmitField(_l("保存"))


class AreaForm(FlaskForm):
    name = StringField(
        _l("重点领域名称"),
        validators=[
            DataRequired(_l("请填写重点领域名称")),
            Length(max=50, message=_l("最多 50 字")),
        ],
    )
    source = StringField(_l("依据"), validators=[Length(max=200, message=_l("最多 200 字"))])
    active = BooleanField(
        _l("在用"), default=True, description=_l("停用后不再供新栏目选择；已有栏目不变。")
    )
    submit = SubmitField(_l("保存"))
