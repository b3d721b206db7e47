"""The page on which the office keeps the wording of its annual summary."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Invalid, Stale
from responder.core.lifecycle import Attempt
from responder.core.office import office_zone
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.openness.years import local_today
from responder.reports.annual import rules, wording
from responder.reports.statistics import freezing
from responder.reports.statistics.spans import Span
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version
from responder.web.sentences import spoken

blueprint = Blueprint("annual", __name__)


def _span() -> Span:
    today = local_today()
    return Span(today.year, office_zone(), today=today)


@blueprint.get("/reports/annual-template")
@requires(Permission.STATISTICS_FREEZE)
def template() -> str:
    own = wording.stored(db.session)
    return _page(wording.template_text(db.session), own.version_id if own else None)


@blueprint.post("/reports/annual-template")
@requires(Permission.STATISTICS_FREEZE)
def save_template() -> Response | tuple[str, int]:
    text, attempt = request.form.get("text", ""), Attempt(current_actor(), utc_now())
    try:
        with transaction(attempt.actor, attempt.now) as session:
            wording.save(session, text, _span(), attempt, seen_version())
    except (Invalid, Stale) as error:
        db.session.rollback()
        own = wording.stored(db.session)
        latest = own.version_id if own else None
        stored = own.text if own and isinstance(error, Stale) else ""
        return _page(text, latest, spoken(error.message), stored), STATUS[type(error)]
    flash(_("模板已保存：下次生成或重新汇总年度总结时使用。"), "success")
    return redirect(url_for("annual.template"))


def _page(text: str, version: int | None, problem: str = "", stored: str = "") -> str:
    """:param stored: what somebody else saved meanwhile."""
    standings = freezing.standings(db.session, _span())
    return render_template(
        "statistics/annual_template.html",
        text=text,
        version=version,
        problem=problem,
        stored=stored,
        names=[one.counted.figure.name for one in standings.values()],
        manners=[one for one in rules.MANNERS if one],
        words=wording.WORDS,
        longest=rules.LONGEST_TEMPLATE,
    )
