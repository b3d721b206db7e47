"""The pages of hot-search lists: the list as it stands, and one line over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import render_template, request

from nlp import content_words, default_segmenter, to_simplified
from responder.core.charts import Figures
from responder.core.database import db
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.sources import charts, hot_series
from responder.sources.models import HotPoint, Source
from responder.sources.views import blueprint
from responder.web.access import requires
from responder.web.filters import moment
from responder.web.paging import paginate, requested_page

__all__ = ["blueprint"]

LISTED = timedelta(days=1)
SHOWN = timedelta(days=7)
SEARCH_WORDS = 4


@blueprint.get("/hot-search")
@requires(Permission.SOURCE_READ)
def hot() -> str:
    lists = hot_series.lists(db.session)
    asked = request.args.get("list", type=int)
    chosen = next((one for one in lists if one.id == asked), lists[0] if lists else None)
    if chosen is None:
        return render_template("sources/hot.html", lists=lists, chosen=None)
    read_at = hot_series.last_seen(db.session, chosen.id)
    current = hot_series.current(db.session, chosen.id)
    series = hot_series.points(
        db.session, [entry.id for entry, _point in current], utc_now() - LISTED
    )
    return render_template(
        "sources/hot.html",
        lists=lists,
        chosen=chosen,
        read_at=read_at,
        current=current,
        lines={key: _ranks(points, chosen) for key, points in series.items()},
        gone=paginate(db.session, hot_series.gone(chosen.id, read_at), requested_page(), 10)
        if read_at
        else None,
    )


@blueprint.get("/hot-search/<int:entry_id>")
@requires(Permission.SOURCE_READ)
def hot_entry(entry_id: int) -> str:
    entry = hot_series.get(db.session, entry_id)
    since = entry.last_seen_at - SHOWN
    points = hot_series.points(db.session, [entry.id], since)[entry.id]
    gap = _gap(entry.source)
    heats = [(point.at, float(point.heat)) for point in points if point.heat is not None]
    return render_template(
        "sources/hot_entry.html",
        entry=entry,
        points=points,
        ranks=_ranks(points, entry.source),
        heats=charts.line("热度", heats, gap, _name) if heats else None,
        words=search_words(entry.title),
    )


def search_words(title: str) -> list[str]:
    """The words of a title by which a topic may be found, in their order, simplified."""
    plain = to_simplified(title)
    words = dict.fromkeys(
        word for word in content_words(default_segmenter().cut(plain)) if len(word) > 1
    )
    longest = sorted(words, key=len, reverse=True)[:SEARCH_WORDS]
    return sorted(longest, key=list(words).index)


def _gap(source: Source) -> timedelta:
    """Longer than this between two points, and the line was off the list."""
    return timedelta(minutes=source.interval_minutes) * 3 + timedelta(minutes=5)


def _ranks(points: Sequence[HotPoint], source: Source) -> Figures | None:
    ranks: list[charts.Point] = [(point.at, point.rank) for point in points]
    return charts.line("名次", ranks, _gap(source), _name, descending=True) if ranks else None


def _name(at: datetime) -> str:
    return moment(at, "%m-%d %H:%M")
