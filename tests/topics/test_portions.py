"""Portions of a backlog beside the scheduler, beside each other, and in a look back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from nlp.spreading import HERE
from responder.core.database import db
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI
from responder.topics import archive, memory, refreshing
from responder.topics.models import Topic
from tests.factories import NOW
from tests.topics.factories import NOISE, PARKING, WINDOW, refresh, store, two_worries


def portions(as_of: datetime = NOW, portion: int = 2, folder: Path | None = None):
    return archive.refreshes(
        as_of, NOW, WINDOW, CONSOLE, SHANGHAI, folder, portion=portion, spread=HERE
    )


def test_what_another_run_gathered_first_is_left_out(app, monkeypatch) -> None:
    two_worries()
    compute, others = refreshing._computed, [2]
    monkeypatch.setattr(refreshing, "ATTEMPTS", 1)

    def overtaken(*given, **named):
        found = compute(*given, **named)
        if others:
            refreshing.refresh(NOW, NOW, WINDOW, most=others.pop())
        return found

    monkeypatch.setattr(refreshing, "_computed", overtaken)
    assert [run.messages_added for run in portions()] == [2, 2, 0]


def test_the_scheduler_leaves_a_backlog_alone_that_somebody_gathers(app, tmp_path: Path) -> None:
    two_worries()
    gathering = portions(folder=tmp_path)
    next(gathering)
    assert refreshing.refresh_if_new(NOW, WINDOW, folder=tmp_path) is None
    gathering.close()
    run = refreshing.refresh_if_new(NOW, WINDOW, folder=tmp_path)
    assert run is not None
    assert run.messages_added == 4


def test_what_a_stopped_run_left_goes_once_nothing_waits(app, tmp_path: Path) -> None:
    two_worries()
    left = memory.read_folder(tmp_path) / "left.json"
    left.parent.mkdir()
    left.touch()
    refreshing.refresh(NOW, NOW, WINDOW, folder=tmp_path, most=2)
    assert left.exists()
    refreshing.refresh(NOW, NOW, WINDOW, folder=tmp_path, most=20)
    assert not left.exists()


def ranked_as_of() -> set[datetime]:
    db.session.expire_all()
    return set(db.session.scalars(select(Topic.ranked_as_of).where(Topic.message_count > 0)))


def test_a_look_back_describes_what_it_did_not_touch_once_in_the_last_portion(app) -> None:
    before = NOW - timedelta(days=3)
    two_worries()
    refresh()
    for n in range(3):
        store(f"柳岸花园旁搅拌站噪音扰民又{n}", f"{NOISE}，又{n + 9}天", f"戊{n}", before)
    looking = portions(before)
    next(looking)
    assert ranked_as_of() == {before, NOW}
    assert len(list(looking)) == 1
    assert ranked_as_of() == {before}


def test_who_comes_back_from_a_look_back_half_way_describes_all_at_once(app) -> None:
    before = NOW - timedelta(days=3)
    two_worries()
    store("柳岸花园旁搅拌站噪音扰民今天", f"{NOISE}，今天也是", "戊", NOW)
    refresh()
    for n in range(3):
        store(f"柳岸花园旁搅拌站噪音扰民又{n}", f"{NOISE}，又{n + 9}天", f"戊{n}", before)
        store(f"云锦世家捆绑销售车位又{n}", f"{PARKING}，又{n + 9}周", f"己{n}", NOW)
    next(portions(before, 3))
    assert messages_of("柳岸") == 6  # today's is not said yet
    next(portions(NOW, 2))
    assert messages_of("柳岸") == 7


def messages_of(place: str) -> int:
    db.session.expire_all()
    return db.session.scalars(select(Topic.message_count).where(Topic.label.contains(place))).one()
