import random
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import NearDuplicates, Saying, normalise
from nlp.duplicates import NEWEST_OF_A_KEY, closest, no_keys

LETTER = (
    "清荷苑小区门口的搅拌站日夜开工，灰尘飘进家里，老人孩子整夜咳嗽，我们已经打过很多次电话，"
    "每次都说会来看，可是到现在也没有人来，请尽快让搅拌站停工搬走。"
)
TITLE = "清荷苑小区搅拌站扰民"


def find(texts, titles=None):
    sayings = [
        Saying(title, text) for title, text in zip(titles or [""] * len(texts), texts, strict=True)
    ]
    return NearDuplicates().fit_predict(sayings).tolist()


def test_a_copy_with_another_greeting_repeats_the_first():
    assert find([LETTER, "您好！" + LETTER, LETTER + "谢谢。"], [TITLE] * 3) == [0, 0, 0]


def test_the_same_words_about_another_estate_are_no_repeat():
    other = LETTER.replace("清荷苑", "白鹭湾")
    assert find([LETTER, other], [TITLE, TITLE.replace("清荷苑", "白鹭湾")]) == [0, 1]


def test_without_titles_the_opening_tells_the_places():
    assert find([LETTER, LETTER.replace("清荷苑", "白鹭湾"), LETTER]) == [0, 1, 0]


def test_another_building_number_is_no_repeat_but_another_date_is():
    texts = [f"{LETTER}" for _ in range(3)]
    titles = ["清荷苑3栋停水", "清荷苑5栋停水", "2024年3月5日清荷苑3栋停水"]
    assert find(texts, titles) == [0, 1, 0]


def test_a_place_named_more_fully_is_the_same_place():
    assert find([LETTER, LETTER], [TITLE, "暮云街道" + TITLE]) == [0, 0]


def test_different_texts_are_their_own_representatives():
    assert find([LETTER, "希望402路公交车延长到江滩公园，老人步行困难。"]) == [0, 1]


def test_nothing_and_empty_texts_are_handled():
    assert find([]) == []
    assert find(["", ""]) == [0, 1]


def test_traditional_script_and_other_punctuation_are_the_same_text():
    other = LETTER.replace("，", "、").replace("们", "們").replace("门", "門")
    assert find([LETTER, normalise(other)]) == [0, 0]


@pytest.mark.parametrize(
    "sent_on",
    ["转发：{}", "【转】{}", "太过分了//@城南的猫:{}", "转发微博 //@甲:同感//@乙：{}"],
)
def test_a_text_that_is_sent_on_repeats_it(sent_on):
    assert find([LETTER, sent_on.format(LETTER)]) == [0, 0]


def test_one_person_may_say_it_more_freely_than_two():
    again = LETTER[: int(len(LETTER) * 0.75)] + "今天夜里又是三点才停，实在受不了。"
    one, other = Saying(TITLE, LETTER, author="a"), Saying(TITLE, again, author="a")
    assert NearDuplicates().repeats(other, one)
    assert not NearDuplicates().repeats(other._replace(author="b"), one)


def test_two_people_who_say_little_do_not_repeat_each_other():
    said = Saying("路灯坏了", "路灯坏了")
    assert not NearDuplicates().repeats(said, said)
    assert NearDuplicates().repeats(said._replace(author="a"), said._replace(author="a"))


def test_a_place_noted_beside_the_text_tells_two_matters_apart():
    here, there = Saying(TITLE, LETTER, "清荷苑"), Saying(TITLE, LETTER, "白鹭湾")
    assert NearDuplicates().fit_predict([here, there, here]).tolist() == [0, 1, 0]


def test_a_place_named_only_in_the_text_tells_two_matters_apart():
    long = "您好，" * 30
    texts = [f"{long}{LETTER}", f"{long}{LETTER.replace('清荷苑小区', '润芳园小区')}"]
    assert find(texts, ["搅拌站扰民"] * 2) == [0, 1]


SHORT = st.text("清荷苑搅拌站扰民3栋，", max_size=20)


@given(st.lists(st.builds(Saying, SHORT, SHORT, author=st.sampled_from("ab")), max_size=12))
def test_representatives_come_first_and_stand_for_themselves(sayings):
    found = NearDuplicates().fit_predict(sayings)
    assert np.all(found <= np.arange(len(sayings)))
    assert np.array_equal(found[found], found)


def test_nearly_all_copies_with_small_changes_share_a_key():
    chance = random.Random(7)
    han = [chr(code) for code in range(0x4E00, 0x4E00 + 2_000)]
    missed = 0
    for _ in range(300):
        text = "".join(chance.choices(han, k=200))
        places = set(chance.sample(range(200), 4))  # a Jaccard similarity of some .85
        other = "".join("改" if at in places else one for at, one in enumerate(text))
        one, two = NearDuplicates().sketch([Saying("", text), Saying("", other)]).tolist()
        missed += set(one).isdisjoint(two)
    assert missed <= 24  # 8 %: four of two hundred characters are a seventh of the shingles


def test_other_texts_share_no_key():
    texts = [Saying("", f"{LETTER[:40]}{n}号线末班车太早") for n in range(3)]
    texts += [Saying("", LETTER), Saying("", LETTER[::-1])]
    keys = NearDuplicates().sketch(texts[2:]).tolist()
    assert all(set(one).isdisjoint(two) for one, two in combinations(keys, 2))


class _Counting(NearDuplicates):
    most = 0

    def first_of(self, one, earlier):
        self.most = max(self.most, len(earlier))
        return super().first_of(one, earlier)


def test_the_form_letters_of_each_building_are_found_among_those_of_all_others() -> None:
    letter = "我们都是这个小区的业主，开发商承诺的学校和绿地一直没有建，请政府部门尽快调查处理"
    flood = [
        Saying(f"{n // 2 % 700}号楼业主反映", f"{letter}{'谢谢' * (n % 3)}", author=f"{n % 90}")
        for n in range(2_000)
    ]
    counting = _Counting()
    found = counting.fit_predict(flood).tolist()
    assert found == [n // 2 % 700 * 2 for n in range(2_000)]
    assert counting.most == 1  # none of another building, which can be no repeat


def test_what_shares_more_is_compared_before_what_is_newer() -> None:
    """A letter of years ago is found again behind twenty newer ones that hardly resemble it."""
    said = Saying("", LETTER)
    keys = NearDuplicates().sketch([said, said])[0].tolist()
    posted = no_keys()
    for key in keys:
        posted[key].append(1)
    posted[keys[0]].extend(range(2, NEWEST_OF_A_KEY + 1))
    assert len(closest(keys, posted)) == 8
    assert closest(keys, posted)[0] == 1


def test_of_a_form_letter_the_newest_are_compared() -> None:
    posted = no_keys()
    posted[7].extend(range(1, 100))
    assert sorted(closest([7, 7, 0, 0], posted)) == list(range(92, 100))
