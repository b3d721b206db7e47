"""An errand from the click to the file: claimed once, told, called off, taken up again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import current_app

from responder.core.database import transaction
from responder.core.errors import Forbidden, Invalid
from responder.core.permissions import CONSOLE, Actor, Permission
from responder.errands import service
from responder.errands.kinds import KINDS, Kind, Outcome, Progress, name_errand
from responder.errands.models import Errand, ErrandState
from responder.errands.rules import seconds_left
from responder.errands.running import SILENT_AFTER, Runner, Stopping
from tests.factories import NOW


class Ticks:
    """A clock that is a second later each time."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


def count_to(
    _actor: Actor, arguments: Mapping[str, Any], progress: Progress, path: Path
) -> Outcome:
    numbers = list(progress.of(range(arguments["to"]), arguments["to"]))
    path.write_text(str(len(numbers)))
    return Outcome("数完了", "numbers.txt")


@pytest.fixture
def counting(app):
    before = dict(app.extensions[KINDS])
    kind = Kind("test.count", "数数", frozenset({Permission.TOPIC_READ}), count_to, "topics.index")
    name_errand(app, kind)
    yield kind
    app.extensions[KINDS] = before


def asked(kind: Kind, actor: Actor, to: int = 3) -> int:
    with transaction(CONSOLE) as session:
        return service.ask(session, kind, {"to": to}, actor, NOW).id


def test_an_errand_is_asked_for_done_and_fetched(client, session, people, tmp_path, counting):
    people.sign_in(client, people.analyst)
    answer = client.post("/errands", data={"kind": "test.count", "arguments": '{"to": 3}'})
    assert "排队中" in client.get(answer.location).text
    settings = client.application.extensions["settings"]
    assert Runner(settings.errand_files, Ticks()).run_once()
    page = client.get(answer.location).text
    assert "已完成" in page
    assert "数完了" in page
    with client.get(f"{answer.location}/result") as result:
        assert result.data == b"3"
    assert not Runner(settings.errand_files, Ticks()).run_once()


def test_the_same_asked_twice_is_one_and_of_ones_own(client, people, counting):
    first = asked(counting, people.analyst.actor)
    assert asked(counting, people.analyst.actor) == first
    assert asked(counting, people.analyst.actor, to=4) != first
    people.sign_in(client, people.editor)
    assert client.get(f"/errands/{first}").status_code == 404


def test_who_may_not_do_it_may_not_have_it_done(people, counting):
    with pytest.raises(Forbidden):
        asked(counting, people.administrator.actor)


def test_work_that_is_called_off_ends_at_its_next_step(session, people, tmp_path, counting):
    errand_id = asked(counting, people.analyst.actor)
    errand = session.get_one(Errand, errand_id)

    def called_off(_actor, _arguments, progress: Progress, _path: Path) -> Outcome:
        with transaction(CONSOLE) as within:
            service.cancel(within.get_one(Errand, errand_id), NOW)
        progress.tell(1)
        raise AssertionError("it went on")

    counting_off = Kind(counting.code, "", counting.permissions, called_off, "")
    name_errand(current_app, counting_off)
    assert Runner(tmp_path, Ticks()).run_once()
    session.refresh(errand)
    assert errand.state is ErrandState.CANCELLED


def test_an_errand_whose_runner_fell_silent_is_taken_up_anew(session, people, tmp_path, counting):
    errand_id = asked(counting, people.analyst.actor)
    with transaction(CONSOLE) as within:
        left = within.get_one(Errand, errand_id)
        left.state, left.runner, left.heartbeat_at = ErrandState.RUNNING, "gone", NOW
    clock = Ticks()
    assert not Runner(tmp_path, clock).run_once()
    clock.now = NOW + SILENT_AFTER
    assert Runner(tmp_path, clock).run_once()
    assert session.get_one(Errand, errand_id).state is ErrandState.DONE


@pytest.mark.parametrize("end", [RuntimeError("no such row"), Invalid("没有这一行"), Stopping()])
def test_who_was_taken_over_leaves_what_the_other_has_finished(
    session, people, tmp_path, counting, end: Exception
):
    errand_id = asked(counting, people.analyst.actor)
    clock, begun = Ticks(), list[Path]()

    def taken_over(
        actor: Actor, arguments: Mapping[str, Any], progress: Progress, path: Path
    ) -> Outcome:
        begun.append(path)
        if len(begun) > 1:
            return count_to(actor, arguments, progress, path)
        clock.now += SILENT_AFTER
        assert Runner(tmp_path, clock).run_once()
        raise end

    name_errand(current_app, Kind(counting.code, "", counting.permissions, taken_over, ""))
    assert Runner(tmp_path, clock).run_once()
    assert begun[1].read_text() == "3"
    errand = session.get_one(Errand, errand_id)
    assert (errand.state, errand.told) == (ErrandState.DONE, "数完了")


def test_what_was_written_of_a_result_goes_when_it_fails(session, people, tmp_path, counting):
    def half_way(
        _actor: Actor, _arguments: Mapping[str, Any], _progress: Progress, path: Path
    ) -> Outcome:
        path.write_text("1")
        raise RuntimeError

    name_errand(current_app, Kind(counting.code, "", counting.permissions, half_way, ""))
    errand_id = asked(counting, people.analyst.actor)
    assert Runner(tmp_path, Ticks()).run_once()
    assert session.get_one(Errand, errand_id).state is ErrandState.FAILED
    assert list(tmp_path.iterdir()) == []


def test_results_are_forgotten_after_a_day(session, people, tmp_path, counting):
    errand_id = asked(counting, people.analyst.actor)
    Runner(tmp_path, Ticks()).run_once()
    with transaction(CONSOLE) as within:
        assert service.forget(within, tmp_path, NOW + timedelta(hours=23)) == 0
        assert service.forget(within, tmp_path, NOW + timedelta(hours=25)) == 1
    assert not service.result_path(tmp_path, errand_id).exists()


def test_time_left_follows_the_pace_so_far():
    begun = NOW - timedelta(seconds=10)
    assert seconds_left(25, 100, begun, NOW) == 30
    assert seconds_left(0, 100, begun, NOW) is None
    assert seconds_left(25, None, begun, NOW) is None
