"""The form of a call, in the order in which it is told."""

from __future__ import annotations

from uuid import uuid4
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Regexp

from responder.desk import rules
from responder.desk.places import KnownPlace
from responder.intake.models import NATURE_LABELS, Nature
from responder.intake.rules import COLUMN_LIMITS
from responder.intake.service import Call
from responder.web.forms import MomentField

BODY_CHARACTERS = 5000
STREET_CHARACTERS = 30
NATURE_CHOICES = [
    SelectChoice("", _l("未判定")),
    *(SelectChoice(nature.value, _l(label)) for nature, label in NATURE_LABELS.items()),
]
# What a draft holds; the rest belongs to one opening of the page.
DRAFTED = (
    "body", "title", "author", "phone", "district", "street", "place", "nature", "category",
    "same_as", "urgent", "occurred_at",
)  # fmt: skip


def _short_text(label: str, limit: int, **keywords: str) -> StringField:
    """A line of text no longer than its column."""
    too_long = _l("最多 %(limit)s 字，请缩短", limit=limit)
    return StringField(
        label,
        validators=[Length(max=limit, message=too_long)],
        render_kw={"maxlength": limit, "autocomplete": "off", **keywords},
    )


class CallForm(FlaskForm):
    """One call. ``token`` names the filled-in form, so that sending it twice is noticed."""

    token = HiddenField(validators=[Regexp(r"^\w{1,32}$", message=_l("请重新打开登记页"))])
    body = TextAreaField(
        _l("诉求内容"),
        validators=[
            InputRequired(_l("请填写诉求内容")),
            Length(max=BODY_CHARACTERS, message=_l("最多 5000 字，请缩短")),
        ],
        render_kw={
            "rows": 9,
            "autofocus": True,
        },  # a browser would cut what is pasted, and not say so
    )
    title = _short_text(_l("标题"), COLUMN_LIMITS["title"])
    author = _short_text(_l("来电人姓名"), COLUMN_LIMITS["author"])
    phone = _short_text(_l("联系电话"), COLUMN_LIMITS["phone"], inputmode="tel")
    phone_asked = HiddenField()
    district = _short_text(_l("区县"), COLUMN_LIMITS["district"], list="known-district")
    street = _short_text(_l("街道、乡镇"), STREET_CHARACTERS, list="known-street")
    place = _short_text(
        _l("小区、路段"), COLUMN_LIMITS["place"] - STREET_CHARACTERS, list="known-place"
    )
    nature = SelectField(_l("诉求性质"), choices=NATURE_CHOICES, default="")
    category = SelectField(_l("事项类别"), default="", validate_choice=False)
    category_reason = _short_text(_l("改选类别的理由"), 200)
    urgent = BooleanField(_l("紧急"))
    same_as = HiddenField()
    another = BooleanField(_l("这是另一通来电"))
    order = BooleanField(_l("转工单"))
    occurred_at = MomentField(
        _l("来电时间"),
        format="%Y-%m-%dT%H:%M",
        validators=[InputRequired(_l("请填写来电时间"))],
    )

    def asks_about_phone(self) -> bool:
        """Whether to ask if the number is right: once for each that does not look like one."""
        typed = (self.phone.data or "").strip()
        if not typed or typed == self.phone_asked.data or rules.may_be_telephone(typed):
            return False
        self.phone_asked.data = typed
        self.phone.errors = [_("这不像能拨通的电话号码，请再核对；确实如此，再点一次“登记”即可")]
        return True

    @property
    def chosen_nature(self) -> Nature | None:
        return Nature(self.nature.data) if self.nature.data else None

    @property
    def chosen_message(self) -> int | None:
        """The message that this call is said to be the same as."""
        return _number(self.same_as.data)

    @property
    def chosen_category(self) -> int | None:
        return _number(self.category.data)

    def call(self, zone: ZoneInfo) -> Call:
        """What was typed, once the form is valid."""
        return Call(
            body=self.body.data,
            title=self.title.data,
            author=self.author.data,
            phone=self.phone.data,
            district=self.district.data,
            place=rules.joined_place(self.street.data or "", self.place.data or ""),
            nature=self.chosen_nature,
            urgent=self.urgent.data,
            occurred_at=self.occurred_at.data.replace(tzinfo=zone),
            token=self.token.data,
        )


def _number(text: str | None) -> int | None:
    plain = (text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None


def new_token() -> str:
    """A name for one filled-in form."""
    return uuid4().hex


def offered(place: KnownPlace) -> dict[str, str]:
    """A known place as the list of the page shows it."""
    beside = "" if place.district == place.name else place.district
    return {
        "name": place.name,
        "district": place.district,
        "label": " · ".join(filter(None, (beside, place.pinyin[0]))),
    }
