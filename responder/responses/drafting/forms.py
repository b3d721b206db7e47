"""Forms of templates, words and names."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from responder.intake.models import NATURE_LABELS
from responder.responses.drafting import lists
from responder.responses.drafting.formats import FORMAT_LABELS, TextFormat
from responder.responses.drafting.models import SEVERITY_LABELS, Severity
from responder.responses.drafting.templates import LONGEST

FORMATS = [SelectChoice(one.value, _l(label)) for one, label in FORMAT_LABELS.items()]
_SEVERITIES = [
    SelectChoice(Severity.REMIND.value, _l(SEVERITY_LABELS[Severity.REMIND])),
    SelectChoice(Severity.BLOCK.value, _l(SEVERITY_LABELS[Severity.BLOCK])),
]


class WordForm(FlaskForm):
    word = StringField(
        _l("词"),
        validators=[
            DataRequired(_l("请填写词")),
            Length(max=lists.LONGEST_WORD, message=_l("最多 %(max)d 字")),
        ],
    )
    advice = StringField(
        _l("建议"),
        validators=[Length(max=lists.LONGEST_ADVICE, message=_l("最多 %(max)d 字"))],
        description=_l("写给起草人：换成什么说法。"),
    )
    severity = SelectField(
        _l("处理"),
        choices=_SEVERITIES,
        description=_l("“拦截”的词改掉之前，不能提交初审和签发。"),
    )
    version = HiddenField()
    submit = SubmitField(_l("保存"))


class ImportForm(FlaskForm):
    words = TextAreaField(
        _l("一行一个词"),
        validators=[DataRequired(_l("请一行写一个词"))],
        description=_l("可在逗号后写建议：如“严厉打击，依法查处”。已有的词不变。"),
        render_kw={"rows": 6},
    )
    import_severity = SelectField(_l("处理"), choices=_SEVERITIES)
    submit_import = SubmitField(_l("导入"))


class NameForm(FlaskForm):
    name = StringField(
        _l("规范称谓"),
        validators=[
            DataRequired(_l("请填写规范称谓")),
            Length(max=lists.LONGEST_NAME, message=_l("最多 %(max)d 字")),
        ],
        description=_l("职务在前、姓名在后，或机构全称。"),
    )
    wrong = TextAreaField(
        _l("常见误写"),
        validators=[Length(max=2000, message=_l("最多 %(max)d 字"))],
        description=_l("一行一个。"),
        render_kw={"rows": 4},
    )
    version = HiddenField()
    submit = SubmitField(_l("保存"))


class TemplateForm(FlaskForm):
    name = StringField(
        _l("名称"),
        validators=[DataRequired(_l("请填写模板名称")), Length(max=60, message=_l("最多 60 字"))],
    )
    category_id = SelectField(_l("适用分类"), coerce=int)
    nature = SelectField(
        _l("适用性质"),
        choices=[
            SelectChoice("", _l("全部")),
            *(SelectChoice(one.value, _l(label)) for one, label in NATURE_LABELS.items()),
        ],
    )
    text = TextAreaField(
        _l("正文"),
        validators=[
            DataRequired(_l("请填写模板正文")),
            Length(max=LONGEST, message=_l("最多 %(max)d 字")),
        ],
        description=_l("可用占位：{{标题}}、{{关切}}、{{来源}}、{{单位}}、{{日期}}，套用时填入。"),
        render_kw={"rows": 10},
    )
    format = SelectField(_l("格式"), choices=FORMATS, default=TextFormat.PLAIN.value)
    active = BooleanField(_l("启用：供起草人选用"), default=True)
    version = HiddenField()
    submit = SubmitField(_l("保存"))
