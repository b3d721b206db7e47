"""The form by which a token is made."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField, SubmitField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from responder.accounts.token_models import SCOPE_LABELS, Scope
from responder.web.forms import DayField

USUAL_LIFE = timedelta(days=365)


class TokenForm(FlaskForm):
    """What a client may do, in which channels, until when."""

    name = StringField(
        _l("给哪个系统用"),
        validators=[
            DataRequired(_l("请填写名称")),
            Length(max=40, message=_l("最多 40 字，请缩短")),
        ],
        description=_l("例如“12345 工单系统”；审计记录里以此署名"),
        render_kw={"autocomplete": "off", "maxlength": 40},
    )
    scopes = SelectMultipleField(
        _l("权限"),
        validators=[InputRequired(_l("请至少选一项"))],
        choices=[SelectChoice(scope.value, _l(label)) for scope, label in SCOPE_LABELS.items()],
        coerce=Scope,
        default=[Scope.MESSAGES_WRITE],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    channels = SelectMultipleField(
        _l("只限这些渠道"),
        description=_l("一个也不选就是不限"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    expires_on = DayField(
        _l("最后一天"),
        validators=[Optional()],
        description=_l("当天结束时失效；留空则长期有效，直到撤销"),
    )
    submit = SubmitField(_l("发放令牌"))


def usual_last_day(today: date) -> date:
    """Until when a token is good unless somebody says otherwise: a year."""
    return today + USUAL_LIFE
