import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import RjiebaSegmenter, content_words, keywords, label, name_topic
from nlp.places import PlaceFinder
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


@settings(deadline=None)  # the first call reads the dictionary
@given(MADE_TITLES, MADE_TITLES)
def test_a_headline_is_made_of_a_stretch_or_two_of_the_messages_within_the_length(titles, bodies):
    headline = label(titles, bodies, max_length=12)
    assert len(headline) <= 12
    texts = "\n".join((*titles, *bodies))
    cuts = range(len(headline) + 1)
    assert any(headline[:cut] in texts and headline[cut:] in texts for cut in cuts)
    if any(text.strip() for text in (*titles, *bodies)):
        assert headline


@settings(deadline=None)
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
    titles = ["停水后噪音很大", "噪音大又停水"]
    plain = dict(keywords(titles))
    weighed = dict(keywords(titles, idf={"噪音": 0.1, "停水": 5.0}))
    assert plain["噪音"] == plain["停水"]
    assert weighed["噪音"] < weighed["停水"]


def test_keywords_of_nothing_are_none():
    assert keywords([]) == []


def finder() -> PlaceFinder:
    """What has learned from a few messages where names stand."""
    seen = ["A3区清荷苑小区停水", "A3区清荷苑小区漏水", "A3区沿河路积水", "A2区文旅城公园"] * 3
    return PlaceFinder().partial_fit(map(RjiebaSegmenter().cut, seen))


def test_a_district_goes_before_a_better_place_and_stays_without_one():
    assert label(["A市A3区沿河路积水严重"]) == "沿河路积水严重"
    assert label(["A市A3区路灯不亮"]) == "A3区路灯不亮"
    assert label(["柏渚县人民医院停电"]) == "柏渚县人民医院停电"


def test_a_noted_place_leads_a_headline_that_lacks_it():
    name = name_topic(["饭盒里的秘密"] * 2, places=["明溪小学", "明溪小学"])
    assert name.label == "明溪小学饭盒里的秘密"
    assert name.place == "明溪小学"
    assert "明溪小学" in dict(name.keywords)


def test_a_place_that_the_title_names_is_not_said_twice():
    assert label(["明溪小学停水"]) == "明溪小学停水"
    assert name_topic(["明溪小学停水"], places=["明溪小学"]).label == "明溪小学停水"


def test_a_place_learned_from_the_stream_is_the_topics_place():
    name = name_topic(["A3区清荷苑停水", "A3区清荷苑又停水"], finder=finder())
    assert name.place == "清荷苑"
    assert name.label.startswith("清荷苑")


def test_a_clause_that_is_too_long_keeps_its_place_and_its_end():
    title = "沿河路与长星路交汇处的经阁铝材加工厂经常夜间排放气体味道刺鼻"
    name = name_topic([title], finder=finder())
    assert name.label == "沿河路经阁铝材加工厂经常夜间排放气体味道刺鼻"


def test_a_question_is_not_turned_into_a_fact():
    assert label(["公积金贷款可以变更姓名吗？"]) == "公积金贷款可以变更姓名吗"


def test_a_post_without_a_title_is_named_by_its_headline():
    body = "#共同战疫#【直播！#沿河路改造发布会#】今天下午，市政府举行发布会介绍情况。"
    assert label([""], [body]) == "沿河路改造发布会"


def test_a_clipped_piece_is_no_keyword():
    titles = ["翠屏湾小区停水", "求助翠屏湾漏水", "翠屏湾电梯坏了"]
    words = dict(name_topic(titles).keywords)
    assert not {"翠", "屏湾"} & words.keys()
    assert any("翠屏湾" in word for word in words)


def test_an_opener_that_begins_a_name_stays() -> None:
    titles = ["望淮新苑地下车库积水", "望淮新苑地下车库积水没人管"]
    assert label(titles).startswith("望淮新苑")
    assert not label(["望尽快修复翠湖名苑路灯", "望早日修复翠湖名苑路灯"]).startswith("望")
