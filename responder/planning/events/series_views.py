"""Having an event recur: the dates are seen, with what stands in their way, then made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from responder.core.database import db, transaction
from responder.core.errors import GuardRefused, Invalid, Stale, WrongState
from responder.core.permissions import Permission
from responder.core.times import local, utc_now
from responder.planning import service
from responder.planning.events import series
from responder.planning.events.clashes import Clash, demand_acceptance, hold_dates
from responder.planning.events.series import Every
from responder.planning.events.small_forms import SeriesForm
from responder.planning.models import PressEvent
from responder.planning.views import blueprint, zone
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors

Page = str | Response | tuple[str, int]

_WEEKDAYS = (
    _l("星期一"), _l("星期二"), _l("星期三"), _l("星期四"), _l("星期五"), _l("星期六"),
    _l("星期日"),
)  # fmt: skip
_NTH = {1: _l("第一个"), 2: _l("第二个"), 3: _l("第三个"), 4: _l("第四个"), -1: _l("最后一个")}


@dataclass(frozen=True)
class Occurrence:
    """One date of a series that is about to be made, with what stands in its way."""

    starts_at: datetime
    clashes: tuple[Clash, ...]


@blueprint.route("/planning/events/<int:event_id>/series", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def make_series(event_id: int) -> Page:
    event = service.get_event(db.session, event_id)
    form = SeriesForm()
    form.every.choices = ways(local(event.starts_at, zone()).date())
    if not form.validate_on_submit():
        return _page(event, form)
    try:
        if form.preview.data:
            return _previewed(event, form)
        with transaction(current_actor()) as session:
            hold_dates(session)
            event = service.get_event_as_seen(session, event_id, seen_version())
            rule = _rule(event, form)
            found = series.series_clashes(session, event, rule, zone())
            made = series.make_series(session, event, rule, current_actor(), utc_now(), zone())
            demand_acceptance(session, event, found, form.accept_clashes.data, current_actor())
            count = len(made)
    except GuardRefused:
        return _previewed(service.get_event(db.session, event_id), form), STATUS[GuardRefused]
    except (Invalid, Stale, WrongState) as error:
        show_errors(form, error)
        return _page(service.get_event(db.session, event_id), form), STATUS[type(error)]
    flash(_("已建立系列：另建 %(count)s 场，等待审批。", count=count), "success")
    return redirect(url_for("planning.show_event", event_id=event_id, _anchor="series"))


def _rule(event: PressEvent, form: SeriesForm) -> str:
    """The rule that the form means, for the event as it is."""
    day = local(event.starts_at, zone()).date()
    return series.rule_of(Every(form.every.data), day, form.count.data, form.until.data)


def _previewed(event: PressEvent, form: SeriesForm) -> str:
    """The form with the dates of the series and what stands in their way."""
    rule = _rule(event, form)
    found = series.series_clashes(db.session, event, rule, zone())
    remarks = sorted({one.sentence for one in found if not one.must_be_accepted})
    return _page(event, form, _dates(event, rule, found), remarks)


def ways(day: date) -> list[SelectChoice]:
    """How an event of this day can recur, in words."""
    weekday, nth = str(_WEEKDAYS[day.weekday()]), str(_NTH[series.nth_of(day)])
    monthly = _("每月 %(day)s 日", day=day.day)
    if day.day > 28:
        monthly += _("（没有这一天的月份跳过）")
    labels = {
        Every.WEEK: _("每周%(weekday)s", weekday=weekday),
        Every.MONTH_WEEKDAY: _("每月%(nth)s%(weekday)s", nth=nth, weekday=weekday),
        Every.MONTH_DAY: monthly,
        Every.QUARTER: _("每三个月，%(nth)s%(weekday)s", nth=nth, weekday=weekday),
    }
    return [SelectChoice(every.value, label) for every, label in labels.items()]


def _dates(event: PressEvent, rule: str, found: list[Clash]) -> list[Occurrence]:
    return [
        Occurrence(
            moment,
            tuple(
                clash
                for clash in found
                if clash.must_be_accepted and clash.day == local(moment, zone()).date()
            ),
        )
        for moment in series.occurrences(rule, event.starts_at, zone())
    ]


def _page(
    event: PressEvent,
    form: SeriesForm,
    dates: Sequence[Occurrence] = (),
    remarks: Sequence[str] = (),
) -> str:
    form.every.choices = ways(local(event.starts_at, zone()).date())
    return render_template(
        "planning/series_form.html", event=event, form=form, dates=dates, remarks=remarks
    )
