"""Learning classes from texts; the examples are made up."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from nlp.classify import TextClassifier
from nlp.cues import CueFinder

CUES = {"transport": ["公交", "公交车", "班次"], "school": ["学校", "老师"], "water": ["停水"]}
MATTERS = {
    "交通": ["公交车半小时不来", "司机不停站", "末班车太早", "线路班次太少", "站台没有遮雨棚"],
    "教育": ["学校食堂涨价", "老师要求补课", "孩子入学学位不够", "操场夜里不开", "学费收据没有给"],
    "供水": ["家里停水两天", "自来水发黄", "水压太低洗不了澡", "水表走得太快", "水管漏水没人修"],
}
OPENINGS = ["您好，", "请问，", "我是居民，", "第三次反映："]


def texts_and_labels() -> tuple[list[str], list[str]]:
    pairs = [
        (opening + text, label)
        for label, texts in MATTERS.items()
        for opening, text in product(OPENINGS, texts)
    ]
    return [text for text, _ in pairs], [label for _, label in pairs]


@pytest.fixture(scope="module")
def learned() -> TextClassifier:
    texts, labels = texts_and_labels()
    classifier = TextClassifier(CUES)
    return classifier.fit([classifier.read(text) for text in texts], labels)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("公交车司机甩站，等了很久", "交通"),
        ("学校老师上课时间补课", "教育"),
        ("小区自来水又停水了", "供水"),
    ],
)
def test_new_texts_find_their_class_and_the_words_that_say_so(learned, text, label) -> None:
    choices = learned.choices(learned.read(text))
    assert choices[0].label == label
    assert choices[0].chance > choices[1].chance
    assert sum(one.chance for one in choices) == pytest.approx(1)
    words = learned.explain(text, label)
    assert words[0].text in text
    assert words == sorted(words, key=lambda word: -word.weight)


def test_the_words_shown_are_what_moves_the_decision(learned) -> None:
    text = "学校食堂的菜单，公交车也在旁边"
    words = [word.text for word in learned.explain(text, "教育")]
    assert words[0] == "学校食堂"
    assert "公交车" not in words
    which = learned.labels_.index("教育")
    whole, without = learned.scores(
        [learned.read(text), learned.read(text.replace(words[0], "，" * len(words[0])))]
    )
    assert without[which] < whole[which]


def test_function_words_and_numbers_are_not_counted() -> None:
    terms = TextClassifier().read("说的了a7县120路，etc" + "，" * 40 + "停水").terms
    assert {" etc", " 停水", "停水"} <= terms.keys()
    assert not {"的了", "7县", " a7县", " 120", " 的", " ，", "，"} & terms.keys()
    assert "停" not in terms  # a character counts by itself only in the opening


def test_learning_twice_gives_the_same(learned) -> None:
    texts, labels = texts_and_labels()
    again = TextClassifier(CUES)
    again.fit([again.read(text) for text in texts], labels)
    readings = [again.read(text) for text in texts]
    assert np.array_equal(again.scores(readings), learned.scores(readings))


def test_what_is_stored_as_arrays_answers_the_same(learned) -> None:
    restored = TextClassifier.from_arrays(learned.arrays())
    readings = [learned.read("公交车"), learned.read(""), learned.read("𠮷野家涨价")]
    assert np.array_equal(restored.scores(readings), learned.scores(readings))


def test_arrays_that_do_not_fit_are_refused(learned) -> None:
    arrays = learned.arrays()
    with pytest.raises(ValueError, match="weights"):
        TextClassifier.from_arrays({**arrays, "weights": arrays["weights"][1:]})
    broken = arrays["levels"].copy()
    broken[0] = np.nan
    with pytest.raises(ValueError, match="levels"):
        TextClassifier.from_arrays({**arrays, "levels": broken})


def test_a_rare_class_is_not_drowned() -> None:
    texts = ["停水了没有水用"] * 60 + [f"停水{n}天" for n in range(30)]
    texts += ["停水导致公交车洗不了", "公交车停运", "公交改线"]
    labels = ["供水"] * 90 + ["交通"] * 3
    classifier = TextClassifier()
    classifier.fit([classifier.read(text) for text in texts], labels)
    assert classifier.predict([classifier.read("公交车不来")]) == ["交通"]


def test_one_class_cannot_be_told_from_others() -> None:
    classifier = TextClassifier()
    with pytest.raises(ValueError, match="two classes"):
        classifier.fit([classifier.read("停水")], ["供水"])


def test_nothing_read_gives_no_scores(learned) -> None:
    assert learned.scores([]).shape == (0, 3)
    assert learned.predict([]) == []


def test_the_longest_cue_counts_and_the_opening_counts_more() -> None:
    finder = CueFinder(["公交", "公交车", "VIP"])
    assert set(finder.find("公交车与vip")) == {"公交车", "vip"}
    found = finder.find("公交" + "，" * 200 + "公交车")
    assert found["公交"] == 4.0
    assert found["公交车"] == pytest.approx(1.0, abs=0.01)


def test_a_number_is_not_found_within_a_longer_one() -> None:
    finder = CueFinder(["120", "4s店", "12345"])
    assert set(finder.find("拨打120，去4S店")) == {"120", "4s店"}
    assert finder.find("电话13912345678，共1200户，14S店，第1120号") == {}
