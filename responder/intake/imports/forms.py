"""What a person says of a file's columns, read from the form."""

from __future__ import annotations

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from responder.core.errors import Invalid
from responder.intake.imports.fields import FIELD_LABELS
from responder.intake.imports.layout import Layout, Where
from responder.intake.imports.models import MAPPING_NAME_CHARACTERS
from responder.intake.imports.service import Choices
from responder.intake.models import Channel

YEARS = range(1990, 2101)


def read_choices(form: MultiDict[str, str], layout: Layout) -> Choices:
    """The columns, channel, year and name that were chosen.

    :raises Invalid: the year is none; field ``year``.
    """
    chosen = {place: form.get(f"column-{place}", "") for place in range(len(layout.headings))}
    channel = form.get("channel", "")
    return Choices(
        columns={place: name for place, name in chosen.items() if name in FIELD_LABELS},
        channel=Channel(channel) if channel in set(Channel) else None,
        year=_year(form.get("year", "").strip()),
        save_as=form.get("save_as", "").strip()[: MAPPING_NAME_CHARACTERS + 1],
    )


def _year(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:5]) in YEARS):
        problem = _("请填四位年份，例如 2026")
        raise Invalid(_("请先改正标红的地方，再试运行"), {"year": problem})
    return int(text)


def read_where(form: MultiDict[str, str]) -> Where:
    """Which table of the file, and where its headings stand."""
    return Where(
        member=form.get("member") or None,
        sheet=form.get("sheet") or None,
        heading_row=form.get("heading_row", type=int),
    )
