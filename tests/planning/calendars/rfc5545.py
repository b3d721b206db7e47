"""A strict look at a calendar, apart from the library that wrote it (RFC 5545)."""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any

from icalendar import Calendar

LONGEST_LINE = 75  # octets, without the line's end
NAME = re.compile(rb"[A-Za-z0-9-]+[;:]")
STATUSES = {"TENTATIVE", "CONFIRMED", "CANCELLED"}
ZONED = re.compile(r";TZID=([^;:]+)[;:]")


def check(content: bytes, before: bytes | None = None) -> Calendar:
    """The calendar that ``content`` holds, when it keeps every rule that we know of.

    :param before: the same calendar as it was: what changed since must have a higher SEQUENCE.
    """
    _check_lines(content)
    text = content.decode("utf-8")
    unfolded = text.replace("\r\n ", "").replace("\r\n\t", "")
    calendar = Calendar.from_ical(content)
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    assert calendar.errors == []
    zones = [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")]
    assert len(zones) == len(set(zones)), "a VTIMEZONE stands twice"
    assert set(ZONED.findall(unfolded)) == set(zones), "a TZID without VTIMEZONE, or idle ones"
    for zone in calendar.walk("VTIMEZONE"):
        _check_zone(zone)
    events = calendar.walk("VEVENT")
    uids = [str(event["UID"]) for event in events]
    assert len(uids) == len(set(uids)), "a UID stands twice"
    for event in events:
        _check_event(event)
    assert Calendar.from_ical(content).to_ical() == calendar.to_ical()
    if before is not None:
        _check_sequences(before, content)
    return calendar


def _check_lines(content: bytes) -> None:
    assert content.endswith(b"\r\n")
    lines = content[:-2].split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-1] == b"END:VCALENDAR"
    for line in lines:
        assert b"\r" not in line, line
        assert b"\n" not in line, line
        assert line, "an empty line"
        assert len(line) <= LONGEST_LINE, f"{len(line)} octets: {line!r}"
        line.decode("utf-8")  # folding cuts no character in two
        assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", line), line
        assert line[:1] in b" \t" or NAME.match(line), line
    depth: list[bytes] = []
    for line in lines:
        verb, _, name = line.partition(b":")
        if verb == b"BEGIN":
            depth.append(name)
        elif verb == b"END":
            assert depth.pop() == name
    assert depth == []


def _check_zone(zone: Any) -> None:
    parts = zone.walk("STANDARD") + zone.walk("DAYLIGHT")
    assert parts, "a VTIMEZONE without a part"
    for part in parts:
        for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"):
            assert name in part, name
        assert part["DTSTART"].dt.tzinfo is None


def _check_event(event: Any) -> None:
    assert event.errors == []
    for name in ("UID", "DTSTAMP", "DTSTART", "SEQUENCE", "STATUS", "SUMMARY"):
        assert name in event, name
        assert not isinstance(event[name], list), f"{name} stands twice"
    assert event["DTSTAMP"].dt.tzinfo is UTC or event["DTSTAMP"].dt.utcoffset().total_seconds() == 0
    assert "TZID" not in event["DTSTAMP"].params
    assert event["SEQUENCE"] >= 0
    assert event["STATUS"] in STATUSES
    assert not ("DTEND" in event and "DURATION" in event)
    starts = event["DTSTART"]
    if "DTEND" in event:
        ends = event["DTEND"]
        assert type(ends.dt) is type(starts.dt), "DTEND is of another kind than DTSTART"
        assert ends.dt > starts.dt
    if "LAST-MODIFIED" in event:
        assert event["LAST-MODIFIED"].dt.utcoffset().total_seconds() == 0


def _check_sequences(before: bytes, after: bytes) -> None:
    told = ("DTSTART", "DTEND", "SUMMARY", "LOCATION")
    old = {str(event["UID"]): event for event in Calendar.from_ical(before).walk("VEVENT")}
    for event in Calendar.from_ical(after).walk("VEVENT"):
        was = old.get(str(event["UID"]))
        if was is None:
            continue
        same = all(_said(was, name) == _said(event, name) for name in told)
        assert event["SEQUENCE"] >= was["SEQUENCE"]
        assert same or event["SEQUENCE"] > was["SEQUENCE"], f"{event['UID']} changed unnoticed"


def _said(event: Any, name: str) -> bytes | None:
    return event[name].to_ical() if name in event else None
