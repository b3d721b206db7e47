"""What a filter restricts, one pill each, and the address without it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from responder.intake.models import CHANNEL_LABELS, NATURE_LABELS, ImportBatch
from responder.intake.searching.address import address_of
from responder.intake.searching.facets import facets
from responder.intake.searching.wanted import REPEATS_LABELS, MessageFilter


class Pill(NamedTuple):
    """One restriction in words.

    :param rest: the filter's address without it.
    """

    label: str
    rest: dict[str, str]


def pills(session: Session, wanted: MessageFilter) -> list[Pill]:
    """All that restricts, but the words in the box, which the box itself shows."""
    address = address_of(wanted)
    return [
        Pill(label, {key: value for key, value in address.items() if key != name})
        for name, label in _labels(session, wanted)
    ]


def _labels(session: Session, wanted: MessageFilter) -> Iterator[tuple[str, str]]:
    batch = session.get(ImportBatch, wanted.batch) if wanted.batch else None
    known = {
        "channel": wanted.channel and _("渠道：%(value)s", value=_(CHANNEL_LABELS[wanted.channel])),
        "nature": wanted.nature and _("性质：%(value)s", value=_(NATURE_LABELS[wanted.nature])),
        "district": wanted.district and _("区县：%(value)s", value=wanted.district),
        "place": wanted.place and _("地点：%(value)s", value=wanted.place),
        "urgent": wanted.urgent and _("紧急"),
        "replied": {None: "", True: _("已有答复"), False: _("没有答复")}[wanted.replied],
        "from": wanted.first_day and _("自 %(day)s", day=wanted.first_day),
        "to": wanted.last_day and _("至 %(day)s", day=wanted.last_day),
        "batch": wanted.batch
        and _("导入自：%(value)s", value=batch.file_name if batch else wanted.batch),
        "repeats": wanted.repeats and _(REPEATS_LABELS[wanted.repeats]),
    }
    yield from ((name, label) for name, label in known.items() if label)
    offered = facets()
    for name, value in wanted.facets.items():
        said = dict(offered[name].choices(session)).get(value, value)
        yield name, _("%(label)s：%(value)s", label=_(offered[name].label), value=said)
