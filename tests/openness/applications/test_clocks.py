"""Statutory ends against dates reckoned by hand.

Each case was counted on paper from the State Council's yearly notices; the comment beside it is
the count: ``3-6 (4)`` reads "from the 3rd to the 6th, which makes four". ``x`` marks what is off,
``+`` a weekend that is worked. The day of receipt never counts.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responder.core.clocks import Extension, Pause, RuleFacts, Unit, deadline, find_rule
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.core.times import local, start_of_day
from responder.core.work_calendar import WorkCalendar, store_year
from responder.deadlines import service as deadlines
from responder.openness.applications.models import ApplicationState, ClockKind
from tests.factories import NOW
from tests.openness.applications.factories import LATER, due, registered, take

S = ApplicationState
A, C, B, E = "ask_correction", "receive_correction", "consult", "end_consultation"
X, F, P, OK = "extend", "ask_fee", "receive_fee", "accept"

# (received, [(step, day[, length])], end, provisional)
CASES = [
    # --- twenty working days, nothing else -------------------------------------------------
    # 1. March: 3-6 (4), 9-13 (9), 16-20 (14), 23-27 (19), 30 (20).
    ("2026-03-02", [], "2026-03-30", False),
    # 2. Received on a Friday: 9-13 (5), 16-20 (10), 23-27 (15), 30-3 April (20).
    ("2026-03-06", [], "2026-04-03", False),
    # 3. Over Qingming (x 4-6 April): 10-13 (4), 16-20 (9), 23-27 (14), 30-3 (19), 7 April (20).
    ("2026-03-09", [], "2026-04-07", False),
    # 4. Received on a Saturday: 9-13 (5), 16-20 (10), 23-27 (15), 30-3 April (20).
    ("2026-03-07", [], "2026-04-03", False),
    # 5. Spring Festival 2026 (x 15-23 Feb, + Sat 14, + Sat 28): 10-13 (4), 14 (5), 24-27 (9),
    #    28 (10), 2-6 March (15), 9-13 (20).
    ("2026-02-09", [], "2026-03-13", False),
    # 6. Received within the festival, Tue 17 Feb: 24-27 (4), 28 (5), 2-6 March (10), 9-13 (15),
    #    16-20 (20).
    ("2026-02-17", [], "2026-03-20", False),
    # 7. Received on a worked Saturday, 28 Feb: 2-6 (5), 9-13 (10), 16-20 (15), 23-27 (20).
    ("2026-02-28", [], "2026-03-27", False),
    # 8. Mid-Autumn and National Day 2026 (+ Sun 20 Sept, x 25-27, x 1-7 Oct, + Sat 10):
    #    15-18 (4), 20 (5), 21-24 (9), 28-30 (12), 8-9 (14), 10 (15), 12-16 (20).
    ("2026-09-14", [], "2026-10-16", False),
    # 9. Labour Day 2026 (x 1-5 May, + Sat 9): 14-17 (4), 20-24 (9), 27-30 (13), 6-8 (16), 9 (17),
    #    11-13 (20).
    ("2026-04-13", [], "2026-05-13", False),
    # 10. Dragon Boat 2026 (x 19-21 June): 2-5 (4), 8-12 (9), 15-18 (13), 22-26 (18), 29-30 (20).
    ("2026-06-01", [], "2026-06-30", False),
    # 11. Spring Festival 2025 (+ Sun 26 Jan, x 28-4 Feb, + Sat 8): 14-17 (4), 20-24 (9), 26 (10),
    #     27 (11), 5-7 (14), 8 (15), 10-14 (20).
    ("2025-01-13", [], "2025-02-14", False),
    # 12. National Day 2025 (+ Sun 28 Sept, x 1-8 Oct, + Sat 11): 15-19 (5), 22-26 (10), 28 (11),
    #     29-30 (13), 9-10 (15), 11 (16), 13-16 (20).
    ("2025-09-12", [], "2025-10-16", False),
    # 13. Spring Festival 2024 (+ Sun 4 Feb, x 10-17, + Sun 18): 2 (1), 4 (2), 5-9 (7), 18 (8),
    #     19-23 (13), 26-1 March (18), 4-5 (20).
    ("2024-02-01", [], "2024-03-05", False),
    # 14. Autumn 2024 (+ Sat 14 Sept, x 15-17, + Sun 29, x 1-7 Oct, + Sat 12): 10-13 (4), 14 (5),
    #     18-20 (8), 23-27 (13), 29 (14), 30 (15), 8-11 (19), 12 (20): ends on a Saturday.
    ("2024-09-09", [], "2024-10-12", False),
    # 15. Spring Festival 2023 (x 21-27 Jan, + Sat 28, + Sun 29): 5-6 (2), 9-13 (7), 16-20 (12),
    #     28 (13), 29 (14), 30-3 Feb (19), 6 (20).
    ("2023-01-04", [], "2023-02-06", False),
    # 16. Labour Day 2023 (+ Sun 23 April, x 29-3 May, + Sat 6): 11-14 (4), 17-21 (9), 23 (10),
    #     24-28 (15), 4-5 (17), 6 (18), 8-9 (20).
    ("2023-04-10", [], "2023-05-09", False),
    # 17. Spring Festival 2022 (+ Sat 29, + Sun 30 Jan, x 31-6 Feb): 18-21 (4), 24-28 (9), 29 (10),
    #     30 (11), 7-11 (16), 14-17 (20).
    ("2022-01-17", [], "2022-02-17", False),
    # 18. Autumn 2021 (+ Sat 18 Sept, x 19-21, + Sun 26, x 1-7 Oct, + Sat 9): 7-10 (4), 13-17 (9),
    #     18 (10), 22-24 (13), 26 (14), 27-30 (18), 8 (19), 9 (20).
    ("2021-09-06", [], "2021-10-09", False),
    # 19. National Day 2020 (+ Sun 27 Sept, x 1-8 Oct, + Sat 10): 11 (1), 14-18 (6), 21-25 (11),
    #     27 (12), 28-30 (15), 9 (16), 10 (17), 12-14 (20).
    ("2020-09-10", [], "2020-10-14", False),
    # 20. National Day 2019 (+ Sun 29 Sept, x 1-7 Oct, + Sat 12): 17-20 (4), 23-27 (9), 29 (10),
    #     30 (11), 8-11 (15), 12 (16), 14-17 (20).
    ("2019-09-16", [], "2019-10-17", False),
    # --- the end of the year -----------------------------------------------------------------
    # 21. Into 2026 (x 1-3 Jan, + Sun 4): 16-19 (4), 22-26 (9), 29-31 (12), 4 (13), 5-9 (18),
    #     12-13 (20).
    ("2025-12-15", [], "2026-01-13", False),
    # 22. Into 2023 (x 31 Dec-2 Jan): 13-16 (4), 19-23 (9), 26-30 (14), 3-6 (18), 9-10 (20).
    ("2022-12-12", [], "2023-01-10", False),
    # 23. Into 2027, not announced: only 1 January is known to be off. 15-18 (4), 21-25 (9),
    #     28-31 (13), 4-8 (18), 11-12 (20). Provisional.
    ("2026-12-14", [], "2027-01-12", True),
    # 24. Extended into 2027: 1-4 Dec (4), 7-11 (9), 14-18 (14), 21-25 (19), 28-31 (23),
    #     4-8 Jan (28), 11-12 (30). Provisional only since the extension.
    ("2026-11-30", [(OK, "2026-12-01"), (X, "2026-12-21", 10)], "2027-01-12", True),
    # --- correction: the clock begins anew with the corrected application --------------------
    # 25. Corrected on Mon 16 March: 17-20 (4), 23-27 (9), 30-3 April (14), x 4-6, 7-10 (18),
    #     13-14 (20).
    ("2026-03-02", [(A, "2026-03-04"), (C, "2026-03-16")], "2026-04-14", False),
    # 26. Asked on the seventh working day (22-24 Sept (3), 28-30 (6), 8 Oct (7)), corrected on the
    #     worked Sat 10 Oct: 12-16 (5), 19-23 (10), 26-30 (15), 2-6 Nov (20).
    ("2026-09-21", [(A, "2026-10-08"), (C, "2026-10-10")], "2026-11-06", False),
    # 27. Corrected on Labour Day, Fri 1 May: 6-8 (3), 9 (4), 11-15 (9), 18-22 (14), 25-29 (19),
    #     1 June (20).
    ("2026-04-20", [(A, "2026-04-22"), (C, "2026-05-01")], "2026-06-01", False),
    # --- the opinion of others: from the letter's day to the one before the answer's ---------
    # 28. Asked 9 March, answered 16: out are 9-13. 3-6 (4), 16-20 (9), 23-27 (14), 30-3 (19),
    #     7 April (20).
    ("2026-03-02", [(OK, "2026-03-03"), (B, "2026-03-09"), (E, "2026-03-16")], "2026-04-07", False),
    # 29. Across National Day: asked 24 Sept, answered 12 Oct. 15-18 (4), 20 (5), 21-23 (8),
    #     12-16 Oct (13), 19-23 (18), 26-27 (20).
    ("2026-09-14", [(OK, "2026-09-15"), (B, "2026-09-24"), (E, "2026-10-12")], "2026-10-27", False),
    # 30. Only holidays are out (asked 1 Oct, answered 7): as case 8.
    ("2026-09-14", [(OK, "2026-09-15"), (B, "2026-10-01"), (E, "2026-10-07")], "2026-10-16", False),
    # 31. Twice: 12-15 (4), out 18-20, 21-22 (6), 25-29 (11), out 1-2 June, 3-5 (14), 8-12 (19),
    #     15 (20).
    (
        "2026-05-11",
        [
            (OK, "2026-05-12"), (B, "2026-05-18"), (E, "2026-05-21"),
            (B, "2026-06-01"), (E, "2026-06-03"),
        ],
        "2026-06-15",
        False,
    ),
    # --- extension ----------------------------------------------------------------------------
    # 32. By 20: 30 March (20), 31-3 April (24), x 4-6, 7-10 (28), 13-17 (33), 20-24 (38),
    #     27-28 (40).
    ("2026-03-02", [(OK, "2026-03-03"), (X, "2026-03-25", 20)], "2026-04-28", False),
    # 33. An opinion and ten days more: 2-5 June (4), 8-9 (6), out 10-23, 24-26 (9), 29-3 July (14),
    #     6-10 (19), 13-17 (24), 20-24 (29), 27 (30).
    (
        "2026-06-01",
        [(OK, "2026-06-02"), (B, "2026-06-10"), (E, "2026-06-24"), (X, "2026-06-25", 10)],
        "2026-07-27",
        False,
    ),
    # --- all together, and the fee ------------------------------------------------------------
    # 34. Corrected Mon 17 Aug, asked others 24 Aug-7 Sept, extended by 20: 18-21 (4),
    #     7-11 Sept (9), 14-18 (14), + 20 (15), 21-24 (19), 28-30 (22), 8-9 Oct (24),
    #     + 10 (25), 12-16 (30), 19-23 (35), 26-30 (40).
    (
        "2026-08-05",
        [
            (A, "2026-08-07"), (C, "2026-08-17"), (B, "2026-08-24"), (E, "2026-09-07"),
            (X, "2026-09-08", 20),
        ],
        "2026-10-30",
        False,
    ),
    # 35. The fee was paid on 15 June: 16-18 (3), x 19-21, 22-26 (8), 29-3 July (13), 6-10 (18),
    #     13-14 (20).
    ("2026-06-01", [(OK, "2026-06-02"), (F, "2026-06-08"), (P, "2026-06-15")], "2026-07-14", False),
]  # fmt: skip


@pytest.mark.parametrize(("received", "steps", "end", "provisional"), CASES)
def test_an_application_falls_due_on_the_day_reckoned_by_hand(
    session, received, steps, end, provisional
) -> None:
    application = registered(LATER, received_on=date.fromisoformat(received))
    for action, day, *length in steps:
        take(application, action, day, now=LATER, **({"length": length[0]} if length else {}))
    clock = application.reply_clock
    assert due(clock).isoformat() == end
    assert f"{local(clock.due_at):%H:%M:%S}" == "23:59:59"
    assert clock.provisional is provisional
    year, month, day = end.split("-")
    assert clock.steps[-1].startswith(f"到期：{year}年{int(month)}月{int(day)}日")
    assert any("暂定" in step for step in clock.steps) is provisional


@pytest.mark.parametrize(
    ("received", "end"),
    [
        ("2026-03-02", "2026-03-11"),  # 3-6 (4), 9-11 (7)
        ("2026-09-21", "2026-10-08"),  # 22-24 (3), x 25-27, 28-30 (6), x 1-7 Oct, 8 (7)
        ("2026-02-13", "2026-03-02"),  # + Sat 14 (1), x 15-23, 24-27 (5), + Sat 28 (6), 2 March (7)
        ("2024-12-24", "2025-01-03"),  # 25-27 (3), 30-31 (5), x 1 Jan, 2-3 (7)
    ],
)
def test_a_correction_may_be_asked_until_the_seventh_working_day(session, received, end) -> None:
    application = registered(LATER, received_on=date.fromisoformat(received))
    clock = application.running(ClockKind.CORRECTION)
    assert due(clock).isoformat() == end


def test_the_opinion_of_a_third_party_has_fifteen_working_days_from_the_letter(session) -> None:
    application = take(registered(), "accept", "2026-11-03")
    take(application, "consult", "2026-11-04")
    clock = application.running(ClockKind.OPINION)
    assert due(clock) == date(2026, 11, 25)  # 5-6 (2), 9-13 (7), 16-20 (12), 23-25 (15)
    assert "登记送达后改按送达之日" in clock.steps[0]
    take(application, "deliver", "2026-11-06")
    assert due(clock) == date(2026, 11, 27)  # 9-13 (5), 16-20 (10), 23-27 (15)
    assert "送达之日" in clock.steps[0]
    take(application, "end_consultation", "2026-11-18")
    assert clock.stopped_at is not None


def test_while_others_are_asked_the_end_says_so_and_nobody_knows_it(session) -> None:
    application = take(take(registered(), "accept", "2026-11-03"), "consult", "2026-11-04")
    assert not application.reply_clock.runs
    assert any("尚未恢复" in step for step in application.reply_clock.steps)


def test_the_arithmetic_names_the_basis_of_the_day_of_receipt(session) -> None:
    clock = registered().reply_clock
    assert clock.steps[0] == "起算：2026年11月2日 星期一（收到申请：网络，与申请人确认之日）"
    assert clock.steps[1] == "起算当日不计，自 2026年11月3日起数 20 个工作日"


def test_an_announced_year_moves_what_rested_on_a_guess(session) -> None:
    application = registered(LATER, received_on=date(2026, 12, 14))
    off = [(date(2027, 1, 1) + timedelta(days=n), False, "元旦") for n in range(3)]
    with transaction(CONSOLE, LATER) as writing:
        store_year(writing, 2027, [*off, (date(2027, 1, 4), False, "元旦")], "通知")
        moved = deadlines.recompute(writing, local(LATER).tzinfo)
    assert [one.clock.application_id for one in moved] == [application.id]
    assert due(application.reply_clock) == date(2027, 1, 13)  # as case 23, and 4 Jan is off, too
    assert not application.reply_clock.provisional
    assert deadlines.provisional_count(session) == 0


def test_a_changed_rule_moves_what_is_open_and_leaves_what_is_done(session) -> None:
    done, still_open = registered(), registered()
    take(done, "reply", "2026-11-10")
    before = done.reply_clock.due_at
    rule = find_rule(session, "application_reply")
    facts = RuleFacts(rule.name, 15, Unit.WORKING_DAYS, "本市办法")
    with transaction(CONSOLE, NOW) as writing:
        moved = deadlines.change_rule(
            writing, rule, facts, "本市要求更严", rule.version_id, local(NOW).tzinfo
        )
    assert [one.clock.application_id for one in moved] == [still_open.id]
    # 3-6 (4), 9-13 (9), 16-20 (14), 23 (15).
    assert due(still_open.reply_clock) == date(2026, 11, 23)
    assert done.reply_clock.due_at == before


# --- what holds of all of them -------------------------------------------------------------

DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def end_of(received: date, pauses=(), extensions=()) -> date:
    found = deadline(
        start_of_day(received), 20, Unit.WORKING_DAYS, WorkCalendar(), pauses=pauses,
        extensions=extensions,
    )  # fmt: skip
    return local(found.due_at).date()


@given(received=DAYS, after=st.integers(1, 19), length=st.integers(0, 60))
def test_a_pause_of_n_working_days_moves_the_end_by_n(received, after, length) -> None:
    calendar = WorkCalendar()
    since = calendar.add_working_days(received, after)
    until = calendar.add_working_days(since, length) if length else since
    pause = Pause(start_of_day(since), start_of_day(until))
    plain = end_of(received)
    moved = calendar.add_working_days(plain, length) if length else plain
    assert end_of(received, [pause]) == moved


@given(received=DAYS, length=st.integers(1, 20))
def test_an_extension_never_shortens_and_adds_just_its_length(received, length) -> None:
    longer = end_of(received, extensions=[Extension(length, "负责人同意")])
    assert longer == WorkCalendar().add_working_days(end_of(received), length)
    assert longer > end_of(received)
