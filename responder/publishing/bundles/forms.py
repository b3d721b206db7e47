"""The form in which a bundle is made."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField, SubmitField
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from responder.web.forms import MomentField


class BundleForm(FlaskForm):
    name = StringField(
        _l("这一组的名称"),
        validators=[
            DataRequired(_l("请给这一组起个名称，便于同事辨认")),
            Length(max=100, message=_l("最多 100 字")),
        ],
    )
    items = SelectMultipleField(
        _l("一起发布的事项"),
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )
    publish_at = MomentField(
        _l("发布时间"),
        validators=[Optional()],
        description=_l("立即发布时不必填写。"),
    )
    schedule = SubmitField(_l("定时一起发布"))
    now = SubmitField(_l("立即一起发布"))
