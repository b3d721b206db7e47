"""Forms of the response pages."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from responder.planning.models import PressEvent
from responder.responses.drafting.formats import FORMAT_LABELS
from responder.responses.models import LEVEL_LABELS
from responder.responses.service.drafting import MAX_ANSWER_LENGTH
from responder.web.forms import MomentField


def event_choices(events: Iterable[PressEvent]) -> list[SelectChoice]:
    """Press events for a menu; 0 stands for none."""
    listed = (SelectChoice(one.id, f"{one.theme}（{one.form_label}）") for one in events)
    return [SelectChoice(0, _l("不关联")), *listed]


class ConcernForm(FlaskForm):
    """What is said of the concern; correcting it is opening without unit and clock."""

    title = StringField(
        _l("标题"),
        validators=[DataRequired(_l("请填写标题")), Length(max=200, message=_l("最多 200 字"))],
    )
    concern = TextAreaField(
        _l("关切内容"),
        validators=[
            DataRequired(_l("请填写群众反映了什么")),
            Length(max=4000, message=_l("最多 4000 字")),
        ],
        description=_l("将对外公开：概括诉求，不写姓名、电话、住址。"),
        render_kw={"rows": 4},
    )
    concern_source = StringField(
        _l("关切来源"),
        validators=[Length(max=200, message=_l("最多 200 字"))],
        description=_l("如：市长热线、网站信箱"),
    )


class ReviseForm(ConcernForm):
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    submit = SubmitField(_l("保存"))


class OpenForm(ConcernForm):
    unit_id = SelectField(
        _l("回应单位"), coerce=int, validators=[NumberRange(1, message=_l("请选择回应单位"))]
    )
    level = SelectField(
        _l("舆情等级"),
        choices=[SelectChoice(level.value, _l(label)) for level, label in LEVEL_LABELS.items()],
        description=_l("等级决定回应时限。"),
    )
    found_at = MomentField(
        _l("发现时间"),
        validators=[InputRequired(_l("请填写发现时间"))],
        description=_l("时限从此刻起算。"),
    )
    event_id = SelectField(_l("在哪场发布活动上回应"), coerce=int)
    submit = SubmitField(_l("发起回应，开始计时"))


class FeedBackForm(FlaskForm):
    """What all items of one event have in common."""

    level = SelectField(
        _l("舆情等级"),
        choices=[SelectChoice(level.value, _l(label)) for level, label in LEVEL_LABELS.items()],
        description=_l("等级决定回应时限。"),
    )
    found_at = MomentField(
        _l("发现时间"),
        validators=[InputRequired(_l("请填写发现时间"))],
        description=_l("时限从此刻起算。"),
    )
    topics = HiddenField()
    submit = SubmitField(_l("建立回应事项，开始计时"))

    def seen(self) -> list[int]:
        """Ids of the topics for which the page promised an item."""
        numbers = (self.topics.data or "").split(",")
        return [int(one) for one in numbers if one.isascii() and one.isdigit()]


class DraftForm(FlaskForm):
    text = TextAreaField(
        _l("回应内容"),
        validators=[Length(max=MAX_ANSWER_LENGTH, message=_l("最多 %(max)d 字"))],
        description=_l("换行即另起一段。每次保存都留下一个版本。"),
        render_kw={"rows": 14},
    )
    format = SelectField(
        _l("格式"),
        choices=[SelectChoice(one.value, _l(label)) for one, label in FORMAT_LABELS.items()],
    )
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    based_on = IntegerField(widget=HiddenInput(), validators=[Optional()])
    slip = IntegerField(widget=HiddenInput(), validators=[Optional()])
    submit = SubmitField(_l("保存稿件"))
