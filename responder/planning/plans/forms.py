"""Forms of the annual plan."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from responder.planning.events.forms import FORM_CHOICES
from responder.planning.models import SpeakerRank
from responder.planning.plans.models import COUNTED_RANK_LABELS, PERIOD_LABELS
from responder.web.forms import DayField, WholeNumber

MONTH_CHOICES = [SelectChoice(month, f"{month} 月") for month in range(1, 13)]
RANK_CHOICES = [SelectChoice(rank.value, _l(label)) for rank, label in COUNTED_RANK_LABELS.items()]
PERIOD_CHOICES = [SelectChoice(one.value, _l(label)) for one, label in PERIOD_LABELS.items()]


class PlanEntryForm(FlaskForm):
    theme = StringField(
        _l("发布主题"), validators=[DataRequired(_l("请填写发布主题")), Length(max=200)]
    )
    form = SelectField(_l("发布形式"), choices=FORM_CHOICES)
    month = SelectField(_l("拟发布月份"), coerce=int, choices=MONTH_CHOICES)
    day = WholeNumber(
        _l("日（可不填）"),
        validators=[Optional(), NumberRange(1, 31, _l("请填写 1 到 31 之间的数"))],
    )
    unit_id = SelectField(
        _l("发布单位"), coerce=int, validators=[NumberRange(min=1, message=_l("请选择发布单位"))]
    )
    speaker = StringField(_l("发布人"), validators=[Length(max=64)])
    basis = StringField(_l("依据"), validators=[Length(max=300)])
    remark = StringField(_l("备注"), validators=[Length(max=300)])
    version_id = HiddenField()
    submit = SubmitField(_l("加入计划"))


class ChangeForm(PlanEntryForm):
    """A row of an adopted plan, and why it changes."""

    reason = StringField(
        _l("变更理由"),
        validators=[DataRequired(_l("请写明变更的理由")), Length(max=300)],
        description=_l("如：数据核实延后；按市政府部署新增"),
    )
    approval = StringField(
        _l("批准意见（可不填）"),
        validators=[Length(max=200)],
        description=_l("如：某副市长 3 月 2 日批示同意"),
    )


class DropForm(FlaskForm):
    """Why a row of an adopted plan is dropped."""

    reason = StringField(
        _l("取消理由"),
        validators=[DataRequired(_l("请写明取消的理由")), Length(max=300)],
        id="drop-reason",
    )
    approval = StringField(
        _l("批准意见（可不填）"), validators=[Length(max=200)], id="drop-approval"
    )
    version_id = HiddenField(id="drop-version")
    drop = SubmitField(_l("取消这一条"))


class AdoptForm(FlaskForm):
    adopted_on = DayField(_l("审议日期"), validators=[InputRequired(_l("请填写日期"))])
    adopted_by = StringField(
        _l("审议会议"),
        validators=[DataRequired(_l("请写明会议名称")), Length(max=100)],
        description=_l("如：市政府第 20 次常务会议"),
    )
    minutes_number = StringField(
        _l("会议纪要文号（可不填）"),
        validators=[Length(max=64)],
        description=_l("如：市府纪要〔2026〕3号"),
    )
    adopt = SubmitField(_l("登记审议通过"))


class _Ticks(SelectMultipleField):
    """A list to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ReleaseRuleForm(FlaskForm):
    name = StringField(_l("名称"), validators=[DataRequired(_l("请填写名称")), Length(max=100)])
    period = SelectField(_l("计算周期"), choices=PERIOD_CHOICES)
    least = WholeNumber(
        _l("至少几场"),
        validators=[
            InputRequired(_l("请填写 1 到 99 之间的数")),
            NumberRange(1, 99, _l("请填写 1 到 99 之间的数")),
        ],
    )
    forms = _Ticks(
        _l("计入的发布形式"), choices=FORM_CHOICES, description=_l("都不选则各种形式都计入。")
    )
    speaker_rank = SelectField(
        _l("计入的发布人身份"), choices=RANK_CHOICES, default=SpeakerRank.OTHER.value
    )
    all_units = BooleanField(_l("适用于所有单位"))
    units = _Ticks(
        _l("适用单位"),
        coerce=int,
        description=_l("没有勾选“适用于所有单位”时，按这里选定的单位计算；都不选则不计算。"),
    )
    source = StringField(
        _l("依据"), validators=[Length(max=200)], description=_l("写明文件和文号。")
    )
    version_id = HiddenField()
    submit = SubmitField(_l("保存"))
