"""``responder evaluate linking``: figures from files, and nothing stored."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from responder import create_app
from responder.core.errors import Invalid
from responder.planning.linking import evaluation
from responder.planning.linking.evaluation_files import Cells
from responder.settings import Settings
from tests.real_data import real_data

MESSAGES = (
    ("1", "搅拌站噪音", "清荷苑旁搅拌站日夜开工"),
    ("2", "公交延长", "402路公交车能否到江滩公园"),
    ("3", "烧烤油烟", "白鹭湾楼下烧烤摊油烟直排"),
    ("", "停水", "南塘片区昨夜停水"),
    ("9", "路灯", "北岭路灯不亮"),
)
RELEASES = (
    ("2", "402路将延长至江滩公园"),
    ("1", "清荷苑搅拌站已停产整改"),
    ("3", "白鹭湾烧烤摊加装油烟净化设施"),
    ("3", "白鹭湾烧烤摊回访情况"),
    ("", "南塘片区供水恢复公告"),
)
POSTS = (
    ("微博id", "微博发布时间", "微博中文内容"),
    ("a", "01月20日 10:00", "社区买不到口罩，口罩什么时候有货啊大家都在排队买口罩"),
    ("b", "01月20日 11:00", "社区买不到口罩，口罩什么时候有货啊大家都在排队买口罩！急"),
    ("c", "01月21日 10:00", "疫苗哪里可以接种，想给孩子预约接种疫苗但是约不上"),
    ("d", "01月21日 11:00", "疫苗哪里可以接种，想给孩子预约接种疫苗但是约不上呢"),
    ("e", "01月22日 11:00", "今天天气真好出去走走"),
    ("f", "01月22日 12:00", ""),
)
EVENTS = (
    ("time", "content", "tags"),
    ("2020-02-01", "举行新闻发布会，介绍疫苗接种安排", "发布会|直播"),
    ("2020-02-02", "举行新闻发布会，介绍春耕生产情况", "发布会"),
    ("2020-02-03", "口罩趣闻一则", "趣闻"),
)


def write(path: Path, rows: Any, encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The commands on a database that nobody has prepared."""
    folder = tmp_path_factory.mktemp("state")
    app = create_app(Settings(state_dir=folder, secret_key="only-for-tests"))
    yield app.test_cli_runner()
    assert not (folder / "responder.db").exists()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    write(tmp_path / "a.csv", [("id", "title", "content"), *MESSAGES])
    write(tmp_path / "b.csv", [("id", "text"), *RELEASES])
    write(tmp_path / "posts.csv", POSTS, "gb18030")
    write(tmp_path / "events.csv", EVENTS)
    return tmp_path


def keyed(runner: Any, files: Path, *more: str, releases: str = "b.csv") -> Any:
    named = ("--messages", str(files / "a.csv"), "--releases", str(files / releases))
    return runner.invoke(args=["evaluate", "linking", *named, *more])


def named(runner: Any, files: Path, *more: str) -> Any:
    given = ("--messages", str(files / "posts.csv"), "--events", str(files / "events.csv"))
    return runner.invoke(args=["evaluate", "linking", *given, *more])


def refuses(result: Any, sentence: str) -> None:
    """The program makes exit code 2 of it, and the sentence for the person."""
    assert isinstance(result.exception, Invalid)
    assert sentence in result.exception.message
    assert result.stdout == ""


def test_two_files_are_judged_by_their_key_beside_the_plain_method(
    runner: Any, files: Path
) -> None:
    result = keyed(runner, files, "--key", "id", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert (found["queries"], found["p_at_1"], found["hit_at_5"]) == (3, 1.0, 1.0)
    assert set(found["baseline"]) == {"p_at_1", "hit_at_5"}
    assert (found["messages"], found["releases"], found["unanswered"]) == (5, 5, 1)


def test_people_read_the_same_in_words(runner: Any, files: Path) -> None:
    result = keyed(runner, files, "--key", "id")
    assert "参加评判的留言 3 条" in result.stdout
    assert "普通 TF-IDF" in result.stdout
    assert "有 1 条留言的键在发布文件中找不到" in result.stderr


def test_a_workbook_with_numbers_for_keys_goes_with_a_csv(runner: Any, files: Path) -> None:
    with xlsxwriter.Workbook(str(files / "b.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("答复", "id"))
        for row, (key, text) in enumerate(RELEASES, start=1):
            sheet.write_row(row, 0, (text, int(key) if key else ""))
    options = ("--key", "id", "--release-text", "答复", "--message-text", "content", "--json")
    found = json.loads(keyed(runner, files, *options, releases="b.xlsx").stdout)
    assert (found["queries"], found["p_at_1"]) == (3, 1.0)


def test_the_key_itself_helps_nobody(runner: Any, files: Path) -> None:
    rows = [(f"独有键{n}", f"毫无关系的话{n}") for n in range(9)]
    write(files / "b.csv", [("id", "text"), *rows])
    write(files / "a.csv", [("id", "title", "content"), *((key, "", "别的事") for key, _ in rows)])
    found = json.loads(keyed(runner, files, "--key", "id", "--json").stdout)
    assert (found["queries"], found["p_at_1"], found["hit_at_5"]) == (9, 0.0, 0.0)


def test_rows_without_text_are_named_and_left_out(runner: Any, files: Path) -> None:
    write(files / "b.csv", [("id", "text"), *RELEASES, ("4", " ")])
    result = keyed(runner, files, "--key", "id", "--json")
    assert result.exit_code == 1
    assert "b.csv 有 1 行没有文字，未参与：第 7 行" in result.stderr
    assert json.loads(result.stdout)["without_text"] == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--key", "编号"), "没有“编号”列：请把 --key 改为文件中有的列（id、title、content）"),
        (("--key", "id", "--message-text", "正文"), "a.csv 没有“正文”列"),
        (("--key", "id", "--release-text", "答复"), "b.csv 没有“答复”列"),
        (("--key", "id", "--message-text", " ,"), "--message-text 没有写列名"),
        ((), "--key"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_printed(
    runner: Any, files: Path, options: tuple[str, ...], sentence: str
) -> None:
    result = keyed(runner, files, *options, "--json")
    refuses(result, sentence)


def test_files_that_share_no_key_cannot_be_judged(runner: Any, files: Path) -> None:
    write(files / "b.csv", [("id", "text"), ("77", "别的事")])
    result = keyed(runner, files, "--key", "id")
    refuses(result, "没有一个共同的键值")


def test_one_of_the_two_ways_is_to_be_chosen(runner: Any, files: Path) -> None:
    for extra in ((), ("--releases", "b.csv", "--events", "e.csv")):
        result = runner.invoke(
            args=["evaluate", "linking", "--messages", str(files / "a.csv"), *extra]
        )
        refuses(result, "--releases（按键评判）或 --events（按名称评判）")


def test_topics_of_posts_are_judged_by_the_names_they_share_with_events(
    runner: Any, files: Path
) -> None:
    result = named(runner, files, "--events-where", "tags=发布会", "--json")
    assert result.exit_code == 1  # one post is empty
    found = json.loads(result.stdout)
    assert (found["messages"], found["refused"], found["events"]) == (5, 1, 2)
    assert (found["topics"], found["fitting"]) == (1, 1)  # no such event speaks of masks
    assert set(found["baseline"]) == {"fitting", "fitting_share"}
    assert found["by_chance"] == 1.0  # of two events, both are among the first five
    assert "参加评判的话题 1 个" in named(runner, files, "--events-where", "tags=发布会").stdout


def test_a_list_of_names_and_a_column_of_texts_may_be_given(runner: Any, files: Path) -> None:
    names = files / "names.txt"
    names.write_text("# 名单\n防护 口罩  # 叫法在后\n", encoding="utf-8")
    more = ("--names", str(names), "--message-text", "微博中文内容", "--event-text", "content")
    found = json.loads(named(runner, files, *more, "--json").stdout)
    assert (found["names"], found["topics"], found["fitting"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--events-where", "标签=发布会"), "没有“标签”列"),
        (("--events-where", "tags=没有的"), "没有一行是“没有的”"),
        (("--events-where", "tags"), "列名=值"),
        (("--event-text", "正文"), "没有“正文”列"),
        (("--mapping", "没有的"), "没有名为 没有的 的列映射"),
        (("--names", "没有的.txt"), "无法读取名单"),
    ],
)
def test_what_is_wrong_with_names_or_events_is_said(
    runner: Any, files: Path, options: tuple[str, ...], sentence: str
) -> None:
    result = named(runner, files, *options)
    refuses(result, sentence)


def test_posts_under_unknown_headings_ask_for_their_column(runner: Any, files: Path) -> None:
    write(files / "posts.csv", [("甲", "乙"), ("1", "口罩")])
    result = named(runner, files)
    refuses(result, "请用 --message-text 写出文字所在的列")


def test_a_name_counts_when_half_of_a_topic_says_it() -> None:
    names = {"口罩": ["口罩"], "复工": ["复工", "返岗"]}
    assert evaluation.raised_names(["买口罩", "返岗难", "返岗", "口罩"], names) == {"口罩", "复工"}
    assert evaluation.raised_names(["买口罩", "返岗", "返岗"], names) == {"复工"}
    assert evaluation.raised_names(["买口罩"], names) == set()


def test_chance_is_what_drawing_five_by_lot_would_find() -> None:
    events = ["口罩供应", *(f"其他事项{n}" for n in range(9))]
    run = evaluation.judge_by_names([["口罩", "口罩贵"]], events, {"口罩": ["口罩"]})
    assert (run.topics, run.ours) == (1, 1)
    assert run.by_chance == pytest.approx(0.5)
    with pytest.raises(Invalid, match="--names"):
        evaluation.judge_by_names([["甲", "乙"]], events, {"口罩": ["口罩"]})


def test_several_releases_may_carry_one_key() -> None:
    run = evaluation.judge_by_key(
        [Cells("停水什么时候恢复", "水")], [Cells("停水公告", "水"), Cells("恢复供水", "水")]
    )
    assert (run.queries, run.ours.p_at_1, run.ours.hit_at_5) == (1, 1.0, 1.0)


def test_the_shipped_names_are_one_a_line_and_none_twice() -> None:
    names = evaluation.read_names(None)
    ways = [way for found in names.values() for way in found]
    assert {"疫苗", "口罩", "复工"} <= set(names)
    assert len(ways) == len(set(ways))


def test_real_posts_and_briefings_are_judged(runner: Any) -> None:
    folder = real_data() / "weibo2020"
    result = runner.invoke(
        args=[
            "evaluate", "linking", "--json",
            "--messages", str(folder / "citizen_posts_gb18030.csv"),
            "--events", str(folder / "cctv_posts.csv"),
            "--events-where", "tags=国务院联防联控机制举行新闻发布会",
        ]
    )  # fmt: skip
    found = json.loads(result.stdout)
    assert found["events"] == 108
    assert found["fitting"] > found["baseline"]["fitting"] > found["by_chance"]
