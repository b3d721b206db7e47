"""The form by which an account is given to somebody of the identity provider's."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, SubmitField
from wtforms.validators import DataRequired, Length

from responder.oidc.rules import LONGEST


class IdentityForm(FlaskForm):
    """Who somebody is at the provider, by the claim that the settings name."""

    value = StringField(
        _l("统一身份认证中的身份"),
        validators=[DataRequired(_l("请填写统一身份认证中的编号或用户名")), Length(max=LONGEST)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    submit = SubmitField(_l("绑定"))
