"""The forms of a category, and of what a message is about."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length

from responder.routing.models import MOST_WORDS_CHARACTERS
from responder.routing.taxonomy import CategoryFacts


class CategoryForm(FlaskForm):
    name = StringField(_l("名称"), validators=[DataRequired(_l("请填写名称")), Length(max=60)])
    parent_id = SelectField(
        _l("上级分类"), coerce=int, description=_l("不选则为一级分类；添加后不再改变。")
    )
    unit_id = SelectField(
        _l("主责单位"), coerce=int, description=_l("不选则随上级分类；另有通常主责部门的除外。")
    )
    cue_words = TextAreaField(
        _l("线索词"),
        validators=[Length(max=MOST_WORDS_CHARACTERS)],
        description=_l("群众常用的说法，用顿号、空格或换行分开；一个词也可以属于几个分类。"),
        render_kw={"rows": 5},
    )
    version_id = HiddenField()
    submit = SubmitField(_l("保存"))

    def facts(self) -> CategoryFacts:
        """What was typed."""
        return CategoryFacts(
            self.name.data or "",
            self.cue_words.data or "",
            self.unit_id.data or None,
            self.parent_id.data or None if "parent_id" in self else None,
        )
