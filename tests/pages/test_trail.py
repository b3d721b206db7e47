"""The whole trail of the demo in words: no code stands where somebody reads."""

from __future__ import annotations

import re

from sqlalchemy import select

from responder.core.audit import AuditEvent
from responder.core.database import db
from responder.web import trail

# Names that people gave, or that are written so wherever they stand.
WRITTEN_SO = {"code", "username", "scheme"}
CODE = re.compile(r"[a-z_]{3,}")


def test_no_line_of_the_trail_shows_a_code(opened) -> None:
    app = opened()
    shown = set()
    with app.test_request_context():
        events = db.session.scalars(select(AuditEvent)).all()
        for event in events:
            if trail.deed(event) == event.action:
                shown.add(f"{event.object_type}: {event.action}")
            for name, change in zip(event.changes, trail.changes(event), strict=True):
                words = [change.label, *change.old.split("、"), *change.new.split("、")]
                if name in WRITTEN_SO:
                    words = [change.label]
                shown |= {
                    f"{event.object_type}.{name}: {one}" for one in words if CODE.fullmatch(one)
                }
    assert len(events) > 1000
    assert shown == set()
