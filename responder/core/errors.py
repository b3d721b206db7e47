"""Domain errors: what went wrong, in which field, and what to do next.

Services raise them; one table in :mod:`responder.web.errors` maps them to HTTP, and
the command line turns them into one sentence and exit code 2.
"""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """A refusal that a person can act upon.

    :param message: a whole sentence that says what to do next.
    :param fields: field name → what is wrong with it, for forms and JSON.
    """

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})


class SettingsError(DomainError):
    """The program cannot start as it is configured."""


class Invalid(DomainError):
    """A value that cannot be taken as it stands."""


class NotFound(DomainError):
    """No such record, or none that this person may know of."""


class Forbidden(DomainError):
    """This person may not do this."""


class SignedOut(DomainError):
    """The session has ended, and what was typed must not end with it."""


class Delayed(DomainError):
    """Too soon: the same may be tried again after ``seconds``."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class WrongState(DomainError):
    """The record is not in a state that allows this action."""


class Stale(DomainError):
    """Somebody else saved the record first."""


class GuardRefused(DomainError):
    """A rule of the office stands in the way."""
