"""The demo's assessment: last year's settled, this year's in force, with what people decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from responder.core.database import transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.core.times import local
from responder.demo import lookup
from responder.openness.assessment import deciding, queries, schemes, steps
from responder.openness.assessment.computing import compute
from responder.settings import Settings

SOURCE = "本市自定（演示数据，分值和目标均为虚构）"


def load_assessment(now: datetime, settings: Settings) -> None:
    """Two years, after the shipped example."""
    year = local(now, settings.zone).year
    last = now - timedelta(days=330)
    earlier = _create(year - 1, None, now - timedelta(days=500))
    _take(earlier, "enact", now - timedelta(days=495), settings)
    _rate(earlier, last - timedelta(days=3), settings, every=1)
    _take(earlier, "settle", last, settings)
    present = _create(year, year - 1, now - timedelta(days=200))
    _take(present, "enact", now - timedelta(days=195), settings)
    _rate(present, now - timedelta(days=20), settings, every=2)
    _adjust(present, now - timedelta(days=6), settings)


def _create(year: int, source: int | None, at: datetime) -> int:
    actor = lookup.actor("openness")
    with transaction(actor, at) as session:
        earlier = queries.get_of_year(session, source, CONSOLE) if source else None
        made = schemes.create(session, year, earlier, Attempt(actor, at))
        made.source = SOURCE
        session.flush()
        return made.id


def _take(scheme_id: int, action: str, at: datetime, settings: Settings) -> None:
    actor = lookup.actor("openness")
    with transaction(actor, at) as session:
        scheme = queries.hold(session, scheme_id, actor)
        steps.advance(session, scheme, action, Attempt(actor, at), settings.zone)


def _rate(scheme_id: int, at: datetime, settings: Settings, every: int) -> None:
    """Points by hand for every n-th unit."""
    attempt = Attempt(lookup.actor("openness"), at, "查看制度文件和日常检查记录")
    with transaction(attempt.actor, at) as session:
        scheme = queries.hold(session, scheme_id, attempt.actor)
        owed = [
            (cell.criterion, row.unit)
            for row in compute(session, scheme, settings.zone).rows
            for cell in row.cells
            if cell.unrated
        ]
        for place, (criterion, unit) in enumerate(owed):
            if place % every == 0:
                points = Decimal(0) if criterion.deduction else Decimal("0.4")
                deciding.rate(session, criterion, unit, points, attempt, None)


def _adjust(scheme_id: int, at: datetime, settings: Settings) -> None:
    """One adjustment that stands, and one that was taken back."""
    _add(scheme_id, Decimal("0.2"), "承办全市政务公开现场会，经市政务公开办研究加分", at, settings)
    number = _add(scheme_id, Decimal("-0.2"), "报送的佐证为上一年度材料", at, settings)
    attempt = Attempt(lookup.actor("openness"), at, "单位已补报本年度佐证，原减分不成立")
    with transaction(attempt.actor, at) as session:
        scheme = queries.hold(session, scheme_id, attempt.actor)
        deciding.take_back(session, scheme, number, attempt)


def _add(scheme_id: int, points: Decimal, note: str, at: datetime, settings: Settings) -> int:
    """Adjust the first unit where a counted criterion leaves room for it."""
    attempt = Attempt(lookup.actor("openness"), at, note)
    with transaction(attempt.actor, at) as session:
        scheme = queries.hold(session, scheme_id, attempt.actor)
        row, cell = next(
            (row, cell)
            for row in compute(session, scheme, settings.zone).rows
            for cell in row.cells
            if cell.measure and 0 <= cell.now + points <= cell.criterion.points
        )
        seen = len(cell.adjustments)
        return deciding.adjust(session, scheme, cell, row.unit, points, attempt, seen).id
