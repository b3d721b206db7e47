"""The form of an evaluation."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, SubmitField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from responder.publishing.after.models import EFFECT_LABELS
from responder.publishing.after.service import LONGEST

YES, NO = "yes", "no"


class EvaluationForm(FlaskForm):
    effect = SelectField(
        _l("效果"),
        choices=[
            SelectChoice("", _l("请选择")),
            *(SelectChoice(effect.value, _l(label)) for effect, label in EFFECT_LABELS.items()),
        ],
        validators=[InputRequired(_l("请选择效果"))],
    )
    asked_again = RadioField(
        _l("发布后还有人问同样的问题吗"),
        choices=[SelectChoice(NO, _l("没有")), SelectChoice(YES, _l("有"))],
        validators=[InputRequired(_l("请选择有没有"))],
    )
    findings = TextAreaField(
        _l("效果如何，有何依据"),
        validators=[
            DataRequired(_l("请写明效果如何、有何依据")),
            Length(max=LONGEST, message=_l("最多 %(max)d 字")),
        ],
        description=_l("没有达到的也照实写。保存时，旁边的数字和群众评价一并留存。"),
        render_kw={"rows": 5},
    )
    lessons = TextAreaField(
        _l("经验教训"),
        validators=[Length(max=LONGEST, message=_l("最多 %(max)d 字"))],
        render_kw={"rows": 4},
    )
    seen = HiddenField()
    submit = SubmitField(_l("保存评估"))
