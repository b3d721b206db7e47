"""``responder evaluate topics``: an office judges the topics on its own data."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from nlp import Scores
from responder.core.console import DONE_WITH_REFUSALS, json_option, print_json, say
from responder.core.errors import Invalid
from responder.core.times import utc_now
from responder.intake.imports.mapping import load_mapping
from responder.intake.imports.reading import Source
from responder.intake.imports.rows import described
from responder.settings import Settings
from responder.topics import evaluation
from responder.topics.evaluation import Gathered, Messages

SHOWN_REFUSALS = 5
DIGITS = 4

_FILE = click.Path(path_type=Path)


@click.group("evaluate")
def evaluate() -> None:
    """评估：用本单位的数据和标注，检验系统做得怎样。"""


@evaluate.command("topics")
@click.option("--messages", "path", required=True, type=_FILE, help="留言文件，.xlsx 或 CSV。")
@click.option("--mapping", required=True, help="列映射的名称，见 responder mappings。")
@click.option(
    "--labels", "labels_path", required=True, type=_FILE, help="标注：message_id,topic_id。"
)
@click.option("--ignore", "ignore_path", type=_FILE, help="不计分的留言：message_id。")
@click.option(
    "--assignments",
    "out",
    type=_FILE,
    metavar="OUT.csv",
    help="把每条留言所属的话题写入这个文件：message_id,topic_id。",
)
@click.option("--sheet", help="工作表名称；不给则取第一张有内容的。")
@click.option("--year", type=click.IntRange(1990, 2100), help="时间没写年份时所用的年份。")
@json_option
@with_appcontext
def evaluate_topics(
    path: Path,
    mapping: str,
    labels_path: Path,
    ignore_path: Path | None,
    out: Path | None,
    sheet: str | None,
    year: int | None,
    as_json: bool,
) -> None:
    """按出厂设置聚合一份留言，与人工标注比对；不用数据库，什么也不入库。

    例：responder evaluate topics --messages 留言.xlsx --mapping taidi --labels 标注.csv --json
    """
    settings: Settings = current_app.extensions["settings"]
    _keep_apart(out, path, labels_path, ignore_path)
    labels = evaluation.read_labels(labels_path, settings)
    ignored = evaluation.read_ignored(ignore_path, settings) if ignore_path else set()
    source = Source(path, load_mapping(mapping), sheet, year)
    messages = evaluation.read_messages(source, settings, utc_now())
    labelled = evaluation.require_known(messages, labels, ignored)
    gathered = evaluation.gather_timed(messages)
    scores = evaluation.score(messages, gathered.topics, labelled)
    if out is not None:
        evaluation.write_assignments(out, messages, gathered.topics)
    _tell(messages, out)
    if as_json:
        print_json(_payload(messages, gathered, scores))
    else:
        _print(messages, gathered, scores)
    if messages.refusals:
        sys.exit(DONE_WITH_REFUSALS)


def _keep_apart(out: Path | None, *inputs: Path | None) -> None:
    if out is None:
        return
    if any(path is not None and out.resolve() == path.resolve() for path in inputs):
        raise Invalid(f"--assignments 指向了输入文件 {out}：请换一个文件名，以免覆盖")
    if out.is_dir() or not out.parent.is_dir():
        raise Invalid(f"--assignments {out} 不能写入：请指定一个已有目录中的文件名")


def _tell(messages: Messages, out: Path | None) -> None:
    if messages.repeats:
        say(f"有 {messages.repeats} 行与前面同号同文，只计一次")
    without = messages.ids.count("")
    if without:
        say(f"有 {without} 条留言没有编号：参与聚合，但不计分，也不写入结果文件")
    if messages.refusals:
        say(f"有 {len(messages.refusals)} 行无法读取，未参与：")
    for line in described(messages.refusals[:SHOWN_REFUSALS]):
        say(f"  {line}")
    if out is not None:
        say(f"每条留言所属的话题已写入 {out}")


def _payload(messages: Messages, gathered: Gathered, scores: Scores) -> dict[str, float | int]:
    figures = {
        name: value if isinstance(value, int) else round(value, DIGITS)
        for name, value in asdict(scores).items()
    }
    return {
        **figures,
        "messages_per_second": round(len(messages) / gathered.seconds),
        "seconds": round(gathered.seconds, DIGITS),
        "messages": len(messages),
        "topics": len(set(gathered.topics)),
        "repeats": messages.repeats,
        "errors": len(messages.refusals),
    }


def _print(messages: Messages, gathered: Gathered, scores: Scores) -> None:
    speed = len(messages) / gathered.seconds
    topics = len(set(gathered.topics))
    click.echo(f"留言 {len(messages)} 条，聚成话题 {topics} 个；有标注的 {scores.labelled} 条")
    rows = (
        ("成对 F1", scores.pair_f1, "两条留言该不该同属一个话题"),
        ("ARI", scores.ari, "同上，扣除碰巧一致"),
        ("AMI", scores.ami, "互信息，扣除碰巧一致"),
        ("B³ F1", scores.bcubed_f1, "逐条看，标注话题至少两条的留言"),
        ("热点 F1", scores.hot_topic_f1, "标注话题至少五条的，各取最吻合的话题"),
    )
    for name, value, meaning in rows:
        click.echo(f"  {value:6.3f}  {name}（{meaning}）")
    click.echo(f"速度 {speed:,.0f} 条/秒（从分词到归入话题，共 {gathered.seconds:.2f} 秒）")
