"""Forms of subscriptions and of calendar files."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, SubmitField
from wtforms.validators import DataRequired, Length


class FeedForm(FlaskForm):
    name = StringField(
        _l("用在哪里"),
        validators=[DataRequired(_l("请填写这个订阅用在哪里")), Length(max=64)],
        description=_l("如：我的手机、办公室 Outlook。撤销时凭它辨认。"),
    )
    unit_id = SelectField(_l("订阅哪些活动"), coerce=int)
    submit = SubmitField(_l("建立订阅"))
