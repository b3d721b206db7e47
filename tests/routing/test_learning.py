"""What is learned is measured on messages it never saw, and taken into use only when no worse."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from responder.routing import learning, model_store, service, snapshot
from responder.routing.labelled import read_examples
from responder.routing.learning import Example
from tests.factories import NOW
from tests.real_data import real_data
from tests.routing.factories import confirm, examples, message

UNSEEN = "卯苑这边二路总是晚点，第99次说"


def write(path, rows: list[Example]):
    lines = [f"{one.label},{one.text}" for one in rows]
    path.write_text("\n".join(["category,text", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def run(app, taxonomy):
    """The command line; what it printed as JSON, and its exit code."""

    def invoke(*args: str):
        answer = app.test_cli_runner().invoke(args=["routing", *args, "--json"])
        return (json.loads(answer.stdout) if answer.stdout else answer), answer.exit_code

    return invoke


def test_a_model_learns_what_the_cue_words_cannot_know(taxonomy, run, tmp_path) -> None:
    assert service.suggest(taxonomy, "", UNSEEN) is None
    told, code = run("train", "--train", str(write(tmp_path / "a.csv", examples())))
    assert (code, told["adopted"]) == (0, True)
    assert told["held_out_macro_f1"]["candidate"] > told["held_out_macro_f1"]["rules"]
    assert told["learned"] + told["held_out"] == len(examples())
    found = service.suggest(taxonomy, "", UNSEEN)
    assert (found.code, found.source) == ("transport-bus", "model")
    assert "晚点" in [one.word for one in found.evidence]
    shown, _code = run("show")
    assert shown["model"]["macro_f1"] == told["macro_f1"]
    assert shown["taxonomy_version"] == snapshot.current(taxonomy).version


def test_a_worse_model_is_refused_and_the_one_in_use_stays(taxonomy, run, tmp_path) -> None:
    run("train", "--train", str(write(tmp_path / "a.csv", examples())))
    swap = {"transport-bus": "utility-water", "utility-water": "transport-bus"}
    learned, held_out = learning.split(examples())
    spoilt = [replace(one, label=swap[one.label]) for one in learned] + held_out
    told, code = run("train", "--train", str(write(tmp_path / "b.csv", spoilt)))
    assert (code, told["adopted"]) == (1, False)
    assert told["held_out_macro_f1"]["candidate"] < told["held_out_macro_f1"]["in_use"]
    assert service.suggest(taxonomy, "", UNSEEN).code == "transport-bus"


def test_a_model_worse_than_the_cue_words_is_refused(run, tmp_path) -> None:
    words = {"transport-bus": "公交车末班车", "utility-water": "自来水停水"}
    said = [Example(words[one.label] + one.text, one.label) for one in examples()]
    learned, held_out = learning.split(said)
    swap = {"transport-bus": "utility-water", "utility-water": "transport-bus"}
    spoilt = [replace(one, label=swap[one.label]) for one in learned] + held_out
    told, code = run("train", "--train", str(write(tmp_path / "a.csv", spoilt)))
    assert (code, told["adopted"]) == (1, False)
    assert told["held_out_macro_f1"]["rules"] == 1
    assert "低于线索词规则" in told["refusal"]


def test_confirmed_messages_are_what_is_learned_from(taxonomy, run) -> None:
    for text in ("二路晚点了", "二路又晚点了啊", "二路晚点一小时"):
        confirm(message(text), "transport-bus")
    corrected = message("管子坏在半路上了")
    confirm(corrected, "transport-bus")
    confirm(corrected, "utility-water", reason="听错了")
    found = learning.confirmed_examples(taxonomy, snapshot.current(taxonomy))
    assert [one.label for one in found] == ["transport-bus"] * 3 + ["utility-water"]
    answer, code = run("train")
    assert code != 0
    assert "请先确认至少" in str(answer.exception)


def test_near_repeats_are_never_on_both_sides() -> None:
    said = [f"甲苑门前的路灯坏了三个月，晚上走路看不见，请派人来修理{end}" for end in "。！？，；"]
    for seed in "甲乙丙丁":
        parts = learning.split([Example(one.replace("甲", seed), "x") for one in said])
        assert sorted(map(len, parts)) == [0, 5]


def test_a_file_of_the_model_that_cannot_be_trusted_is_not_used(
    taxonomy, run, tmp_path, settings, caplog
) -> None:
    run("train", "--train", str(write(tmp_path / "a.csv", examples())))
    path = settings.state_dir / model_store.FILE
    path.write_bytes(path.read_bytes()[:-2000])
    assert service.suggest(taxonomy, "", UNSEEN) is None
    assert "cannot be read" in caplog.text


def test_a_model_of_another_format_is_refused_and_the_next_one_takes_its_place(
    taxonomy, run, tmp_path, settings, monkeypatch, caplog
) -> None:
    path = str(write(tmp_path / "a.csv", examples()))
    monkeypatch.setattr(model_store, "FORMAT", model_store.FORMAT - 1)
    run("train", "--train", path)
    monkeypatch.undo()
    model_store._kept.clear()
    assert service.suggest(taxonomy, "", UNSEEN) is None
    assert "another format" in caplog.text
    told, code = run("train", "--train", path)
    assert (code, told["adopted"], told["held_out_macro_f1"]["in_use"]) == (0, True, None)
    assert service.suggest(taxonomy, "", UNSEEN).code == "transport-bus"


def test_evaluating_stores_nothing_and_tells_each_class(run, tmp_path, settings) -> None:
    path = str(write(tmp_path / "a.csv", examples()))
    told, code = run("evaluate", "--train", path, "--folds", "3")
    assert (code, told["folds"], told["rows"]) == (0, 3, len(examples()))
    assert set(told["per_class"]["transport-bus"]) == {"precision", "recall", "f1", "support"}
    assert told["repeats"] >= 0
    assert 0 < told["grouped_macro_f1"] <= told["macro_f1"] <= 1
    told, _code = run("evaluate", "--train", path, "--test", path)
    assert told["macro_f1"] == 1
    assert not (settings.state_dir / model_store.FILE).exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("category,words\na,b\n", "缺少列 text"),
        ("category,text\n,停水\n", "第 2 行无法读取"),
        ("category,text\na,停水\nb,停气\n", "请减少 --folds"),
        ("category,text\na,停水\na,停气\n", "只有一个分类"),
    ],
)
def test_a_file_that_cannot_be_learned_from_says_why(run, tmp_path, text, sentence) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    answer, code = run("evaluate", "--train", str(path))
    assert code != 0
    assert sentence in str(answer.exception)


def test_labels_that_are_no_categories_are_named(run, tmp_path) -> None:
    rows = [Example("停水", "没有的类"), Example("公交", "公共交通")]
    answer, _code = run("train", "--train", str(write(tmp_path / "a.csv", rows)))
    assert "没有的类" in str(answer.exception)
    assert "公共交通" not in str(answer.exception)


def test_real_messages_are_recognised_as_well_as_the_documents_say(settings) -> None:
    """A part of the rows only: the whole is measured by the command that the documents name."""
    path = real_data() / "taidi2020" / "categories_train.csv"
    from_file = read_examples(path, settings)[:1600]
    learned = [one for number, one in enumerate(from_file) if number % 2]
    judged = from_file[::4]
    assert learning.judge(learned, judged, snapshot.as_shipped()).macro_f1 > 0.88


def test_moments_of_training_are_kept(taxonomy, settings) -> None:
    outcome = learning.train(
        examples(), snapshot.current(taxonomy), settings.state_dir, NOW, "测试"
    )
    model = model_store.find(settings.state_dir)
    assert model is not None
    assert model.card == outcome.card
    assert model.card.moment == NOW
