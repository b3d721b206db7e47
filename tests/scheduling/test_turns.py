"""One scheduler acts: the file decides on a machine, the row between machines."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from responder.scheduling.rules import JUMP, TURN, clock_jumped, is_alive, may_take
from responder.scheduling.turns import NAME, Turn, last_sign, scheduler_is_alive
from tests.factories import NOW

SECOND = timedelta(seconds=1)


class Ticks:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def machine(app, tmp_path):
    """Makes schedulers of one machine each; what they hold is let go of at the end."""
    made = []

    def make(name: str, ticks: Ticks | None = None) -> Turn:
        folder: Path = tmp_path / name
        folder.mkdir(exist_ok=True)
        made.append(Turn(folder, ticks or Ticks()))
        return made[-1]

    yield make
    for one in made:
        one.give_up(NOW)


@pytest.mark.parametrize(
    ("holder", "until", "taken"),
    [
        ("", None, True),
        ("we", NOW + TURN, True),
        ("they", NOW + SECOND, False),
        ("they", NOW, True),
        ("they", NOW - SECOND, True),
        ("they", NOW + 2 * TURN, False),
        ("they", NOW + 2 * TURN + SECOND, True),  # written before the clock was set back
    ],
)
def test_a_turn_is_taken_when_it_is_nobodys(holder, until, taken) -> None:
    assert may_take(holder, until, "we", NOW) is taken


def test_a_clock_that_is_set_and_one_that_is_not() -> None:
    assert not clock_jumped(timedelta(seconds=8), timedelta(seconds=8) + JUMP)
    assert clock_jumped(timedelta(hours=1), timedelta(seconds=8))
    assert clock_jumped(timedelta(hours=-1), timedelta(seconds=8))


def test_life_is_a_sign_within_two_turns() -> None:
    assert not is_alive(None, NOW)
    assert is_alive(NOW, NOW + 2 * TURN)
    assert not is_alive(NOW, NOW + 2 * TURN + SECOND)


def test_of_two_machines_one_acts_until_it_is_silent(session, machine) -> None:
    first, second = machine("a"), machine("b")
    assert first.keep(NOW)
    assert not second.keep(NOW + TURN - SECOND)
    assert first.keep(NOW + 10 * SECOND)
    assert not second.keep(NOW + TURN + 5 * SECOND)
    assert second.keep(NOW + TURN + 10 * SECOND)
    assert not first.keep(NOW + TURN + 11 * SECOND)
    assert not first.is_ours


def test_one_that_ends_in_good_order_lets_the_other_act_at_once(session, machine) -> None:
    first, second = machine("a"), machine("b")
    first.keep(NOW)
    first.give_up(NOW)
    assert second.keep(NOW + SECOND)


def test_of_two_on_one_machine_the_second_acts_as_soon_as_the_first_is_gone(
    session, machine
) -> None:
    first, second = machine("a"), machine("a")
    assert first.keep(NOW)
    assert not second.keep(NOW + 10 * TURN)  # the first may be at a long job; it still lives
    first._lock.close()  # as the system does of a process that was killed
    assert second.keep(NOW + SECOND)


def test_a_turn_that_cannot_be_renewed_runs_out_by_a_clock_that_nobody_sets(
    session, machine
) -> None:
    ticks = Ticks()
    turn = machine("a", ticks)
    turn.keep(NOW)
    ticks.at += TURN.total_seconds() - 1
    assert turn.is_ours
    ticks.at += 1
    assert not turn.is_ours


def test_the_last_sign_is_the_last_renewal(session, machine) -> None:
    assert last_sign(session) is None
    turn = machine("a")
    turn.keep(NOW)
    session.expire_all()
    assert last_sign(session) == NOW
    assert scheduler_is_alive(session, NOW + TURN)
    assert (turn.state_dir / NAME).read_text()
