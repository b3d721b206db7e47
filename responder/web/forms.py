"""What a service refuses, shown beside the field that it is about."""

from __future__ import annotations

from flask_wtf import FlaskForm

from responder.core.errors import DomainError


def show_errors(form: FlaskForm, error: DomainError) -> None:
    """Put the sentence under its field, or above the form when it names none."""
    named = [name for name in error.fields if name in form]
    for name in named:
        form[name].errors = [*form[name].errors, error.message]
    if not named:
        form.form_errors.append(error.message)
