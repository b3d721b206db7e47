"""What forms of several capabilities share: refusals beside their fields, menus, versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, StopValidation

from responder.core.errors import DomainError
from responder.core.versions import Versioned


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


def show_errors(form: FlaskForm, error: DomainError) -> None:
    """Put the sentence under its field, or above the form when it names none."""
    named = [name for name in error.fields if name in form]
    for name in named:
        form[name].errors = [*form[name].errors, error.message]
    if not named:
        form.form_errors.append(error.message)


def unit_choices(units: Iterable[Named]) -> list[SelectChoice]:
    """Units for a menu; 0 asks to choose, so that nobody saves the first by accident."""
    return [SelectChoice(0, _l("请选择")), *(SelectChoice(one.id, one.name) for one in units)]


def shown_version(record: Versioned | None, anew: bool = False) -> int | None:
    """For the field ``version`` of a form; None for what is not stored yet.

    :param anew: the form comes back with what somebody else has saved, for a second decision;
        else it keeps what was seen when it was opened.
    """
    if record is None:
        return None
    seen = None if anew else seen_version()
    return record.version_id if seen is None else seen


def plain_number(text: object) -> int | None:
    """A whole number of at most nine plain digits; None for whatever else was sent.

    ``str.isdigit`` takes ``²``, which ``int`` does not; ``int`` refuses thousands of digits.
    """
    plain = str(text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None


def seen_version() -> int | None:
    """The version that a step's form was shown with; None when it tells none or nonsense."""
    return plain_number(request.form.get("version"))
