"""What forms of several capabilities share: refusals beside their fields, menus, versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from flask import g, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, DateTimeLocalField, IntegerField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, StopValidation

from responder.core.errors import DomainError, Stale
from responder.core.times import FIRST_YEAR, LAST_YEAR, is_plausible
from responder.core.versions import Versioned
from responder.web.overtaken import VERSIONS, is_overtaken, show_overtaken
from responder.web.sentences import spoken


class Named(Protocol):
    """What a menu must know of a row."""

    id: Any
    name: Any


class WholeNumber(IntegerField):
    """A whole number within bounds. Whatever else was typed is answered by their sentence."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        try:
            super().process_formdata([value for value in valuelist if value.strip()])
        except ValueError:
            bounds = (one for one in self.validators if isinstance(one, NumberRange))
            raise ValueError(next(bounds).message) from None

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation


class _Bounded:
    """What fields of days and of moments share: a year that the office can mean, or a sentence."""

    data: Any
    process_errors: Any
    # What a browser lets be chosen: the first and the last value.
    bounds = ("", "")
    sentence: Any = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        first, last = self.bounds
        kwargs["render_kw"] = {"min": first, "max": last, **(kwargs.get("render_kw") or {})}
        super().__init__(*args, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        try:
            super().process_formdata(  # type: ignore[misc]
                [value for value in valuelist if value.strip()]
            )
        except ValueError:
            raise ValueError(self.sentence) from None
        if self.data is not None and not is_plausible(self.data):
            self.data = None
            raise ValueError(self.sentence)

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation


class DayField(_Bounded, DateField):
    """A day between 2000 and 2100. Whatever else was sent is answered by a sentence."""

    bounds = (f"{FIRST_YEAR}-01-01", f"{LAST_YEAR}-12-31")
    sentence = _l("请填写 2000 年至 2100 年之间的日期，如 2026-03-05")


class MomentField(_Bounded, DateTimeLocalField):
    """A local day and time between 2000 and 2100, without its zone."""

    bounds = (f"{FIRST_YEAR}-01-01T00:00", f"{LAST_YEAR}-12-31T23:59")
    sentence = _l("请填写 2000 年至 2100 年之间的日期和时间，如 2026-03-05 09:30")


def show_errors(form: FlaskForm, error: DomainError) -> None:
    """Put the sentence under its field, or above the form when it names none.

    Where somebody else saved first, what they saved is shown in its stead.
    """
    if isinstance(error, Stale) and show_overtaken(form):
        return
    named = [name for name in error.fields if name in form]
    for name in named:
        form[name].errors = [*form[name].errors, spoken(error.message)]
    if not named:
        form.form_errors.append(spoken(error.message))


def unit_choices(units: Iterable[Named]) -> list[SelectChoice]:
    """Units for a menu; 0 asks to choose, so that nobody saves the first by accident."""
    return [SelectChoice(0, _l("请选择")), *(SelectChoice(one.id, one.name) for one in units)]


def note_read(record: Versioned) -> None:
    """The form of this request holds ``record`` as it was read just now.

    What somebody saves from here on is not what its page names (see :func:`shown_version`).
    """
    g.noted = (record, record.version_id)


def shown_version(record: Versioned | None, anew: bool = False) -> int | None:
    """For the field ``version`` of a form; None for what is not stored yet.

    :param anew: the form comes back with what somebody else has saved, for a second decision: over
        the version that was read with what it names. Else it keeps what was seen when it was
        opened.
    """
    if record is None:
        return None
    if anew or is_overtaken():
        noted, version = g.get("noted", (None, 0))
        return version if noted is record else record.version_id
    seen = seen_version()
    return record.version_id if seen is None else seen


def plain_number(text: object) -> int | None:
    """A whole number of at most nine plain digits; None for whatever else was sent.

    ``str.isdigit`` takes ``²``, which ``int`` does not; ``int`` refuses thousands of digits.
    """
    plain = str(text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None


def seen_version() -> int | None:
    """The version that a form was shown with; None when it tells none or nonsense.

    Of what was sent, never of the form's field: one that was left out has what is stored.
    """
    told = (request.form.get(name) for name in VERSIONS)
    return plain_number(next(filter(None, told), None))
