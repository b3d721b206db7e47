"""How values look on a page. Times are shown in the office's zone here, and only here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from flask import Flask, current_app
from flask_babel import format_date
from flask_babel import gettext as _

from responder.core import privacy
from responder.core.office import public_lines
from responder.core.permissions import ROLE_LABELS, Role
from responder.core.times import local, utc_now
from responder.web.overtaken import says_unseen, to_give_again
from responder.web.scripts import in_script
from responder.web.sentences import spoken


def moment(value: datetime | None, pattern: str = "%Y-%m-%d %H:%M") -> str:
    """A stored moment in the office's zone; a dash when there is none.

    A pattern that begins with the month says the year, too, of what is not of this year.
    """
    if value is None:
        return "—"
    zone = current_app.extensions["settings"].zone
    there = local(value, zone)
    if pattern.startswith("%m") and there.year != local(utc_now(), zone).year:
        pattern = f"%Y-{pattern}"
    return there.strftime(pattern)


def remaining(due_at: datetime) -> str:
    """Time left to a deadline, or by how much it has passed, in words."""
    left = due_at - utc_now()
    span = _span(abs(left))
    if left > timedelta(0):
        return _("还剩 %(span)s", span=span)
    return _("已超 %(span)s", span=span)


def _span(length: timedelta) -> str:
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    if hours >= 72:
        return _("%(days)s 天", days=hours // 24)
    if hours:
        return _("%(hours)s 小时 %(minutes)s 分", hours=hours, minutes=minutes)
    return _("%(minutes)s 分钟", minutes=minutes)


def weekday(day: date) -> str:
    """The day of the week, short, as the reader's language has it."""
    return str(format_date(day, "EEE"))


def role_names(roles: Iterable[Role]) -> str:
    """The posts of somebody, in the reader's language."""
    return _("、").join(_(ROLE_LABELS[role]) for role in roles)


def urgency(due_at: datetime) -> str:
    """``late``, ``soon`` (under 12 hours) or ``fine``: a class name and a word for it."""
    left = due_at - utc_now()
    if left <= timedelta(0):
        return "late"
    return "soon" if left < timedelta(hours=12) else "fine"


def _masked(text: str, names: frozenset[str] = privacy.NOBODY) -> str:
    """``text`` without personal data, nor the names that are on record."""
    return privacy.mask(text, public_lines(), names)


def init_app(app: Flask) -> None:
    for filter_ in (
        in_script, moment, remaining, says_unseen, spoken, to_give_again, urgency, weekday,
    ):  # fmt: skip
        app.add_template_filter(filter_)
    app.add_template_filter(_masked, "masked")
    app.add_template_filter(privacy.mask_name, "masked_name")
    app.jinja_env.globals["role_labels"] = ROLE_LABELS
    app.context_processor(lambda: {"settings": app.extensions["settings"]})
    app.add_template_global(utc_now, "now")
    app.add_template_global(role_names)
