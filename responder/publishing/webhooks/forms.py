"""The form of a receiver."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, SubmitField
from wtforms.validators import DataRequired, Length


class ReceiverForm(FlaskForm):
    name = StringField(
        _l("推送给哪个系统"),
        validators=[
            DataRequired(_l("请填写名称：推送给哪个系统")),
            Length(max=60, message=_l("最多 60 字")),
        ],
    )
    url = StringField(
        _l("接收地址"),
        validators=[
            DataRequired(_l("请填写接收地址")),
            Length(max=500, message=_l("最多 500 字")),
        ],
        description=_l("以 https:// 开头。内部网络的地址须由管理员在设置中列出。"),
        render_kw={"inputmode": "url", "autocomplete": "off"},
    )
    version = HiddenField()
    submit = SubmitField(_l("保存"))
