"""What stands on which day of which page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Actor, Permission
from responder.core.times import start_of_day
from responder.core.work_calendar import store_year
from responder.planning import service
from responder.planning.calendars.pages import EVERYTHING, Day, Filters
from responder.planning.calendars.rules import Span, View
from responder.planning.events.models import PreparationTask
from responder.planning.models import EventState, Form, PlanEntry, PressEvent
from responder.topics.heat_models import TopicDay
from responder.topics.models import Topic
from tests.factories import NOW, unit
from tests.planning import factories as make
from tests.planning.queries import count_queries

TODAY = date(2026, 11, 20)


def page(
    year: int = 2026,
    month: int = 11,
    view: View = View.MONTH,
    filters: Filters = EVERYTHING,
    with_heat: bool = False,
) -> service.CalendarPage:
    span = Span(view, year, month)
    rights = {Permission.PLAN_READ_ALL} | ({Permission.TOPIC_READ} if with_heat else set())
    reader = Actor(None, "某人", frozenset(rights))
    return service.calendar_page(db.session, span, TODAY, reader=reader, filters=filters)


def day_of(shown: service.CalendarPage, day: date) -> Day:
    weeks = (week for month in shown.months for week in month.weeks)
    return next(one for week in weeks for one in week if one.day == day)


def task(
    event: PressEvent, due_on: date, name: str = "媒体邀请", done: bool = False, days: int = 3
) -> None:
    with transaction(CONSOLE, NOW) as session:
        session.add(
            PreparationTask(
                event=event, position=1, name=name, days=days, due_on=due_on,
                done_at=NOW if done else None,
            )
        )  # fmt: skip


def heat(topic: Topic, day: date, value: float, level: int = 1) -> None:
    with transaction(CONSOLE, NOW) as session:
        session.add(
            TopicDay(topic_id=topic.id, day=day, heat=value, level=level, people=3, messages=4)
        )


def test_an_event_stands_on_its_local_day(session: Session) -> None:
    # 16:30 UTC on the 10th is past midnight of the 11th in Shanghai.
    event = make.event(starts_at=datetime(2026, 11, 10, 16, 30, tzinfo=UTC))
    shown = page()
    assert day_of(shown, date(2026, 11, 11)).events == (event,)
    assert day_of(shown, date(2026, 11, 10)).events == ()
    assert shown.event_count == 1


def test_an_event_of_several_days_stands_on_each_and_counts_once(session: Session) -> None:
    event = make.event(starts_at=start_of_day(date(2026, 10, 24)))
    with transaction(CONSOLE, NOW):
        event.all_day, event.ends_at = True, start_of_day(date(2026, 11, 3))
    shown = page()
    assert day_of(shown, date(2026, 11, 2)).events == (event,)
    assert day_of(shown, date(2026, 11, 3)).events == ()
    assert day_of(shown, date(2026, 10, 26)).continued == {event.id}
    assert shown.event_count == 1


def test_spill_over_days_show_their_events_but_do_not_count(session: Session) -> None:
    event = make.event(starts_at=datetime(2026, 10, 26, 2, tzinfo=UTC))
    shown = page()
    assert day_of(shown, date(2026, 10, 26)).events == (event,)
    assert shown.event_count == 0


def test_rows_of_the_plan_without_an_event_stand_on_their_day_or_below(session: Session) -> None:
    dated, undated, done = make.entry(day=12), make.entry(), make.entry(day=12)
    later = make.entry(month=12)
    make.event(plan_entry=done)
    shown = page()
    assert day_of(shown, date(2026, 11, 12)).entries == (dated,)
    assert shown.months[0].undated == (undated,)
    assert [m.undated for m in page(view=View.QUARTER).months] == [(), (undated,), (later,)]


def test_holidays_and_make_up_days_carry_their_names(session: Session) -> None:
    with transaction(CONSOLE, NOW) as writing:
        days = [(date(2026, 11, 2), False, "校庆日"), (date(2026, 11, 7), True, "校庆日")]
        store_year(writing, 2026, days, "试验")
    shown = page()
    off, work, plain = (day_of(shown, date(2026, 11, n)) for n in (2, 7, 3))
    assert (off.holiday, off.is_working) == ("校庆日", False)
    assert (work.holiday, work.is_working) == ("校庆日", True)
    assert (plain.holiday, plain.is_working) == ("", True)
    assert day_of(shown, date(2026, 11, 20)).is_today


def test_a_year_not_announced_is_said_to_be_provisional(session: Session) -> None:
    assert page(2026, 11).provisional == ()
    assert page(2091, 5).provisional == (2091,)
    assert page(2089, 12).provisional == (2089, 2090)  # days of January are drawn
    assert page(2089, 12, View.YEAR).provisional == (2089,)


@pytest.mark.parametrize(
    ("view", "months"),
    [
        (View.MONTH, [11]),
        (View.AGENDA, [11]),
        (View.QUARTER, [10, 11, 12]),
        (View.YEAR, list(range(1, 13))),
    ],
)
def test_a_view_shows_its_months(session: Session, view: View, months: list[int]) -> None:
    early = make.event(starts_at=datetime(2026, 1, 5, 2, tzinfo=UTC))
    late = make.event(starts_at=datetime(2026, 11, 5, 2, tzinfo=UTC))
    shown = page(view=view)
    assert [month.month for month in shown.months] == months
    found = {e.id for month in shown.months for day in month.days for e in day.events}
    assert found == ({early.id, late.id} if view is View.YEAR else {late.id})


def test_filters_narrow_events_rows_of_the_plan_and_tasks(session: Session) -> None:
    mine, theirs = make.event(starts_at=NOW), make.event(starts_at=NOW)
    other = unit("jyj", "市教育局")
    with transaction(CONSOLE, NOW):
        theirs.unit, theirs.form, theirs.state = other, Form.CONFERENCE, EventState.CONFIRMED
    task(mine, TODAY)
    task(theirs, TODAY)
    entry = make.entry(day=20, form=Form.BRIEFING)

    def told(filters: Filters) -> tuple[tuple[PressEvent, ...], tuple[PlanEntry, ...], int]:
        day = day_of(page(filters=filters), TODAY)
        return day.events, day.entries, day.due

    assert told(EVERYTHING) == ((mine, theirs), (entry,), 2)
    assert told(Filters(unit_id=other.id)) == ((theirs,), (), 1)
    assert told(Filters(form=Form.BRIEFING)) == ((mine,), (entry,), 1)
    assert told(Filters(state=EventState.CONFIRMED)) == ((theirs,), (), 1)
    assert told(Filters(unit_id=other.id, form=Form.BRIEFING)) == ((), (), 0)


def test_tasks_that_are_open_are_counted_on_their_day_and_named_in_the_agenda(
    session: Session,
) -> None:
    event, off = make.event(), make.event(state=EventState.POSTPONED)
    task(event, date(2026, 11, 18), "媒体邀请")
    task(event, date(2026, 11, 18), "问答提纲")
    task(event, date(2026, 11, 18), "审批", done=True)
    task(off, date(2026, 11, 18))
    assert day_of(page(), date(2026, 11, 18)).due == 2
    assert page().tasks == {}
    named = page(view=View.AGENDA).tasks[date(2026, 11, 18)]
    assert {one.name for one in named} == {"媒体邀请", "问答提纲"}


def test_after_an_event_was_held_only_what_was_for_afterwards_is_open(session: Session) -> None:
    held, done = make.event(state=EventState.HELD), make.event(state=EventState.EVALUATED)
    day = date(2026, 11, 18)
    for event in (held, done):
        task(event, day, "媒体邀请", days=3)
        task(event, day, "报送实录", days=-1)
        task(event, day, "舆情跟踪", done=True, days=-1)
    shown = day_of(page(), day)
    assert (shown.due, shown.due_after, shown.is_busy) == (0, 1, True)
    named = page(view=View.AGENDA).tasks[day]
    assert [(one.event_id, one.name) for one in named] == [(held.id, "报送实录")]


def test_hot_topics_lie_under_their_days_hottest_first(session: Session) -> None:
    cool, hot = make.topic("凉"), make.topic("热")
    heat(cool, date(2026, 11, 17), 40)
    heat(hot, date(2026, 11, 17), 70)
    heat(hot, date(2026, 11, 18), 20, level=0)  # no longer hot, and yet on its curve
    shown = page(with_heat=True)
    first, second = shown.lanes(date(2026, 11, 16))
    assert (first.label, second.label) == ("热", "凉")
    assert [value for _, value in first.heats] == [None, 70, 20, None, None, None, None]
    assert first.top == 70
    assert shown.lanes(date(2026, 11, 9)) == ()
    assert shown.heat.of_day(date(2026, 11, 17)) == [(hot.id, "热", 70), (cool.id, "凉", 40)]
    assert shown.heat.of_day(date(2026, 11, 18)) == []
    (lane, _) = page(with_heat=True, view=View.YEAR).lanes(date(2026, 11, 1))
    assert len(lane.heats) == 30


def test_topics_that_were_never_hot_or_are_gone_lie_under_no_day(session: Session) -> None:
    quiet, dismissed, merged = make.topic(), make.topic(), make.topic()
    heat(quiet, TODAY, 10, level=0)
    heat(dismissed, TODAY, 60)
    heat(merged, TODAY, 60)
    with transaction(CONSOLE, NOW):
        dismissed.dismissed, merged.merged_into_id = True, quiet.id
    assert page(with_heat=True).lanes(date(2026, 11, 16)) == ()
    assert page().lanes(date(2026, 11, 16)) == ()


def test_every_view_takes_the_same_queries_for_little_as_for_much(session: Session) -> None:
    """Four hundred events and two hundred topics take what one of each takes."""
    make.event(starts_at=NOW)
    make.entry()
    heat(make.topic(), TODAY, 50)

    def draw(view: View) -> int:
        def one() -> None:
            session.expire_all()
            shown = page(view=view, with_heat=True)
            days = [day for month in shown.months for day in month.days]
            named.append({e.unit.name for day in days for e in (*day.events, *day.entries)})

        return count_queries(one)

    named: list[set[str]] = []
    views = (View.MONTH, View.QUARTER, View.YEAR)
    few = {view: draw(view) for view in views}
    assert len(set(few.values())) == 1, few
    a_year_of_work()
    assert {view: draw(view) for view in views} == few
    assert len(named[-1]) == 2


def a_year_of_work(events: int = 400, topics: int = 200) -> None:
    """Events and hot topics over the whole year, of two units."""
    units = (unit(), unit("jyj", "市教育局"))
    begins = datetime(2026, 1, 1, 1, tzinfo=UTC)
    with transaction(CONSOLE, NOW) as session:
        for n in range(events):
            event = PressEvent(
                theme=f"第 {n} 项", form=Form.BRIEFING, unit=units[n % 2],
                starts_at=begins + timedelta(hours=n * 8760 / events),
            )  # fmt: skip
            session.add(event)
        for n in range(topics):
            topic = Topic(label=f"话题 {n}", first_seen=NOW, last_seen=NOW, ranked_as_of=NOW)
            session.add(topic)
            session.flush()
            first = date(2026, 1, 1) + timedelta(days=n)
            session.add_all(
                TopicDay(topic_id=topic.id, day=first + timedelta(days=k), heat=30.0 + n % 60,
                         level=1, people=2, messages=2)
                for k in range(14)
            )  # fmt: skip
