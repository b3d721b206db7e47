"""Releases are ranked for messages and topics, and each ranking says by which words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from nlp import Linker, WordCosine, content_words, default_segmenter, normalise
from nlp.linking import Ranker

MESSAGES = [
    "清荷苑小区旁搅拌站噪音扰民\n搅拌站日夜开工，居民整夜无法入睡。",
    "402路公交车能否延长到江滩公园\n终点离公园还有两公里，老人步行困难。",
    "白鹭湾楼下烧烤摊油烟直排\n烧烤摊营业到凌晨，油烟呛人，不敢开窗。",
    "学校食堂饭菜涨价\n一荤一素要十八元，孩子说吃不饱。",
]
RELEASES = [
    "您好！关于学校食堂饭菜价格，经核实，系原材料上涨所致。感谢您的关心。",
    "您好！白鹭湾烧烤摊已责令加装油烟净化设施。感谢您的关心。",
    "您好！关于江滩公园公交线路，402路将延长一站。感谢您的关心。",
    "您好！清荷苑旁搅拌站已停产整改，夜间不再施工。感谢您的关心。",
]
RIGHT = [3, 2, 1, 0]


class CountingSegmenter:
    """The default one, and how many texts it was given."""

    def __init__(self) -> None:
        self.cuts = 0

    def cut(self, text: str) -> list[str]:
        self.cuts += 1
        return default_segmenter().cut(text)


def first(ranker: Ranker, messages: list[str] = MESSAGES) -> list[int]:
    return [hits[0].release for hits in ranker.rank(messages)]


def test_each_message_finds_the_release_that_answers_it() -> None:
    assert first(Linker().fit(MESSAGES, RELEASES)) == RIGHT


def test_a_name_that_is_misspelt_is_found_where_words_find_nothing() -> None:
    releases = ["金麓府项目办证进度说明", "清荷苑加装电梯公告"]
    messages = ["金麓俯什么时候办证", "清荷园电梯"]
    assert first(Linker().fit(messages, releases), messages) == [0, 1]


def test_what_every_release_says_tells_none_from_the_next() -> None:
    formula = "市政府新闻办公室举行新闻发布会介绍有关情况"
    releases = [f"{formula}：疫苗接种安排", f"{formula}：公交线网优化"]
    [hits] = Linker().fit(["新闻发布会上说的疫苗"], releases).rank(["新闻发布会上说的疫苗"])
    assert hits[0].release == 0
    linker = Linker().fit(["发布会上说的疫苗"], releases)
    [[(phrase, _), *_]] = linker.evidence("发布会上说的疫苗", [0])
    assert phrase == "疫苗"


def test_a_release_that_resembles_everybody_stands_behind_the_one_that_answers() -> None:
    places = ["东湖", "西山", "南塘", "北岭", "中洲", "石渡", "云沱", "澜溪", "港前", "望月"]
    messages = [f"{place}路灯坏了没人修" for place in places]
    releases = ["路灯坏了没人修的问题已转有关部门", "望月大道照明设施周五修复"]
    linker = Linker().fit(messages, releases)
    assert linker.crowd_[0] > linker.crowd_[1]
    raw, scored = linker.similarity(messages), linker.score(messages)
    assert (scored[:, 0] - scored[:, 1] < raw[:, 0] - raw[:, 1]).all()


def test_a_topic_is_ranked_by_what_its_messages_have_in_common() -> None:
    topic = [
        "翠屏湾夜里施工吵，公交也少",
        "翠屏湾南侧工地夜间施工",
        "夜间施工何时停，孩子要上学",
    ]
    releases = ["公交线路调整公告", "建筑工地夜间施工管理规定", "小学招生划片公告"]
    linker = Linker().fit([topic, *MESSAGES], releases)
    [hits] = linker.rank([topic])
    assert hits[0].release == 1
    assert linker.similarity([topic]).shape == (1, 3)


def test_evidence_is_the_wording_that_both_have_with_shares_that_sum_to_one() -> None:
    linker = Linker().fit(MESSAGES, RELEASES)
    [found] = linker.evidence(MESSAGES[1], [2])
    assert {"公交", "延长", "江滩公园"} == {phrase for phrase, _ in found}
    assert sum(share for _, share in found) == pytest.approx(1)
    assert [share for _, share in found] == sorted((share for _, share in found), reverse=True)
    assert all(phrase in normalise(RELEASES[2]) for phrase, _ in found)
    assert linker.evidence("完全无关", [2]) == [[]]


def test_evidence_for_several_releases_is_that_for_each() -> None:
    linker = Linker().fit(MESSAGES, RELEASES)
    together = linker.evidence(MESSAGES[1], [2, 0, 2])
    assert together == [linker.evidence(MESSAGES[1], [one])[0] for one in (2, 0, 2)]


def test_a_message_is_read_once_however_many_releases_it_is_held_against() -> None:
    linker = Linker(segmenter := CountingSegmenter()).fit(MESSAGES, RELEASES * 30)

    def cuts(releases: list[int]) -> int:
        before = segmenter.cuts
        linker.evidence(MESSAGES[1], releases)
        return segmenter.cuts - before

    assert cuts([2] * 30) == cuts([2])


@pytest.mark.parametrize(
    ("message", "release", "phrase"),
    [
        ("翠屏湾小区南侧夜间施工", "回应翠屏湾小区等处", "翠屏湾小区"),
        ("车位的租金", "车位的价格", "车位"),  # what says nothing is cut off at the ends
        ("A3区中海国际", "a3区中海国际社区", "A3区中海国际"),  # as the message writes it
    ],
)
def test_phrases_read_as_people_would_say_them(message: str, release: str, phrase: str) -> None:
    assert Linker().fit([message], [release]).evidence(message, [0])[0][0][0] == phrase


def test_scripts_and_widths_do_not_matter() -> None:
    linker = Linker().fit(["公交車延長到江灘公園"], RELEASES)
    assert first(linker, ["公交車延長到江灘公園"]) == [2]


def test_the_same_again_gives_the_same_to_the_last_bit() -> None:
    one, other = (Linker().fit(MESSAGES, RELEASES).score(MESSAGES) for _ in range(2))
    assert np.array_equal(one, other)


def test_fitting_again_forgets_what_was_fitted_before() -> None:
    linker = Linker().fit(MESSAGES, RELEASES)
    linker.fit(MESSAGES, RELEASES[:2])
    assert linker.score(MESSAGES).shape == (4, 2)
    fresh = Linker().fit(MESSAGES, RELEASES[:2])
    assert np.array_equal(linker.score(MESSAGES), fresh.score(MESSAGES))


@pytest.mark.parametrize("ranker", [Linker, WordCosine])
def test_nothing_shared_is_no_hit_and_few_releases_are_few_hits(ranker: type[Ranker]) -> None:
    fitted = ranker().fit(["停水"], ["今日停水", "明日停水", "道路施工"])
    assert [len(hits) for hits in fitted.rank(["停水", "医保", ""])] == [2, 0, 0]
    assert [len(hits) for hits in fitted.rank(["停水"], limit=1)] == [1]
    assert fitted.rank([]) == []


@pytest.mark.parametrize("ranker", [Linker, WordCosine])
def test_equal_releases_keep_their_order(ranker: type[Ranker]) -> None:
    fitted = ranker().fit(["停水"], ["今日停水"] * 8)
    assert [hit.release for hit in fitted.rank(["停水"])[0]] == [0, 1, 2, 3, 4]


def test_many_messages_are_ranked_as_they_are_one_by_one() -> None:
    many = MESSAGES * 300
    linker = Linker().fit(many, RELEASES)
    assert first(linker, many) == RIGHT * 300


def test_the_plain_method_is_scikit_learns() -> None:
    def words(text: str) -> list[str]:
        return content_words(default_segmenter().cut(text))

    vectors = TfidfVectorizer(analyzer=words).fit([*RELEASES, *MESSAGES])
    expected = (vectors.transform(MESSAGES) @ vectors.transform(RELEASES).T).toarray()
    for row, hits in zip(
        expected, WordCosine().fit(MESSAGES, RELEASES).rank(MESSAGES), strict=True
    ):
        assert {hit.release: hit.score for hit in hits} == pytest.approx(
            {place: score for place, score in enumerate(row.tolist()) if score > 0}, abs=1e-6
        )


def test_it_clearly_beats_the_plain_method_on_real_replies(real_data: Path) -> None:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(real_data / "replied_messages.xlsx")
    rows = book.get_sheet_by_index(0).to_python()[1:1201]
    messages = [f"{row[2]}\n{row[4]}" for row in rows]
    replies = [str(row[5]) for row in rows]

    def right(ranker: Ranker) -> float:
        found = first(ranker.fit(messages, replies), messages)
        return sum(place == own for own, place in enumerate(found)) / len(found)

    assert right(Linker()) > right(WordCosine()) + 0.08
