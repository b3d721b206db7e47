"""The release plan, press events and response items, dated from today."""

from __future__ import annotations

import datetime as dt

from responder.demo.moments import DAY, OPENING, moment
from responder.demo.sources import Table
from responder.demo.world import DemoEvent, DemoItem, DemoPlanEntry, DemoReview

_SATURDAY = 5


def events(today: dt.date, rows: list[Table]) -> tuple[DemoEvent, ...]:
    """Press events in order of time; none begins on a weekend."""
    made = (_event(today, row) for row in rows)
    return tuple(sorted(made, key=lambda event: event.starts_at))


def plan(
    today: dt.date, rows: list[Table], held: tuple[DemoEvent, ...]
) -> tuple[DemoPlanEntry, ...]:
    """This year's entries; one whose event falls in this year takes that event's month."""
    dates = {event.plan_number: event.starts_at for event in held}
    return tuple(_entry(today.year, row, dates.get(row["number"])) for row in rows)


def items(today: dt.date, rows: list[Table]) -> tuple[DemoItem, ...]:
    """Response items with their reviews."""
    return tuple(_item(today, row) for row in rows)


def _event(today: dt.date, row: Table) -> DemoEvent:
    day = _working_day(today, row["offset"])
    starts_at = moment(today, day * DAY + row["hour"] * 60 + row.get("minute", 0))
    return DemoEvent(
        key=row["key"],
        theme=row["theme"],
        form=row["form"],
        state=row["state"],
        starts_at=starts_at,
        place=row["place"],
        unit_code=row["unit"],
        speaker=row["speaker"],
        summary=row["summary"],
        plan_number=row.get("plan") if starts_at.year == today.year else None,
        storyline=row.get("storyline"),
    )


def _working_day(today: dt.date, offset: int) -> int:
    """Move an offset off the weekend: back if it is past, forward if it is to come."""
    step = -1 if offset < 0 else 1
    while (today + dt.timedelta(days=offset)).weekday() >= _SATURDAY:
        offset += step
    return offset


def _entry(year: int, row: Table, at: dt.datetime | None) -> DemoPlanEntry:
    exact = "day" in row
    return DemoPlanEntry(
        number=row["number"],
        year=year,
        month=at.month if at else row["month"],
        day=(at.day if at else row["day"]) if exact else None,
        theme=row["theme"],
        form=row["form"],
        unit_code=row["unit"],
        speaker=row["speaker"],
        basis=row["basis"],
        remark=row["remark"],
    )


def _item(today: dt.date, row: Table) -> DemoItem:
    opened = -row["opened"] * DAY + row["hour"] * 60 + row.get("minute", 0)
    published = row.get("published_after")
    scheduled = row.get("scheduled_in")
    return DemoItem(
        key=row["key"],
        storyline=row["storyline"],
        title=row["title"],
        concern=row["concern"],
        concern_source=row["concern_source"],
        unit_code=row["unit"],
        level=row["level"],
        state=row["state"],
        answer=row["answer"].strip(),
        opened_at=moment(today, opened),
        scheduled_for=None if scheduled is None else moment(today, OPENING + scheduled * 60),
        published_at=None if published is None else moment(today, opened + published * 60),
        reviews=tuple(
            DemoReview(
                review["step"],
                review["decision"],
                review["comment"],
                moment(today, opened + review["after"] * 60),
            )
            for review in row.get("reviews", [])
        ),
    )
