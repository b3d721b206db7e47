import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import PlaceFinder, RjiebaSegmenter, find_places
from nlp.places import is_district, place_suffixes

SEGMENTER = RjiebaSegmenter()

tokens_lists = st.lists(
    st.sampled_from(
        [*"区路的，", "A3区", "清荷", "苑", "小区", "噪音", "三", "期", "2019", "花园"]
    ),
    max_size=15,
)


def names(text, finder=None):
    tokens = SEGMENTER.cut(text)
    return [place.text for place in (finder or PlaceFinder()).find(tokens)]


@pytest.mark.parametrize("name", ["A市", "A3区", "K9县", "雨花区", "长沙市", "宁乡县"])
def test_a_district_is_known_by_its_ending(name):
    assert is_district(name)


@pytest.mark.parametrize("name", ["小区", "社区", "园区", "校区", "区", "噪音", "A7", ""])
def test_what_only_ends_like_a_district_is_none(name):
    assert not is_district(name)


def test_a_name_in_one_word_is_known_by_its_ending_and_taken_with_what_follows():
    tokens = ["投诉", "清荷花园", "小区", "三", "期", "噪音"]
    assert [place.text for place in find_places(tokens)] == ["清荷花园小区三期"]


def test_an_unknown_word_before_an_ending_is_a_name_after_a_district_only():
    assert find_places(["附近", "小区"]) == []
    assert [place.text for place in find_places(["A3区", "清荷", "小区"])][1:] == ["清荷小区"]


def test_district_and_estate_are_two_places_in_order():
    places = find_places(["A3区", "清荷", "小区", "停水"])
    assert [(place.text, place.is_district) for place in places] == [
        ("A3区", True), ("清荷小区", False),
    ]  # fmt: skip


def test_a_place_says_which_tokens_make_it():
    tokens = ["，", "清荷花园", "小区", "停水"]
    [place] = find_places(tokens)
    assert "".join(tokens[place.start : place.end]) == place.text == "清荷花园小区"


def test_no_name_reaches_across_punctuation_or_stop_words():
    assert find_places(["清荷", "，", "小区", "停水"]) == []
    assert find_places(["我", "的", "小区", "停水"]) == []


def test_a_name_without_ending_is_learned_from_where_it_stood():
    stream = [
        ["A3区", "梧桐里", "停水"],
        ["A3区", "梧桐里", "噪音"],
        ["梧桐里", "小区", "停电"],
    ] * 3
    finder = PlaceFinder().partial_fit([*stream, ["停水"], ["停水", "噪音"], ["停水"]])
    text = ["反映", "A3区", "梧桐里", "停水"]
    assert [place.text for place in finder.find(text)] == ["A3区", "梧桐里"]
    assert finder.name_share("梧桐里") > 0.5 > finder.name_share("没见过")
    assert finder.name_share("停水") < 0.5


def test_a_district_is_no_part_of_another_name():
    finder = PlaceFinder().partial_fit([["A3区", "A3区", "小区"]] * 9)
    assert finder.name_share("A3区") == 0.0


def test_learning_in_parts_equals_learning_at_once():
    texts = [SEGMENTER.cut(text) for text in ("清荷小区停水", "A3区清荷苑噪音", "清荷路灯坏了")]
    parts = PlaceFinder()
    for tokens in texts:
        parts.partial_fit([tokens])
    whole = PlaceFinder().partial_fit(texts)
    words = {token for tokens in texts for token in tokens}
    assert {word: parts.name_share(word) for word in words} == {
        word: whole.name_share(word) for word in words
    }


@given(tokens_lists, st.lists(tokens_lists, max_size=5))
def test_places_are_in_order_apart_and_written_as_the_text_has_them(tokens, stream):
    places = PlaceFinder().partial_fit(stream).find(tokens)
    ends = [0]
    for place in places:
        assert place.start >= ends[-1]
        assert place.start < place.end <= len(tokens)
        assert place.text == "".join(tokens[place.start : place.end])
        ends.append(place.end)


def test_a_text_without_words_names_no_place():
    assert find_places([]) == find_places(["，", " "]) == []


def test_the_suffixes_are_read_from_their_list():
    assert {"小区", "花园", "路"} <= place_suffixes()


def test_names_in_a_sentence_are_found_after_cutting():
    assert "清荷小区" in "".join(names("A3区清荷小区旁搅拌站噪音扰民"))


@pytest.mark.parametrize(
    "thing", ["路灯不亮", "路面坑洼", "路口拥堵", "路段积水", "路边停车", "路况差"]
)
def test_a_road_is_not_cut_out_of_its_lamps_and_crossings(thing):
    finder = PlaceFinder().partial_fit([["翠", "屏湾", "小区"], ["槐荫巷"]] * 9)
    for title in (f"槐荫巷{thing}", f"翠屏湾小区{thing}"):
        assert not any(name.endswith("路") for name in names(title, finder))
    torn = ["翠", "屏湾", "小区", "路", thing[1:]]
    assert [place.text for place in finder.find(torn)] == ["翠屏湾小区"]
    assert [place.text for place in finder.find(["翠", "屏湾", "路", "堵车"])] == ["翠屏湾路"]
