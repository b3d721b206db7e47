"""Forms of the topic pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from responder.topics.corrections import MAX_LABEL_LENGTH


class RenameForm(FlaskForm):
    """``version``: how many corrections the page had seen (``state_of_play``)."""

    label = StringField(
        _l("话题名称"),
        validators=[
            InputRequired(_l("请填写话题名称")),
            Length(max=MAX_LABEL_LENGTH, message=_l("最多 %(max)d 字")),
        ],
        description=_l("像标题一样写明地点和事项；不写姓名、电话、住址。以后聚合不会改它。"),
    )
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
