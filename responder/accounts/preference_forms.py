"""The form of one's own preferences."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SubmitField
from wtforms.fields import SelectChoice

from responder.web.languages import LANGUAGES
from responder.web.preferences import Density, Scheme

SCHEMES = {Scheme.SYSTEM: _l("跟随系统"), Scheme.LIGHT: _l("浅色"), Scheme.DARK: _l("深色")}
DENSITIES = {Density.COMFORTABLE: _l("宽松"), Density.COMPACT: _l("紧凑")}


class PreferenceForm(FlaskForm):
    scheme = RadioField(
        _l("配色"),
        choices=[SelectChoice(one.value, label) for one, label in SCHEMES.items()],
        coerce=Scheme,
    )
    density = RadioField(
        _l("列表疏密"),
        choices=[SelectChoice(one.value, label) for one, label in DENSITIES.items()],
        coerce=Density,
        description=_l("“紧凑”在一屏里多显示约三分之一的行。"),
    )
    language = RadioField(
        _l("界面语言"),
        choices=[
            SelectChoice(code, name, {"lang": code.replace("_", "-")})
            for code, name in LANGUAGES.items()
        ],
    )
    keys = BooleanField(
        _l("使用快捷键"),
        description=_l("按 ? 可以看到全部快捷键；输入文字和使用输入法时快捷键从不起作用。"),
    )
    submit = SubmitField(_l("保存"))
