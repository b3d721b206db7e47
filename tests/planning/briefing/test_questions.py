"""The questions: people's own sentences, varied, counted, traceable."""

from __future__ import annotations

from responder.planning.briefing.questions import Heard, ask


def heard(*bodies: str) -> list[Heard]:
    return [Heard(n, f"person-{n}", "", body) for n, body in enumerate(bodies, 1)]


PARKING = "小区地下车位为什么只售不租？"
BUS = "公交三路什么时候增加班次？"


def test_a_question_is_said_once_with_all_who_asked_it():
    said = heard(PARKING, PARKING, "请问小区地下车位为什么只售不租？", BUS)
    found = ask(said)
    assert [one.text for one in found] == [PARKING, BUS]
    assert found[0].message_ids == (1, 2, 3)
    assert found[0].people == 3
    assert found[1].message_ids == (4,)


def test_one_person_who_asks_twice_is_one_person():
    twice = [Heard(n, "same", "", PARKING) for n in (1, 2)]
    assert ask(twice)[0].people == 1
    assert ask(twice)[0].message_ids == (1, 2)


def test_every_word_stands_in_the_message_that_is_named_first():
    said = heard(f"我是业主。{PARKING}盼复。", f"{BUS}谢谢！", "路灯坏了一个月，投诉多次无人管。")
    texts = {one.id: one.body for one in said}
    for question in ask(said):
        assert question.text in texts[question.message_ids[0]]


def test_what_asks_goes_before_what_complains_and_that_before_the_rest():
    statement, complaint = "小区门口有一排梧桐树。", "垃圾堆放恶臭难忍，投诉多次无人管。"
    assert [one.text for one in ask(heard(statement, complaint, BUS), 2)] == [BUS, complaint]
    assert [one.text for one in ask(heard(statement))] == [statement]


def test_a_sentence_with_hidden_data_is_quoted_only_for_want_of_another():
    hidden = "请问138****5678的业主为什么不能租车位？"
    assert [one.text for one in ask(heard(hidden, PARKING), 1)] == [PARKING]
    assert [one.text for one in ask(heard(hidden))] == [hidden]


def test_nothing_to_quote_is_no_question():
    assert ask([]) == []
    assert ask(heard("好。")) == []


def test_naming_the_matter_is_not_asking_about_it():
    """Sentences of a topic share its names; what counts is what else they share."""
    asked = "翠屏湾南侧地块夜间施工是否经过批准？"
    named = (
        "关于翠屏湾南侧地块夜间施工的投诉",
        "翠屏湾南侧地块夜间施工严重扰民。",
        "翠屏湾夜间施工",
    )
    found = ask(heard(asked, *named))
    assert (found[0].text, found[0].message_ids) == (asked, (1,))


def test_whoever_asks_the_same_in_other_words_is_counted_with_the_sentence_they_wrote():
    said = heard(
        "恳请安排执法人员夜里到现场查一次。", "能不能安排执法人员夜里到现场查一次？", BUS, PARKING
    )
    [first, *_] = ask(said)
    assert first.people == 2
    assert {voice.text for voice in first.voices} == {said[0].body, said[1].body}


def test_a_citizens_own_sentence_is_quoted_rather_than_an_operators():
    recorded = Heard(1, "a", "", "来电人询问小区地下车位为什么只售不租？", recorded=True)
    own = Heard(2, "b", "", PARKING)
    [question] = ask([recorded, own])
    assert (question.text, question.recorded) == (PARKING, False)
    assert question.message_ids == (2, 1)
    [alone] = ask([recorded])
    assert alone.recorded


def test_what_most_people_ask_comes_first_whatever_came_first():
    found = ask(heard(BUS, PARKING, PARKING))
    assert [one.text for one in found] == [PARKING, BUS]
