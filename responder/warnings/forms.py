"""Forms of warnings: one's address, steps, quiet hours, channels."""

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
    TimeField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from responder.core.clocks import Unit
from responder.core.permissions import ROLE_LABELS, Role
from responder.warnings.models import (
    ADDRESS_CHARACTERS,
    SEVERITY_LABELS,
    TIMING_LABELS,
    URL_CHARACTERS,
)
from responder.warnings.rules import MOST_AMOUNT, MOST_REPEATS, Severity, Timing
from responder.warnings.settings import MOST_DIGEST
from responder.web.forms import WholeNumber
from responder.web.overtaken import WriteOnlyField

_NAME = (DataRequired(_l("请填写名称")), Length(max=60, message=_l("最多 60 字")))


# By what a rule counts, without the measure word of "3 个工作日".
COUNTED_IN = {Unit.HOURS: _l("小时"), Unit.WORKING_DAYS: _l("工作日")}


class AddressForm(FlaskForm):
    email = StringField(
        _l("邮箱"),
        validators=[Length(max=ADDRESS_CHARACTERS, message=_l("太长"))],
        description=_l("填写后，预警同时发到这个邮箱；留空则不发邮件。只有系统用它来发预警。"),
        render_kw={"inputmode": "email", "autocomplete": "email"},
    )
    submit = SubmitField(_l("保存"))


class StepForm(FlaskForm):
    name = StringField(_l("名称"), validators=_NAME)
    target = SelectField(
        _l("用于"),
        description=_l("某条规则有了自己的步骤，同一计量的通用步骤就不再用于它。"),
    )
    timing = SelectField(
        _l("时点"),
        choices=[SelectChoice(one.value, _l(label)) for one, label in TIMING_LABELS.items()],
        coerce=Timing,
    )
    amount = WholeNumber(
        _l("数值"),
        validators=[
            InputRequired(_l("请填写数值")),
            NumberRange(0, MOST_AMOUNT, _l("请填写 0 到 1000 之间的数")),
        ],
        description=_l(
            "到期之前、逾期之后：多少小时或工作日，随规则的计量；到期之前 0 个工作日即到期当天。"
            "用去的比例：百分之几。到期之时：填 0。"
        ),
    )
    repeats = WholeNumber(
        _l("最多几次"),
        validators=[
            InputRequired(_l("请填写次数")),
            NumberRange(1, MOST_REPEATS, _l("请填写 1 到 60 之间的数")),
        ],
        description=_l("只用于“逾期之后”：每隔这么久一次。"),
    )
    severity = SelectField(
        _l("级别"),
        choices=[SelectChoice(one.value, _l(label)) for one, label in SEVERITY_LABELS.items()],
        coerce=Severity,
    )
    may_wait = BooleanField(
        _l("可等到免打扰结束再发"),
        description=_l("不足 24 小时的时限从不等待；等下去就过期的，也不等待。"),
    )
    escalates = BooleanField(_l("同时告知新闻办和督查"))
    version = HiddenField()
    submit = SubmitField(_l("保存"))


class QuietForm(FlaskForm):
    night_from = TimeField(_l("夜间开始"), validators=[InputRequired(_l("请填写时间"))])
    night_to = TimeField(
        _l("夜间结束"),
        validators=[InputRequired(_l("请填写时间"))],
        description=_l("可跨午夜；两个时间相同即没有夜间免打扰。按工作日计的预警在这个时间发出。"),
    )
    rest_days = BooleanField(
        _l("非工作日全天免打扰"),
        description=_l("按工作日历：双休日和节假日免打扰，调休上班日不免。"),
    )
    digest_over = WholeNumber(
        _l("超过几条合为一条"),
        validators=[
            InputRequired(_l("请填写数目")),
            NumberRange(1, MOST_DIGEST, _l("请填写 1 到 50 之间的数")),
        ],
        description=_l("同时要发给同一个人或同一个群的，超过这个数就合成一条，最紧急的在前。"),
    )
    version = HiddenField()
    submit = SubmitField(_l("保存"))


class ChannelForm(FlaskForm):
    name = StringField(_l("名称"), validators=_NAME)
    url = WriteOnlyField(
        _l("地址"),
        validators=[Length(max=URL_CHARACTERS, message=_l("最多 500 字"))],
        description=_l("保存后加密存放，不再显示；修改时留空则不变。"),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    roles = SelectMultipleField(
        _l("只在预警涉及这些岗位时发送"),
        choices=[SelectChoice(role.value, _l(label)) for role, label in ROLE_LABELS.items()],
        coerce=Role,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("都不选即不限。"),
    )
    unit_id = SelectField(_l("只发这个单位的"), coerce=int)
    version = HiddenField()
    submit = SubmitField(_l("保存"))


def target_choices(rules: list[tuple[int, str]]) -> list[SelectChoice]:
    """All rules of a unit, or one rule."""
    general = [
        SelectChoice(f"unit:{unit.value}", _l("全部按%(unit)s计的规则", unit=label))
        for unit, label in COUNTED_IN.items()
    ]
    return [*general, *(SelectChoice(f"rule:{rule_id}", name) for rule_id, name in rules)]


def target_of(value: str) -> tuple[Unit, int | None]:
    """What a choice of these means; the unit of a rule is looked up from it."""
    kind, _colon, which = value.partition(":")
    if kind == "rule":
        return Unit.HOURS, int(which)
    return Unit(which), None
