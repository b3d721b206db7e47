"""The forms of policy packages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from responder.publishing.packages.models import DUTY_LABELS, LEVEL_LABELS, Duty, Level
from responder.web.forms import DayField, WholeNumber

MOST_CHARACTERS = 100_000


class PackageForm(FlaskForm):
    title = StringField(
        _l("文件标题"),
        validators=[
            DataRequired(_l("请填写文件标题")),
            Length(max=200, message=_l("最多 200 字")),
        ],
    )
    document_number = StringField(
        _l("文号"),
        validators=[Length(max=64, message=_l("最多 64 字"))],
        description=_l("还没有编号的可先不填。"),
    )
    issuer = StringField(
        _l("发文单位"),
        validators=[
            DataRequired(_l("请填写发文单位，例如“市人民政府办公室”")),
            Length(max=100, message=_l("最多 100 字")),
        ],
    )
    unit_id = SelectField(
        _l("起草单位"), coerce=int, validators=[NumberRange(1, message=_l("请选择起草单位"))]
    )
    level = SelectField(
        _l("文件层级"),
        choices=[SelectChoice(level.value, _l(label)) for level, label in LEVEL_LABELS.items()],
        default=Level.CITY.value,
    )
    planned_on = DayField(
        _l("拟发布日期"), validators=[InputRequired(_l("请填写拟发布日期，如 2026-11-20"))]
    )
    duty = RadioField(
        _l("解读要求"),
        choices=[SelectChoice(duty.value, _l(label)) for duty, label in DUTY_LABELS.items()],
        default=Duty.TOGETHER.value,
    )
    duty_reason = StringField(
        _l("不同步解读的理由"),
        validators=[Length(max=300, message=_l("最多 300 字"))],
        description=_l("选“先发布，后解读”或“不需要解读”时必填，例如“人事任免，按规定不解读”。"),
    )
    body = TextAreaField(
        _l("文件正文"),
        validators=[Length(max=MOST_CHARACTERS, message=_l("最多 100000 字"))],
        render_kw={"rows": 14},
        description=_l("可以先不填，改为上传附件；公开时正文和附件一起公开。"),
    )
    submit = SubmitField(_l("保存"))


class MaterialForm(FlaskForm):
    column_id = SelectField(
        _l("解读栏目"), coerce=int, validators=[NumberRange(1, message=_l("请选择解读栏目"))]
    )
    title = StringField(
        _l("标题"),
        validators=[DataRequired(_l("请填写标题")), Length(max=200, message=_l("最多 200 字"))],
    )
    author = StringField(
        _l("作者"),
        validators=[
            DataRequired(_l("请填写作者，写单位或公开身份")),
            Length(max=100, message=_l("最多 100 字")),
        ],
        description=_l("公开显示，例如“市住房和城乡建设局”。"),
    )
    body = TextAreaField(
        _l("正文"),
        validators=[
            DataRequired(_l("请填写正文")),
            Length(max=MOST_CHARACTERS, message=_l("最多 100000 字")),
        ],
        render_kw={"rows": 14},
    )
    submit = SubmitField(_l("保存"))


class ColumnForm(FlaskForm):
    name = StringField(
        _l("栏目名称"),
        validators=[
            DataRequired(_l("请填写栏目名称，例如“专家解读”")),
            Length(max=32, message=_l("最多 32 字")),
        ],
    )
    position = WholeNumber(
        _l("顺序"),
        validators=[
            InputRequired(_l("请填写 1 至 99 的整数")),
            NumberRange(1, 99, _l("请填写 1 至 99 的整数")),
        ],
    )
    active = BooleanField(
        _l("在用"), default=True, description=_l("停用后不再收新的解读；已公开的仍在栏目里。")
    )
    submit = SubmitField(_l("保存"))
