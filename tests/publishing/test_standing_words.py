"""``responder verify`` sees when what citizens read is no longer what was published."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from responder.core import soundness
from responder.publishing.models import EntryChange
from tests.publishing import factories as make

ITEMS, TRAIL = "公开的内容与事项一致", "公开的内容与审计记录一致"


def told(session: Session, label: str) -> list[str]:
    session.expire_all()
    return list(soundness.checks()[label](session))


def test_what_was_published_and_corrected_in_good_order_holds(session: Session) -> None:
    make.changed(make.published())
    assert (told(session, ITEMS), told(session, TRAIL)) == ([], [])


def test_words_that_somebody_changed_in_the_database_are_seen(session: Session) -> None:
    entry = make.published()
    number = entry.index_number
    session.execute(sa.text("UPDATE entry SET answer = '另一个答复'"))
    assert any(number in one for one in told(session, ITEMS))
    assert any("entry" in one and "answer" in one for one in told(session, TRAIL))


def test_both_changed_alike_is_seen_in_the_trail(session: Session) -> None:
    make.published()
    for table in ("entry", "response_item"):
        session.execute(sa.text(f"UPDATE {table} SET answer = '另一个答复'"))
    assert told(session, ITEMS) == []
    assert len(told(session, TRAIL)) == 1


def test_a_correction_that_somebody_rewrote_is_seen(session: Session) -> None:
    make.changed(make.published())
    session.execute(sa.text("UPDATE entry_change SET note = '另一个说明'"))
    assert session.scalar(sa.select(sa.func.count(EntryChange.id))) == 1
    assert any("entry_change" in one for one in told(session, TRAIL))
