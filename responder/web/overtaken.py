"""The second of two savers: what the first one saved is named beside what stands in the form.

A form that is made of a record knows, of each field, what is stored (``object_data``) and what was
sent (``data``). Where somebody saved in between, the page comes back with both; saving once more,
now over the version that was shown, is the decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import g, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, FileField, HiddenField, PasswordField, StringField, SubmitField

VERSIONS = ("version", "version_id")
# What nobody fills in, or what is said of a change and not kept in the record.
_NOT_KEPT = frozenset({*VERSIONS, "reason"})
_NOT_GIVEN_BACK = (PasswordField, FileField)


class WriteOnlyField(StringField):
    """A text that is stored and never shown: where it is left empty, the stored one stays."""


# The token of a form is hidden.
_NOT_SHOWN = (HiddenField, SubmitField, WriteOnlyField, *_NOT_GIVEN_BACK)


def show_overtaken(form: FlaskForm) -> bool:
    """Have the page name what is stored, and be saved over it; False where nothing is known of it.

    Templates find it as ``form.stored`` (``ui.form_errors``).
    """
    fields = [one for one in form if not isinstance(one, _NOT_SHOWN) and one.name not in _NOT_KEPT]
    if not any(one.object_data for one in fields) or not _has_version(form):
        return False
    form.stored = differences(form, {one.name: one.object_data for one in fields})
    for name in VERSIONS:
        if name in form:
            form[name].data, form[name].raw_data = form[name].object_data, None
    g.overtaken = True
    return True


def _has_version(form: FlaskForm) -> bool:
    """Whether this is an edit of a record that counts its changes, and no other kind of form."""
    return any(name in form or name in request.form for name in VERSIONS)


def is_overtaken() -> bool:
    """Whether this answer shows what somebody else saved meanwhile."""
    return bool(g.get("overtaken"))


def differences(form: FlaskForm, stored: Mapping[str, Any]) -> dict[str, str]:
    """Field → what is stored, where the form says something else."""
    return {
        name: _told(form, name, value)
        for name, value in stored.items()
        if name not in _NOT_KEPT and _same(form[name].data) != _same(value)
    }


def to_give_again(form: FlaskForm) -> list[str]:
    """Labels of what was sent, is not stored, and is given back by no page."""
    return [str(one.label.text) for one in form if isinstance(one, _NOT_GIVEN_BACK) and _sent(one)]


def says_unseen(form: FlaskForm) -> bool:
    """Whether something was sent of which no page says if the same is stored."""
    return any(_sent(one) for one in form if isinstance(one, (WriteOnlyField, *_NOT_GIVEN_BACK)))


def _sent(field: Field) -> bool:
    """A browser sends a file without a name where none was chosen."""
    return any(field.data if isinstance(field.data, list) else [field.data])


def plain(value: Any) -> Any:
    """A text as it would be stored; anything else as it is."""
    return value.strip().replace("\r\n", "\n") if isinstance(value, str) else value


def _same(value: Any) -> Any:
    """For comparing: the order of chosen things, and which kind of nothing it is, say nothing."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return sorted(map(str, value)) or None
    return plain(value) or None


def _told(form: FlaskForm, name: str, value: Any) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        told = [_chosen(form, name, one) for one in value]
        return _("、").join(told) or str(_("（空）"))
    return _chosen(form, name, value)


def _chosen(form: FlaskForm, name: str, value: Any) -> str:
    choices = getattr(form[name], "choices", None)
    if choices:
        return str(next((one.label for one in choices if one.value == value), value))
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(_("（空）") if value in ("", None) else value)
