"""The demo world is large, varied, deterministic and harmless."""

import dataclasses
import datetime as dt
import difflib
import random
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from responder.demo import sources, texts
from responder.demo.generate import generate
from responder.demo.moments import SHANGHAI
from responder.demo.world import (
    CHANNELS,
    EVENT_STATES,
    FORMS,
    ITEM_STATES,
    LEVELS,
    NATURES,
    DemoMessage,
    DemoWorld,
)

TODAY = dt.date(2026, 3, 18)
OPENING = dt.datetime(2026, 3, 18, 8, tzinfo=SHANGHAI)
MOBILE = re.compile(r"1[3-9]\d{9}")
TRADITIONAL = set("發電請開關這個為國學車時間問題樓圍應當實對說話與過從來後灣見門單無長東處點會還")


@pytest.fixture(scope="module")
def world() -> DemoWorld:
    return generate(TODAY)


def of_storyline(world: DemoWorld, key: str) -> list[DemoMessage]:
    return [message for message in world.messages if message.storyline == key]


def test_the_same_day_gives_the_same_world(world: DemoWorld) -> None:
    assert generate(TODAY) == world


@pytest.mark.parametrize("days", [1, 30, 365])
def test_another_day_shifts_messages_only_in_time(world: DemoWorld, days: int) -> None:
    other = generate(TODAY + dt.timedelta(days=days))
    shift = dt.timedelta(days=days)
    for before, after in zip(world.messages, other.messages, strict=True):
        moved = dataclasses.replace(before, occurred_at=before.occurred_at + shift)
        assert moved == after


def test_there_are_many_messages_from_all_five_channels(world: DemoWorld) -> None:
    counts = Counter(message.channel for message in world.messages)
    assert len(world.messages) >= 800
    assert set(counts) == set(CHANNELS)
    assert min(counts.values()) >= 80


def test_messages_cover_ninety_days_and_end_this_morning(world: DemoWorld) -> None:
    moments = [message.occurred_at for message in world.messages]
    assert moments == sorted(moments)
    assert all(moment.tzinfo is SHANGHAI for moment in moments)
    assert OPENING - dt.timedelta(days=91) < moments[0] < OPENING - dt.timedelta(days=80)
    assert moments[-1].date() == TODAY
    assert moments[-1] < OPENING - dt.timedelta(hours=2)


def test_the_hotline_is_called_by_day(world: DemoWorld) -> None:
    calls = [message for message in world.messages if message.channel == "hotline"]
    by_day = [call for call in calls if 8 <= call.occurred_at.hour < 20]
    assert len(by_day) > 0.9 * len(calls)


def test_calls_are_noted_in_the_third_person(world: DemoWorld) -> None:
    calls = [message for message in world.messages if message.channel == "hotline"]
    assert all("来电" in call.body for call in calls)


def test_external_ids_are_unique(world: DemoWorld) -> None:
    ids = [message.external_id for message in world.messages]
    assert len(set(ids)) == len(ids)


def test_texts_are_finished_and_short(world: DemoWorld) -> None:
    for message in world.messages:
        assert message.title
        assert len(message.title) <= 60
        assert 20 <= len(message.body) <= 600
        assert not set("{}[]|") & set(message.title + message.body), message
        assert not re.search(r"[，。；、]{2}|。？|？。|！。|。！", message.body), message.body
        assert message.nature in NATURES


def test_no_two_messages_share_a_body(world: DemoWorld) -> None:
    bodies = Counter(message.body for message in world.messages)
    assert bodies.most_common(1)[0][1] == 1


def test_no_two_storylines_share_a_written_text() -> None:
    rows = sources.read_folder("storylines", "storyline")
    written = [text["body"] for row in rows for text in row["messages"]]
    written += [text for row in rows for kind in ("leads", "facts") for text in row[kind]]
    assert len(written) == len(set(written))


def test_every_storyline_has_eight_to_fourteen_written_messages() -> None:
    for row in sources.read_folder("storylines", "storyline"):
        assert 8 <= len(row["messages"]) <= 14
        for text in row["messages"]:
            assert set(text["on"]) <= set(CHANNELS)


def test_there_are_25_storylines_of_8_to_60_messages(world: DemoWorld) -> None:
    assert len(world.storylines) == 25
    assert len({line.key for line in world.storylines}) == 25
    for line in world.storylines:
        assert 8 <= line.target <= 60
        own = [m for m in of_storyline(world, line.key) if m.copy_of is None]
        assert line.target <= len(own) <= line.target + 2  # the Traditional ones come on top


def test_storylines_stay_within_their_days_and_are_densest_near_the_peak(world: DemoWorld) -> None:
    for line in world.storylines:
        own = [m for m in of_storyline(world, line.key) if m.copy_of is None]
        ages = [(TODAY - message.occurred_at.date()).days for message in own]
        assert max(ages) <= line.start + 1
        assert min(ages) >= line.end
        middle = sorted(ages)[len(ages) // 2]
        assert abs(middle - line.peak) <= 0.55 * (line.start - line.end)


def test_some_storylines_are_hot_now_some_rise_and_some_are_over(world: DemoWorld) -> None:
    def recent(key: str, days: int) -> int:
        since = OPENING - dt.timedelta(days=days)
        return sum(message.occurred_at >= since for message in of_storyline(world, key))

    assert sum(recent(line.key, 7) >= 8 for line in world.storylines) >= 6
    rising = [
        line.key
        for line in world.storylines
        if recent(line.key, 7) > 1.5 * (recent(line.key, 14) - recent(line.key, 7)) > 0
    ]
    assert len(rising) >= 3
    assert sum(recent(line.key, 30) == 0 for line in world.storylines) >= 4


def test_storylines_are_paired_by_matter_and_by_place(world: DemoWorld) -> None:
    by_matter: dict[str, set[str]] = defaultdict(set)
    by_place: dict[str, set[str]] = defaultdict(set)
    for line in world.storylines:
        by_matter[line.category].add(line.place)
        by_place[line.place].add(line.category)
    assert sum(len(places) == 2 for places in by_matter.values()) >= 3
    assert sum(len(matters) == 2 for matters in by_place.values()) >= 3


def test_singles_are_many_and_each_stands_alone(world: DemoWorld) -> None:
    singles = [message for message in world.messages if message.storyline is None]
    assert len(singles) >= 230
    assert len(sources.read_folder("singles", "single")) >= 120
    pairs = Counter((message.title, message.body) for message in singles)
    assert max(pairs.values()) == 1


def test_some_messages_are_in_traditional_script(world: DemoWorld) -> None:
    found = [m for m in world.messages if len(TRADITIONAL & set(m.title + m.body)) >= 2]
    assert len(found) >= 25


def test_forwarded_messages_are_near_copies_said_later_by_others(world: DemoWorld) -> None:
    by_id = {message.external_id: message for message in world.messages}
    copies = [message for message in world.messages if message.copy_of]
    assert len(copies) >= 20
    for copy in copies:
        original = by_id[copy.copy_of or ""]
        assert copy.occurred_at > original.occurred_at
        assert copy.author != original.author
        assert copy.body != original.body
        matcher = difflib.SequenceMatcher(None, original.body, copy.body, autojunk=False)
        assert matcher.ratio() > 0.75


def test_one_person_floods_in_a_few_days(world: DemoWorld) -> None:
    flood = of_storyline(world, world.flood.key)
    assert len(flood) >= 25
    assert len({message.author for message in flood}) == 1
    assert flood[-1].occurred_at - flood[0].occurred_at < dt.timedelta(days=7)
    others = Counter(m.author for m in world.messages if m.storyline != world.flood.key)
    assert others.most_common(1)[0][1] == 1


def test_only_calls_carry_a_number_and_it_is_fictional(world: DemoWorld) -> None:
    for message in world.messages:
        assert (message.phone is not None) == (message.channel == "hotline")
        assert message.phone is None or re.fullmatch(r"1900000\d{4}", message.phone)
        assert not MOBILE.search(message.title + message.body)


def test_links_lead_to_reserved_names_only(world: DemoWorld) -> None:
    links = [message.source_url for message in world.messages if message.source_url]
    assert len(links) > 300
    assert all(re.match(r"https://[\w.]+\.example/", link) for link in links)


def test_units_and_places_named_anywhere_exist(world: DemoWorld) -> None:
    codes = {unit.code for unit in world.units}
    assert 16 <= len(codes) == len(world.units) <= 20
    districts = {place.district for place in world.places}
    names = {place.name for place in world.places}
    used = [line.unit_code for line in (*world.storylines, world.flood)]
    used += [row.unit_code for row in (*world.plan, *world.events, *world.items)]
    assert set(used) <= codes
    for line in (*world.storylines, world.flood):
        assert line.district in districts
        assert line.place in names
    assert {m.district for m in world.messages if m.district} <= districts


def test_the_plan_names_known_forms_and_possible_days(world: DemoWorld) -> None:
    assert 18 <= len(world.plan) <= 25
    assert [entry.number for entry in world.plan] == list(range(1, len(world.plan) + 1))
    for entry in world.plan:
        assert entry.year == TODAY.year
        assert entry.form in FORMS
        dt.date(entry.year, entry.month, entry.day or 1)
    assert {entry.day is None for entry in world.plan} == {True, False}


@pytest.mark.parametrize("today", [TODAY, dt.date(2026, 1, 2), dt.date(2027, 12, 31)])
def test_thirty_events_lie_on_weekdays_around_today(today: dt.date) -> None:
    events = generate(today).events
    states = Counter(event.state for event in events)
    assert len(events) == 30
    assert set(states) == set(EVENT_STATES)
    assert 12 <= states["held"] + states["evaluated"] <= 16
    assert 1 <= states["postponed"] + states["cancelled"] <= 3
    for event in events:
        assert event.form in FORMS
        assert event.starts_at.weekday() < 5
        if event.state in ("held", "evaluated"):
            assert event.starts_at.date() < today
        if event.state in ("proposed", "approved", "preparing", "confirmed"):
            assert today < event.starts_at.date() <= today + dt.timedelta(days=62)


def test_a_planned_event_agrees_with_its_plan_entry(world: DemoWorld) -> None:
    by_number = {entry.number: entry for entry in world.plan}
    planned = [event for event in world.events if event.plan_number]
    assert planned
    for event in planned:
        entry = by_number[event.plan_number or 0]
        assert entry.month == event.starts_at.month
        assert entry.unit_code == event.unit_code


def test_about_ten_events_fit_a_storyline_and_hot_ones_are_left_uncovered(
    world: DemoWorld,
) -> None:
    keys = {line.key for line in world.storylines}
    covered = {event.storyline for event in world.events if event.storyline}
    assert 8 <= len(covered) <= 12
    assert covered <= keys
    hot = {line.key for line in world.storylines if line.end == 0 and line.target >= 30}
    assert len(hot - covered) >= 4


def test_items_stand_in_every_state(world: DemoWorld) -> None:
    states = Counter(item.state for item in world.items)
    assert len(world.items) == 16
    assert set(states) == set(ITEM_STATES)
    assert states.most_common(1)[0][0] == "published"
    assert {item.storyline for item in world.items} <= {line.key for line in world.storylines}
    assert {item.level for item in world.items} == set(LEVELS)


def test_item_reviews_lead_to_its_state(world: DemoWorld) -> None:
    steps = ("first_review", "second_review", "third_review", "secrecy_review", "signing")
    for item in world.items:
        passed = {review.step for review in item.reviews if review.decision == "pass"}
        expected = (
            steps.index(item.state) if item.state in steps else 0 if item.state == "draft" else 5
        )
        assert passed == set(steps[:expected]), item.key
        moments = [item.opened_at, *(review.at for review in item.reviews)]
        assert moments == sorted(moments)
        assert moments[-1] <= OPENING
        assert (item.published_at is not None) == (item.state in ("published", "archived"))
        assert (item.scheduled_for is not None) == (item.state == "scheduled")
        if item.published_at:
            assert moments[-1] < item.published_at <= OPENING
            assert item.published_at - item.opened_at <= dt.timedelta(hours=48)
        if item.scheduled_for:
            assert item.scheduled_for > OPENING


def test_one_item_was_returned_with_a_reason(world: DemoWorld) -> None:
    returned = [r for item in world.items for r in item.reviews if r.decision == "return"]
    assert len(returned) == 1
    assert len(returned[0].comment) > 10


def test_answers_are_of_decent_length(world: DemoWorld) -> None:
    for item in world.items:
        assert 150 <= len(item.answer) <= 400, (item.key, len(item.answer))


def test_only_one_unpublished_answer_carries_personal_data(world: DemoWorld) -> None:
    carrying = [item for item in world.items if MOBILE.search(item.answer)]
    assert [item.state in ("third_review", "signing") for item in carrying] == [True]
    assert "先生" in carrying[0].answer


def test_demo_files_are_not_huge() -> None:
    for path in sources.FOLDER.rglob("*.toml"):
        lines = len(Path(path).read_text(encoding="utf-8").splitlines())
        assert lines < 400, path.name


def test_an_unknown_slot_is_an_error() -> None:
    with pytest.raises(KeyError):
        texts.expand("在{nowhere}", {}, random.Random(1))
