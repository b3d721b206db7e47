"""Messages that say the same again are one group, whichever way they came."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from sqlalchemy import func, select

from responder.core.database import transaction
from responder.core.errors import Stale
from responder.core.permissions import CONSOLE
from responder.intake import service
from responder.intake.models import Channel, Message, MessageRepeat, MessageSketch
from responder.intake.new_message import NewMessage
from responder.intake.repeats import grouping, regrouping
from tests.factories import NOW

LETTER = (
    "清荷苑小区门口的搅拌站日夜开工，灰尘飘进家里，老人孩子整夜咳嗽，我们已经打过很多次电话，"
    "每次都说会来看，可是到现在也没有人来，请尽快让搅拌站停工搬走。"
)
TITLE = "清荷苑搅拌站扰民"
PERSON = count()


def store(*texts: tuple[str, str] | str, **more) -> list[Message]:
    """Store messages, each by another person; a text alone has the title of all."""
    pairs = [(TITLE, text) if isinstance(text, str) else text for text in texts]
    with transaction(CONSOLE, NOW) as session:
        before = session.scalar(select(func.count(Message.id)))
        new = [
            NewMessage(
                Channel.FORUM, title, body, NOW - timedelta(hours=1), f"市民{next(PERSON)}", **more
            )
            for title, body in pairs
        ]
        service.store_messages(session, new, NOW)
        return list(session.scalars(select(Message).order_by(Message.id)))[before:]


def groups(session) -> dict[int, int]:
    return dict(session.execute(select(MessageRepeat.message_id, MessageRepeat.first_id)).all())


@pytest.mark.parametrize(
    "again",
    [
        LETTER,
        LETTER.replace("，", "、").replace("。", "！！"),
        LETTER.replace("门", "門").replace("们", "們").replace("电", "電"),
        f"转发：{LETTER}",
        f"太过分了//@城南的猫:{LETTER}",
    ],
)
def test_what_says_the_same_joins_the_first(session, again) -> None:
    [first] = store(LETTER)
    [repeat] = store(again)
    assert groups(session) == {repeat.id: first.id}


def test_messages_of_one_portion_are_compared_with_each_other(session) -> None:
    first, other, repeat = store(LETTER, "希望402路公交车延长到江滩公园，老人步行困难", LETTER)
    assert groups(session) == {repeat.id: first.id}
    assert other.repeats_id is None
    assert repeat.repeats_id == first.id


def test_the_same_words_of_another_estate_are_no_repeat(session) -> None:
    store(("魅力之城商铺油烟扰民", f"魅力之城{LETTER[5:]}"))
    store(("润芳园小区商铺油烟扰民", f"润芳园小区{LETTER[5:]}"))
    assert groups(session) == {}


def test_the_same_words_with_another_place_noted_are_no_repeat(session) -> None:
    store(LETTER[5:], place="魅力之城")
    store(LETTER[5:], place="润芳园小区")
    assert groups(session) == {}


def test_places_do_not_meet_through_a_message_that_names_none(session) -> None:
    smoke = "夜里烧烤油烟太大，孩子咳嗽睡不着，打了很多次电话都没有人来处理，请尽快管一管，谢谢。"
    store(("油烟扰民", smoke))
    store(("油烟扰民", smoke), place="魅力之城")
    store(("油烟扰民", f"润芳园小区{smoke}"))
    assert groups(session) == {}


def test_the_same_words_in_another_district_are_no_repeat(session) -> None:
    store(LETTER, district="澜中区")
    store(LETTER, district="柏渚县")
    assert groups(session) == {}


def test_a_group_opens_to_every_original_and_is_counted(session) -> None:
    ids = [message.id for message in store(LETTER, LETTER, f"{LETTER}谢谢")]
    for message in session.scalars(select(Message)):
        assert [one.id for one in session.scalars(grouping.of_group(message))] == ids
    assert grouping.counts(session, ids) == {ids[0]: 2}


def test_the_page_of_a_message_shows_who_else_said_it(client, people) -> None:
    first, second = store(LETTER, f"{LETTER}谢谢")
    people.sign_in(client, people.analyst)
    for message, other in ((first, second), (second, first)):
        page = client.get(f"/messages/{message.id}").text
        assert "说的是同一件事" in page
        assert f'href="/messages/{other.id}"' in page


def test_when_the_first_leaves_the_next_stands_for_the_group(session) -> None:
    first, *others = (message.id for message in store(LETTER, LETTER, LETTER))
    with transaction(CONSOLE, NOW) as writing:
        grouping.leave(writing, [first])
        writing.delete(writing.get_one(Message, first))
    assert groups(session) == {others[1]: others[0]}
    [newest] = store(LETTER)
    assert groups(session)[newest.id] == others[0]


def test_who_leaves_leaves_nothing_behind(session) -> None:
    ids = [message.id for message in store(LETTER, LETTER)]
    with transaction(CONSOLE, NOW) as writing:
        grouping.leave(writing, ids)
    assert groups(session) == {}
    assert session.scalar(select(func.count()).select_from(MessageSketch)) == 0


def test_the_command_ends_where_the_newest_message_has_no_letters(session, app) -> None:
    first, second, _ = store(LETTER, LETTER, ("？？？", "。。"))
    with transaction(CONSOLE, NOW) as writing:
        grouping.forget(writing)
    told = app.test_cli_runner().invoke(args=["repeats"]).stderr
    assert "本次归组 3 条" in told
    assert groups(session) == {second.id: first.id}


def test_grouping_anew_that_is_stopped_changes_nothing_and_says_how_to_go_on(
    session, app, monkeypatch
) -> None:
    first, second = store(LETTER, LETTER)
    finish = regrouping.store

    def stopped(*_given) -> int:
        monkeypatch.setattr(regrouping, "store", finish)
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError("it was to stop")

    monkeypatch.setattr(regrouping, "store", stopped)
    run = partial(app.test_cli_runner().invoke, args=["repeats", "--anew", "--workers", "1"])
    error = run().exception
    assert isinstance(error, Stale)
    assert "再次运行同一命令即从断点继续" in str(error.message)
    kept = app.extensions["settings"].topic_memory / "repeats"
    assert any(kept.iterdir())
    assert "本次归组 2 条" in run().stderr
    assert groups(session) == {second.id: first.id}
    assert not any(kept.iterdir())


def test_the_command_groups_what_an_older_version_stored(session, app) -> None:
    def run() -> str:
        return app.test_cli_runner().invoke(args=["repeats"]).stderr

    first, second = store(LETTER, LETTER)
    with transaction(CONSOLE, NOW) as writing:
        grouping.forget(writing)
    assert "归组 2 条" in run()
    assert groups(session) == {second.id: first.id}
    assert "归组 0 条" in run()
