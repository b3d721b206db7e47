"""The form in which a change of a published entry is proposed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from responder.publishing.models import ChangeKind, Entry, Texts
from responder.responses.drafting.formats import FORMAT_LABELS, TextFormat
from responder.responses.service.drafting import MAX_ANSWER_LENGTH


class ChangeForm(FlaskForm):
    """What every change says to the public."""

    note = TextAreaField(
        _l("公开说明"),
        validators=[
            DataRequired(_l("请写明公开说明：群众会读到它")),
            Length(max=1000, message=_l("最多 1000 字")),
        ],
        description=_l("将随日期公开：说明更改了什么、为什么。"),
        render_kw={"rows": 3},
    )
    base = HiddenField()  # the last released change when the form was opened; 0: none
    submit = SubmitField(_l("提出，请签发人签发"))

    def texts(self) -> Texts | None:
        """The corrected texts; None of a form that has none."""
        return None

    def number(self) -> str:
        """The 索引号 of the entry that stands instead; empty of a form that asks for none."""
        return ""


class CorrectForm(ChangeForm):
    title = StringField(_l("标题"), validators=[Length(max=200, message=_l("最多 200 字"))])
    concern = TextAreaField(
        _l("关切内容"),
        validators=[Length(max=4000, message=_l("最多 4000 字"))],
        render_kw={"rows": 4},
    )
    concern_source = StringField(
        _l("关切来源"), validators=[Length(max=200, message=_l("最多 200 字"))]
    )
    answer = TextAreaField(
        _l("回应内容"),
        validators=[Length(max=MAX_ANSWER_LENGTH, message=_l("最多 %(max)d 字"))],
        description=_l("原来的内容仍可查看。"),
        render_kw={"rows": 12},
    )

    answer_format = SelectField(
        _l("格式"),
        choices=[SelectChoice(one.value, _l(label)) for one, label in FORMAT_LABELS.items()],
        default=TextFormat.PLAIN.value,
    )

    def texts(self) -> Texts:
        return Texts(
            self.title.data or "",
            self.concern.data or "",
            self.concern_source.data or "",
            self.answer.data or "",
            TextFormat(self.answer_format.data),
        )


class ReplaceForm(ChangeForm):
    replacement = StringField(
        _l("用哪条替换"),
        validators=[DataRequired(_l("请填写新条目的索引号")), Length(max=48)],
        description=_l("已公开的新条目的索引号，如 HY-2026-0042。"),
    )

    def number(self) -> str:
        return self.replacement.data or ""


FORMS: dict[ChangeKind, type[ChangeForm]] = {
    ChangeKind.CORRECT: CorrectForm,
    ChangeKind.REPLACE: ReplaceForm,
    ChangeKind.WITHDRAW: ChangeForm,
}


def form_for(kind: ChangeKind, entry: Entry) -> ChangeForm:
    """The form of a kind, holding the words that stand now."""
    return FORMS[kind](obj=entry.texts, data={"base": entry.last_change_id or 0})
