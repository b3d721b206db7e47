"""Forms of the order pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    IntegerField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length
from wtforms.widgets import HiddenInput

from responder.accounts.models import Unit
from responder.intake.models import NATURE_LABELS, Nature
from responder.orders import service
from responder.orders.models import Refusal, Satisfaction
from responder.orders.service.opening import MAX_BRIEF_LENGTH, MAX_TITLE_LENGTH, Matter
from responder.routing.service import Choice

One = TypeVar("One", bound=StrEnum)


class MatterForm(FlaskForm):
    """What an order is about."""

    title = StringField(
        _l("标题"),
        validators=[
            DataRequired(_l("请填写标题")),
            Length(max=MAX_TITLE_LENGTH, message=_l("最多 200 字")),
        ],
        description=_l("承办单位看得到：不写姓名、电话、住址。"),
    )
    nature = SelectField(
        _l("诉求性质"),
        choices=[SelectChoice(nature.value, _l(label)) for nature, label in NATURE_LABELS.items()],
        description=_l("性质决定办理时限。"),
        validators=[DataRequired(_l("请选择诉求性质：它决定办理时限"))],
    )
    category_id = SelectField(_l("分类"), coerce=int)
    urgent = BooleanField(_l("紧急"))
    brief = TextAreaField(
        _l("交办内容"),
        validators=[Length(max=MAX_BRIEF_LENGTH, message=_l("最多 4000 字"))],
        description=_l("要办什么、有什么要求。举报件只转这里写的内容，不转原文，必须填写。"),
        render_kw={"rows": 4},
    )
    reported_unit_id = SelectField(
        _l("被举报单位"), coerce=int, description=_l("举报件不能派给被举报单位。")
    )
    version = IntegerField(widget=HiddenInput())
    submit = SubmitField(_l("保存"))

    def fill_menus(self, categories: Iterable[Choice], units: Iterable[Unit]) -> None:
        """Give the menus their rows; 0 stands for none."""
        paths = (SelectChoice(one.id, one.path) for one in categories)
        self.category_id.choices = [SelectChoice(0, _l("未分类")), *paths]
        named = (SelectChoice(unit.id, unit.name) for unit in units)
        self.reported_unit_id.choices = [SelectChoice(0, _l("无")), *named]

    def ask_nature(self) -> None:
        """Leave the choice open: which clock runs is nobody's guess."""
        self.nature.choices = [SelectChoice("", _l("请选择")), *self.nature.choices]

    def matter(self, session: Session) -> Matter:
        """What was filled in."""
        return Matter(
            title=self.title.data,
            brief=self.brief.data or "",
            nature=Nature(self.nature.data),
            urgent=self.urgent.data,
            category_id=self.category_id.data or None,
            reported_unit=session.get(Unit, self.reported_unit_id.data or 0),
        )


def read_facts(session: Session, form: MultiDict[str, str]) -> service.Facts:
    """What the form of a step says; what it does not say is empty."""

    def unit(value: str | None) -> Unit | None:
        number = _number(value)
        return session.get(Unit, number) if number else None

    assisting = [unit(value) for value in form.getlist("assisting")]
    into = form.get("into", "").strip()
    return service.Facts(
        lead=unit(form.get("lead")),
        assisting=[one for one in assisting if one is not None],
        refusal=_member(Refusal, form.get("refusal")),
        satisfaction=_member(Satisfaction, form.get("satisfaction")),
        length=_number(form.get("length")),
        into=service.find_by_number(session, into) if into else None,
    )


def _member(kind: Callable[[str], One], value: str | None) -> One | None:
    try:
        return kind(value or "")
    except ValueError:
        return None


def _number(value: str | None) -> int | None:
    readable = value and value.isascii() and value.isdigit() and len(value) < 9
    return int(value) if value and readable else None
