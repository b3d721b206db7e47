import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import content_words, keywords, label
from tests.nlp.examples import BUS, NOISE_AT_QINGHE

TITLES = [title for title, _ in NOISE_AT_QINGHE]
BODIES = [body for _, body in NOISE_AT_QINGHE]
PHRASES = [
    "清荷苑",
    "搅拌站",
    "噪音扰民",
    "的问题",
    "，",
    "请问",
    "何时",
    "402路公交",
    "《办法》",
    "停水",
    "！",
]
MADE_TITLES = st.lists(st.lists(st.sampled_from(PHRASES), max_size=8).map("".join), max_size=6)


def test_a_headline_names_place_and_matter():
    headline = label(TITLES, BODIES)
    assert "清荷苑" in headline
    assert "搅拌站" in headline


def test_asking_and_politeness_are_cut_from_the_ends():
    assert label(["请问清荷苑何时通水？", "关于清荷苑通水的问题"]) == "清荷苑通水"


@given(MADE_TITLES, MADE_TITLES)
def test_a_headline_is_a_stretch_of_a_message_within_the_length(titles, bodies):
    headline = label(titles, bodies, max_length=12)
    assert len(headline) <= 12
    assert not headline or any(headline in text for text in (*titles, *bodies))
    if any(text.strip() for text in (*titles, *bodies)):
        assert headline


@given(st.permutations(TITLES))
def test_the_order_of_messages_does_not_matter(titles):
    assert label(titles, BODIES) == label(TITLES, BODIES)


def test_a_headline_opens_no_quotation_that_it_does_not_close():
    title = "清荷苑《物业收费管理办法实施细则公开征求意见稿通告》搅拌站"
    headline = label([title], max_length=10)
    assert headline.count("《") == headline.count("》")


def test_without_titles_the_bodies_give_the_name():
    assert "402" in label(["", ""], [body for _, body in BUS])


def test_a_number_stays_with_its_word():
    assert label(["建议402路公交车延长线路"]) == "402路公交车延长线路"
    assert not label(["清荷苑402路公交车"], max_length=6).startswith("路")


def test_no_text_gives_no_name():
    assert label([]) == ""
    assert label([""], ["  "]) == ""


def test_a_title_without_content_is_shown_as_it_is():
    assert label(["您好！"]) == "您好！"


def test_keywords_are_words_of_the_messages_with_shares_of_one():
    words = keywords(TITLES, BODIES, limit=4)
    assert len(words) == 4
    assert {"清荷苑", "搅拌站"} <= {word for word, _ in words}
    assert sum(weight for _, weight in words) == pytest.approx(1)
    assert [weight for _, weight in words] == sorted((w for _, w in words), reverse=True)
    assert all(any(word in text for text in TITLES + BODIES) for word, _ in words)
    assert content_words(word for word, _ in words) == [word for word, _ in words]


def test_a_word_that_every_topic_uses_falls_behind_by_its_idf():
    plain = dict(keywords(["清荷苑小区停水", "清荷苑小区停水"]))
    weighed = dict(keywords(["清荷苑小区停水", "清荷苑小区停水"], idf={"小区": 0.1, "停水": 5.0}))
    assert plain["小区"] == plain["停水"]
    assert weighed["小区"] < weighed["停水"]


def test_keywords_of_nothing_are_none():
    assert keywords([]) == []
