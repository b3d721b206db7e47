"""``responder evaluate topics``: figures and assignments from files, and nothing stored."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from responder import create_app
from responder.core.errors import Invalid
from responder.settings import Settings
from responder.topics.evaluation import as_document
from tests import console
from tests.real_data import real_data
from tests.topics.factories import NOISE, PARKING

HEADINGS = ("编号", "标题", "内容", "时间", "地点")


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory):
    """The commands on a database that nobody has prepared."""
    folder = tmp_path_factory.mktemp("state")
    app = create_app(Settings(state_dir=folder, secret_key="only-for-tests"))
    yield app.test_cli_runner()
    assert not (folder / "responder.db").exists()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Three messages on a mixer plant, three on parking; labelled so, but for one."""
    rows = []
    for n in range(3):
        rows.append(
            (f"M{n}", f"柳岸花园旁搅拌站噪音扰民 {n}", f"{NOISE}，已{n}天", f"2026-03-0{n + 1}", "")
        )
        rows.append(
            (f"P{n}", f"云锦世家捆绑销售车位 {n}", f"{PARKING}，等{n}周", f"2026-03-0{n + 2}", "")
        )
    write(tmp_path / "messages.csv", HEADINGS, rows)
    labels = [(key, key[0]) for key, *_ in rows if key != "P2"]
    write(tmp_path / "labels.csv", ("message_id", "topic_id"), labels)
    write(tmp_path / "ignore.csv", ("message_id",), [("M2",)])
    return tmp_path


def write(path: Path, headings, rows, encoding: str = "utf-8-sig") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([headings, *rows])


def run(runner, folder: Path, *more: str):
    files = ("--messages", str(folder / "messages.csv"), "--labels", str(folder / "labels.csv"))
    return runner.invoke(args=["evaluate", "topics", "--mapping", "default", *files, *more])


def refusal(runner, folder: Path, *more: str) -> str:
    result = run(runner, folder, *more)
    assert isinstance(result.exception, Invalid), result.output
    return result.exception.message


def test_two_matters_found_as_labelled_score_one(runner, files) -> None:
    told = json.loads(run(runner, files, "--json").stdout)
    assert told["messages_per_second"] > 0
    assert {name: told[name] for name in ("labelled", "messages", "topics", "errors")} == {
        "labelled": 5,
        "messages": 6,
        "topics": 2,
        "errors": 0,
    }
    scores = [told[name] for name in ("pair_f1", "ari", "ami", "bcubed_f1")]
    assert scores == [1, 1, 1, 1]
    assert told["hot_topic_f1"] == 0  # no labelled topic has five messages


def test_ignored_messages_do_not_count(runner, files) -> None:
    told = json.loads(run(runner, files, "--ignore", str(files / "ignore.csv"), "--json").stdout)
    assert told["labelled"] == 4


def test_without_json_a_person_reads_it(runner, files) -> None:
    result = run(runner, files)
    assert "留言 6 条，聚成话题 2 个；有标注的 5 条" in result.stdout
    assert "成对 F1" in result.stdout


def test_every_message_has_its_topic_in_the_assignments(runner, files) -> None:
    out = files / "out.csv"
    assert run(runner, files, "--assignments", str(out)).exit_code == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = {row["message_id"]: row["topic_id"] for row in csv.DictReader(file)}
    assert set(rows) == {"M0", "M1", "M2", "P0", "P1", "P2"}
    assert len({rows[key] for key in ("M0", "M1", "M2")}) == 1
    assert rows["P2"] == rows["P0"] != rows["M0"]


def test_assignments_that_cannot_be_written_leave_the_old_ones(runner, files, monkeypatch) -> None:
    out = files / "out.csv"
    out.write_text("of yesterday", encoding="utf-8")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "无法写入" in refusal(runner, files, "--assignments", str(out))
    assert out.read_text("utf-8") == "of yesterday"
    assert sorted(path.name for path in files.iterdir()) == sorted(
        ["messages.csv", "labels.csv", "ignore.csv", "out.csv"]
    )


def test_assignments_never_overwrite_an_input(runner, files) -> None:
    said = refusal(runner, files, "--assignments", str(files / "labels.csv"))
    assert "请换一个文件名" in said


def test_the_place_of_its_own_field_leads_the_title() -> None:
    assert as_document("施工擾民", "夜裡", "翠湖名苑") == ("翠湖名苑 施工扰民", "夜里")
    assert as_document("翠湖名苑施工", "夜里", "翠湖名苑") == ("翠湖名苑施工", "夜里")
    assert as_document("施工", "夜里", "") == ("施工", "夜里")


def test_labels_may_be_in_the_encoding_of_excel(runner, files) -> None:
    rows = [("M0", "噪音"), ("M1", "噪音")]
    write(files / "labels.csv", ("message_id", "topic_id"), rows, "gb18030")
    assert json.loads(run(runner, files, "--json").stdout)["labelled"] == 2


def test_posts_are_evaluated_under_their_mapping(runner, files) -> None:
    posts = [
        (f"W{n}", f"【停水】翠湖名苑停水第{n}天，物业没有通知", f"2026-03-0{n + 1} 08:55")
        for n in range(3)
    ]
    write(files / "messages.csv", ("微博id", "weibo_content", "time"), posts)
    write(files / "labels.csv", ("message_id", "topic_id"), [(key, "停水") for key, *_ in posts])
    arguments = ("--messages", str(files / "messages.csv"), "--labels", str(files / "labels.csv"))
    result = runner.invoke(args=["evaluate", "topics", "--mapping", "weibo", *arguments, "--json"])
    assert json.loads(result.stdout)["pair_f1"] == 1


def test_rows_that_cannot_be_read_are_told_and_end_with_one(runner, files) -> None:
    rows = [
        ("M0", "搅拌站噪音", NOISE, "2026-03-01", ""),
        ("M1", "搅拌站噪音", NOISE, "gestern", ""),
    ]
    write(files / "messages.csv", HEADINGS, rows)
    write(files / "labels.csv", ("message_id", "topic_id"), [("M0", "M")])
    result = run(runner, files, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["errors"] == 1
    assert "第 3 行" in result.stderr


def test_the_same_row_twice_is_one_message(runner, files) -> None:
    rows = [("M0", "搅拌站噪音", NOISE, "2026-03-01", "")] * 2
    write(files / "messages.csv", HEADINGS, rows)
    write(files / "labels.csv", ("message_id", "topic_id"), [("M0", "M")])
    assert json.loads(run(runner, files, "--json").stdout)["messages"] == 1


def test_one_id_for_two_messages_is_refused(runner, files) -> None:
    rows = [
        ("M0", "搅拌站噪音", NOISE, "2026-03-01", ""),
        ("M0", "车位", PARKING, "2026-03-01", ""),
    ]
    write(files / "messages.csv", HEADINGS, rows)
    assert "M0" in refusal(runner, files)


@pytest.mark.parametrize(
    ("headings", "rows", "sentence"),
    [
        (("message_id", "topic"), [("M0", "1")], "缺少列 topic_id"),
        (("message_id", "topic_id"), [("M0", "1"), ("X7", "1")], "不在留言文件中：X7"),
        (("message_id", "topic_id"), [("M0", "1"), ("M0", "2")], "标注了不止一次（M0）"),
        (("message_id", "topic_id"), [("M0", "1"), ("M1", "")], "第 3 行无法读取"),
        (("message_id", "topic_id"), [("M0", "1"), ("M1",)], "第 3 行无法读取"),
        (("message_id", "topic_id"), [], "没有可比对的标注"),
    ],
)
def test_labels_that_cannot_be_used_are_refused(runner, files, headings, rows, sentence) -> None:
    write(files / "labels.csv", headings, rows)
    assert sentence in refusal(runner, files)


def test_messages_without_a_column_of_ids_are_refused(runner, files) -> None:
    write(files / "messages.csv", ("标题", "时间"), [("搅拌站噪音", "2026-03-01")])
    said = refusal(runner, files)
    assert "没有编号列" in said
    assert "留言编号" in said


def test_a_refusal_is_one_sentence_and_exit_code_two(files) -> None:
    arguments = ("--messages", files / "messages.csv", "--labels", files / "none.csv")
    result = console.run(
        "evaluate", "topics", "--mapping", "default", *map(str, arguments), state=files / "state"
    )
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "找不到文件" in result.stderr


def test_the_real_messages_are_scored_against_their_labels(runner, tmp_path) -> None:
    folder = real_data() / "taidi2020"
    out = tmp_path / "out.csv"
    files = {
        "--messages": folder / "hot_messages.xlsx",
        "--labels": folder / "topics_dev.csv",
        "--ignore": folder / "topics_dev_ignore.csv",
        "--assignments": out,
    }
    arguments = [str(part) for pair in files.items() for part in pair]
    result = runner.invoke(args=["evaluate", "topics", "--mapping", "taidi", *arguments, "--json"])
    told = json.loads(result.stdout)
    assert (told["labelled"], told["messages"], told["errors"]) == (2039, 4326, 0)
    assert told["pair_f1"] > 0.74
    assert told["bcubed_f1"] > 0.90
    assert told["hot_topic_f1"] > 0.89
    assert out.read_text("utf-8").count("\n") == 4327
