"""The search index, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI
from responder.intake import service
from responder.intake.models import Channel, Message, MessageRepeat
from responder.intake.searching import databases, find, index_missing, listing, names
from responder.intake.searching.conditions import matches, read_asked
from responder.intake.searching.index import forget
from responder.intake.searching.listing import MessageSource, copies
from responder.intake.searching.models import MessageSearch
from responder.intake.searching.names import learn_names, names_typed_as
from responder.intake.searching.query import Query, read_query
from responder.intake.searching.wanted import MessageFilter, Order, Repeats
from tests.factories import NOW, unit
from tests.intake.factories import new_message

LETTERS = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF) | st.sampled_from(
    "AZazＡｚ0９魅力之城臺灣瞭解乾淨著覆ß"
)
NUMBERS = count(1)
SIGNS = st.sampled_from("，。 \n'\"*-()&|!:")


def store(*messages: service.NewMessage) -> None:
    with transaction(CONSOLE) as session:
        service.store_messages(session, messages, NOW)


def titles(session: Session, typed: str = "", **wanted: object) -> list[str]:
    source = MessageSource(session, MessageFilter(text=typed, **wanted), SHANGHAI)
    rows = source.part(0, 30)
    assert source.count() == source.whole() == len(rows)
    return [message.title for message in rows]


def found(session: Session, words: str, **options: object) -> list[str]:
    ids = [hit.id for hit in find(session, words, limit=10, **options)]
    return [session.get_one(Message, one).title for one in ids]


@given(body=st.text(LETTERS | SIGNS, min_size=4, max_size=60), data=st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_part_of_a_text_finds_its_message(session: Session, body: str, data) -> None:
    runs = [run for run in "".join(c if c.isalnum() else " " for c in body).split() if run[1:]]
    if not runs:
        return
    run = data.draw(st.sampled_from(runs))
    start = data.draw(st.integers(0, len(run) - 2))
    part = run[start : start + data.draw(st.integers(2, 4))]
    with transaction(CONSOLE) as writing:
        service.store_messages(writing, [new_message(next(NUMBERS), title="题", body=body)], NOW)
    newest = session.scalar(select(func.max(Message.id)))
    assert newest in [hit.id for hit in find(session, f'"{part}"', limit=100)], part


def test_either_script_width_and_case_find_the_others(session: Session) -> None:
    store(
        new_message(1, title="馬路壞了", body="請瞭解一下ＡＢ棟"),
        new_message(2, title="马路坏了", body="请了解一下ab栋"),
        new_message(3),
    )
    for typed in ("马路坏", "馬路壞", "了解 AB", "瞭解 ａｂ", "路"):
        assert set(titles(session, typed)) == {"馬路壞了", "马路坏了"}, typed


SIGNS_TYPED = (
    '"', "' OR 1=1 --", "NEAR(路灯 坏了)", "路灯* OR 坏了", "a:b & !c | (d", "-", '""', "路灯 -",
    "\\",
)  # fmt: skip


def test_signs_of_a_query_language_are_only_signs(session: Session) -> None:
    store(new_message(1, title="路灯坏了"))
    for typed in SIGNS_TYPED:
        titles(session, typed)
        find(session, typed, limit=5, any_word=True)
    assert titles(session, "路灯'); DROP TABLE message; --") == []
    assert titles(session, "路灯*") == ["路灯坏了"]


def test_words_are_all_there_quoted_ones_side_by_side_and_some_not(session: Session) -> None:
    store(
        new_message(1, title="小区停水", body="物业不管"),
        new_message(2, title="停水通知", body="小区物业"),
        new_message(3, title="小区停电", body="停电了"),
    )
    assert set(titles(session, "停水 小区")) == {"小区停水", "停水通知"}
    assert titles(session, '"小区停水"') == ["小区停水"]
    assert titles(session, "小区 -停水") == ["小区停电"]
    assert titles(session, "停水小区物业不管") == ["停水通知", "小区停水"]
    assert titles(session, "-小区 -停水") == []


def test_what_was_typed_is_read_as_words_and_exceptions() -> None:
    assert read_query('噪音，-施工 "Ａ市 魅力" 「之城」') == Query(
        ("噪音", "施工", "a市 魅力", "之城"), ()
    )
    assert read_query('噪音 -施工 －"夜里 打桩"') == Query(("噪音",), ("施工", "夜里 打桩"))
    assert not read_query('，。%_ - ""')


def test_a_deleted_message_leaves_nothing_in_the_index(session: Session) -> None:
    store(new_message(1, title="路灯坏了"), new_message(2, title="公交太少"))
    session.execute(delete(Message).where(Message.title == "路灯坏了"))
    assert found(session, "路灯") == []
    assert session.scalar(select(func.count()).select_from(MessageSearch)) == 1
    if session.get_bind().dialect.name == "sqlite":
        match = text(
            "SELECT count(*) FROM message_search_index WHERE message_search_index MATCH :q"
        )
        assert session.scalar(match, {"q": '"路灯"'}) == 0
        assert session.scalar(match, {"q": '"公交"'}) == 1


def test_what_is_masked_cannot_be_found(session: Session) -> None:
    store(new_message(1, title="致电", body="我叫李大山先生，打13987654321，住5栋2单元301室"))
    for secret in ("13987654321", "9876", "大山", "301"):
        assert titles(session, secret) == [], secret
    assert titles(session, "先生") == ["致电"]


def test_what_was_stored_before_the_index_is_brought_in_portions(session: Session) -> None:
    store(*(new_message(number) for number in range(5)))
    forget(session, session.scalars(select(Message.id)))
    assert titles(session, "件事") == []
    assert [index_missing(session, 2) for _ in range(4)] == [2, 2, 1, 0]
    assert len(titles(session, "件事")) == 5


def test_similar_messages_come_by_the_rarity_of_what_they_share(session: Session) -> None:
    store(
        *(new_message(number, body=f"小区的物业不作为，第{number}次反映") for number in range(60)),
        new_message(70, title="翠庭花园", body="小区的翠庭花园夜里施工噪音"),
        new_message(71, title="别处施工", body="别处夜里施工"),
    )
    similar = found(session, "翠庭花园的小区物业夜里让人施工", any_word=True)
    assert similar[:2] == ["翠庭花园", "别处施工"]
    since = datetime(2027, 1, 1, tzinfo=UTC)
    assert find(session, "翠庭花园", limit=5, any_word=True, since=since) == []
    assert find(session, "，。", limit=5, any_word=True) == []


def test_pinyin_and_its_initials_find_places_and_units(session: Session) -> None:
    unit("zjj", "市住房和城乡建设局")
    store(
        new_message(1, title="噪音", body="夜里太吵", place="魅力之城"),
        new_message(2, title="请市住房和城乡建设局管管", body="漏水"),
        new_message(3, title="mlzc", body="字母"),
    )
    assert learn_names(100, CONSOLE) == 3
    assert learn_names(100, CONSOLE) == 0
    assert names_typed_as(session, "mlzc") == ["魅力之城"]
    assert set(titles(session, "mlzc")) == {"噪音", "mlzc"}
    assert titles(session, "MeiLiZhiCheng 吵") == ["噪音"]
    assert titles(session, "szfhcxjsj") == ["请市住房和城乡建设局管管"]
    assert titles(session, "-mlzc") == ["请市住房和城乡建设局管管"]
    assert titles(session, '"mlzc"') == ["mlzc"]
    assert set(titles(session, '-"mlzc"')) == {"噪音", "请市住房和城乡建设局管管"}


def test_fields_restrict_and_days_are_the_offices(session: Session) -> None:
    late = datetime(2026, 3, 5, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    store(
        new_message(1, title="当天", occurred_at=late, district="江南区", urgent=True),
        new_message(2, title="次日", occurred_at=late + timedelta(minutes=1), place="滨江路"),
        new_message(3, title="微博", occurred_at=late, channel=Channel.WEIBO, reply="已收悉"),
    )
    day = date(2026, 3, 5)
    assert titles(session, channel=Channel.WEIBO) == ["微博"]
    assert titles(session, district="江南") == ["当天"]
    assert titles(session, place="濱江") == ["次日"]
    assert titles(session, urgent=True) == ["当天"]
    assert titles(session, replied=True) == ["微博"]
    assert titles(session, replied=False) == ["次日", "当天"]
    assert titles(session, first_day=day + timedelta(days=1)) == ["次日"]
    assert titles(session, last_day=day) == ["微博", "当天"]
    assert titles(session) == ["次日", "微博", "当天"]


def test_repeats_are_listed_once_a_group_and_the_largest_group_first(session: Session) -> None:
    words = "滨江路工地夜里十一点还在打桩，孩子睡不着，请有关部门尽快处理"
    store(
        new_message(1, title="打桩", body=words, channel=Channel.HOTLINE),
        *(new_message(number, title=f"又打桩{number}", body=words) for number in (2, 3)),
        new_message(4, title="别的", body="公交车太少，等了一个小时"),
    )
    ids = list(session.scalars(select(Message.id).order_by(Message.id)))
    session.execute(delete(MessageRepeat))
    session.add_all(MessageRepeat(message_id=one, first_id=ids[0]) for one in ids[1:3])
    session.flush()
    assert titles(session, repeats=Repeats.FIRST) == ["别的", "打桩"]
    assert titles(session, channel=Channel.MAILBOX, repeats=Repeats.FIRST) == ["别的", "又打桩2"]
    assert titles(session, repeats=Repeats.REPEATED) == ["又打桩3", "又打桩2", "打桩"]
    assert titles(session, order=Order.REPEATS) == ["打桩", "又打桩2", "又打桩3", "别的"]
    firsts = MessageSource(session, MessageFilter(repeats=Repeats.FIRST), SHANGHAI).part(0, 30)
    assert copies(session, firsts) == {ids[0]: 3}


def test_the_most_relevant_is_what_names_it_first_and_together(session: Session) -> None:
    store(
        new_message(1, title="施工噪音", body="施工噪音太大，施工噪音不停"),
        new_message(2, title="别的事", body="说了很多别的事情" * 5 + "噪音，也有施工"),
    )
    assert titles(session, "施工 噪音", order=Order.TIME) == ["别的事", "施工噪音"]
    assert titles(session, "施工 噪音", order=Order.RELEVANCE) == ["施工噪音", "别的事"]


@pytest.mark.parametrize("typed", ["3栋502室", "502", "栋5", "5组12号", "12号", "花园3"])
def test_no_trial_of_the_place_finds_a_door_that_pages_mask(session: Session, typed: str) -> None:
    store(
        new_message(1, title="漏水", body="厨房漏水", place="翠庭花园3栋502室"),
        new_message(2, title="修路", body="路坏了", place="石桥村5组12号"),
        new_message(3, title="电话", body="没人接", district="城东区3栋502室"),
    )
    for field in ("place", "district"):
        assert titles(session, "", **{field: typed}) == []
    assert titles(session, "", place="翠庭花园") == ["漏水"]
    assert titles(session, "", place="石橋村") == ["修路"]
    assert titles(session, "", district="城东区") == ["电话"]


def test_reading_messages_for_names_holds_no_lock(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(new_message(1, title="噪音", body="夜里太吵", place="魅力之城"))
    seen: list[bool] = []

    class Watching:
        def cut(self, text: str) -> list[str]:
            seen.append(db.session.in_transaction())
            return [text]

    monkeypatch.setattr(names, "default_segmenter", Watching)
    assert learn_names(100, CONSOLE) == 1
    assert seen == [False]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("施工", {}),
        ("夜里施工", {}),
        ("夜里施工 -第3件", {}),
        ("bjgy", {}),
        ("施工", {"order": Order.RELEVANCE}),
        ("夜里施工", {"order": Order.RELEVANCE}),
        ("夜里施工 -第3件", {"order": Order.RELEVANCE}),
        ("夜里施工", {"channel": Channel.HOTLINE}),
        ("夜里施工", {"repeats": Repeats.FIRST}),
        ("夜里施工", {"order": Order.REPEATS}),
        ("", {"repeats": Repeats.FIRST}),
    ],
)
def test_however_many_fit_the_same_are_found_in_the_same_order(
    session: Session, typed: str, wanted: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ("夜里施工太吵", "施工在夜里", "请修路灯")
    store(
        *(
            new_message(
                number,
                title=f"第{number}件",
                body=f"{said[number % 3]}{'，盼复' * number}",
                place="滨江公园" if number % 2 else "",
                channel=(Channel.HOTLINE, Channel.MAILBOX)[number % 2],
                occurred_at=NOW - timedelta(hours=number * 7 % 11),
            )
            for number in range(12)
        )
    )
    learn_names(100, CONSOLE)
    few = titles(session, typed, **wanted)
    monkeypatch.setattr(listing, "SELDOM", 0)
    assert titles(session, typed, **wanted) == few != []
    monkeypatch.setattr(databases.PostgresIndex, "asks_each", lambda *_: True)
    assert titles(session, typed, **wanted) == few


def test_what_stands_in_another_word_is_not_looked_up_beside_it(session: Session) -> None:
    store(
        new_message(1, title="热线 0000-0 无人接听", body="请处理"),
        new_message(2, title="热线 000-01", body="请处理"),
        new_message(3, title="搅拌站的噪音", body="搅拌站昼夜施工"),
    )
    assert titles(session, "0000-0") == ["热线 0000-0 无人接听"]
    assert titles(session, "搅拌 搅拌站") == ["搅拌站的噪音"]
    longer, both = (matches(session, read_asked(session, typed)) for typed in ("0000", "0000-0"))
    assert longer is not None
    assert both is not None
    assert both.compile(db.engine).params == longer.compile(db.engine).params
