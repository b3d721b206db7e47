"""Forms of the intake pages."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from responder.intake import rules
from responder.intake.models import NATURE_LABELS, Channel, Nature
from responder.intake.service import MessageFilter

BODY_CHARACTERS = 5000
NATURE_CHOICES = [
    SelectChoice("", _l("未判定")),
    *(SelectChoice(nature.value, _l(label)) for nature, label in NATURE_LABELS.items()),
]


def _short_text(label: str, field: str, **keywords: str) -> StringField:
    """A line of text no longer than its column."""
    limit = rules.COLUMN_LIMITS[field]
    too_long = _l("最多 %(limit)s 字，请缩短", limit=limit)
    return StringField(
        label,
        validators=[Length(max=limit, message=too_long)],
        render_kw={"maxlength": limit, "autocomplete": "off", **keywords},
    )


class CallForm(FlaskForm):
    """One call, in the order in which it is told."""

    token = HiddenField()
    body = TextAreaField(
        _l("诉求内容"),
        validators=[
            InputRequired(_l("请填写诉求内容")),
            Length(max=BODY_CHARACTERS, message=_l("最多 5000 字，请缩短")),
        ],
        render_kw={"rows": 5, "maxlength": BODY_CHARACTERS, "autofocus": True},
    )
    title = _short_text(_l("标题"), "title")
    author = _short_text(_l("来电人姓名"), "author")
    phone = _short_text(_l("联系电话"), "phone", inputmode="tel")
    district = _short_text(_l("区县"), "district")
    place = _short_text(_l("地点"), "place")
    nature = SelectField(_l("诉求性质"), choices=NATURE_CHOICES, default="")
    urgent = BooleanField(_l("紧急"))
    occurred_at = DateTimeLocalField(
        _l("来电时间"),
        format="%Y-%m-%dT%H:%M",
        validators=[InputRequired(_l("请填写来电时间"))],
    )

    @property
    def chosen_nature(self) -> Nature | None:
        return Nature(self.nature.data) if self.nature.data else None


def new_token() -> str:
    """A name for one filled-in form, so that sending it twice is noticed."""
    return uuid4().hex


def read_filter(args: MultiDict[str, str]) -> MessageFilter:
    """The filter in an address; what makes no sense there does not restrict."""
    channel = args.get("channel", "")
    return MessageFilter(
        channel=Channel(channel) if channel in set(Channel) else None,
        district=args.get("district", "").strip()[:64],
        text=args.get("q", "").strip()[:100],
        first_day=_day(args.get("from", "")),
        last_day=_day(args.get("to", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
