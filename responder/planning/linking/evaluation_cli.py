"""``responder evaluate linking``: an office judges the linker on its own data."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from responder.core.console import DONE_WITH_REFUSALS, json_option, print_json, say
from responder.core.errors import Invalid
from responder.core.times import utc_now
from responder.planning.linking import evaluation, evaluation_files
from responder.planning.linking.evaluation_files import Texts
from responder.settings import Settings

DIGITS = 4
SHOWN_ROWS = 5

_FILE = click.Path(path_type=Path)


@click.command("linking")
@click.option("--messages", required=True, type=_FILE, help="留言文件，.xlsx 或 CSV。")
@click.option("--releases", type=_FILE, help="【按键】答复或发布文件，.xlsx 或 CSV。")
@click.option("--key", help="【按键】两个文件共有的列：只用来评判，不参与匹配。")
@click.option("--message-text", default="title,content", help="【按键】留言文字的列，逗号分隔。")
@click.option("--release-text", default="text", help="【按键】发布文字的列，逗号分隔。")
@click.option("--events", type=_FILE, help="【按名称】发布活动文件，.xlsx 或 CSV。")
@click.option("--events-where", metavar="列=值", help="【按名称】只取该列为此值的活动。")
@click.option("--event-text", help="【按名称】活动文字的列；默认取文字最多的一列。")
@click.option("--names", type=_FILE, help="【按名称】事项名单；默认用随产品提供的一份。")
@click.option("--mapping", help="【按名称】留言的列映射；默认按表头选，见 responder mappings。")
@click.option(
    "--year",
    type=click.IntRange(1990, 2100),
    help=f"【按名称】时间没写年份时所用的年份；默认 {evaluation_files.LEAP_YEAR}。",
)
@json_option
@with_appcontext
def evaluate_linking(
    messages: Path,
    releases: Path | None,
    key: str | None,
    message_text: str,
    release_text: str,
    events: Path | None,
    events_where: str | None,
    event_text: str | None,
    names: Path | None,
    mapping: str | None,
    year: int | None,
    as_json: bool,
) -> None:
    """检验关联做得怎样，并与普通 TF-IDF 余弦相似度对照；不用数据库，什么也不入库。

    \b
    按键：两个文件有一列共同的编号，看每条留言能否找到它的答复。一个键可对应多条发布；
    没有键的行只作陪衬，不计入 queries。
      responder evaluate linking --messages 留言.csv --releases 答复.csv --key 编号
        --message-text 标题,内容 --release-text 答复 --json

    \b
    按名称：先把留言聚成话题，看每个话题的前五项活动中有没有说到同一事项（疫苗、口罩、
    复工等）的。名单与判断规则见 responder/data/linking_names.txt，可用 --names 换。
      responder evaluate linking --messages 网民帖文.csv --events 发布.csv
        --events-where tags=国务院联防联控机制举行新闻发布会 --json
    """
    settings: Settings = current_app.extensions["settings"]
    if (releases is None) == (events is None):
        raise Invalid("请给出 --releases（按键评判）或 --events（按名称评判）中的一个")
    if releases is not None:
        if key is None:
            raise Invalid("按键评判要写明 --key：两个文件中哪一列是共同的编号")
        asked = evaluation_files.read_texts(
            messages, evaluation_files.columns_named(message_text), key, "--message-text", settings
        )
        answers = evaluation_files.read_texts(
            releases, evaluation_files.columns_named(release_text), key, "--release-text", settings
        )
        refused = _tell(messages, asked) + _tell(releases, answers)
        _by_key(asked, answers, as_json)
    else:
        assert events is not None
        chosen = evaluation_files.read_events(events, event_text, events_where, settings)
        listed = evaluation.read_names(names)
        gathered = evaluation_files.read_topics(messages, mapping, year, settings, utc_now())
        refused = gathered.refused + _tell(events, chosen)
        if gathered.refused:
            say(f"{messages.name} 有 {gathered.refused} 行无法读取，未参与")
        _by_names(gathered, chosen, listed, as_json)
    if refused:
        sys.exit(DONE_WITH_REFUSALS)


def _tell(path: Path, texts: Texts) -> int:
    without = texts.without_text
    if without:
        rows = "、".join(map(str, without[:SHOWN_ROWS])) + (
            " 等" if len(without) > SHOWN_ROWS else ""
        )
        say(f"{path.name} 有 {len(without)} 行没有文字，未参与：第 {rows} 行")
    return len(without)


def _by_key(asked: Texts, answers: Texts, as_json: bool) -> None:
    run = evaluation.judge_by_key(asked.rows, answers.rows)
    pairs = run.queries * len(answers.rows)
    if as_json:
        print_json(
            {
                "queries": run.queries,
                **_rounded(asdict(run.ours)),
                "baseline": _rounded(asdict(run.plain)),
                "messages": len(asked.rows),
                "releases": len(answers.rows),
                "unanswered": run.unanswered,
                "without_text": len(asked.without_text) + len(answers.without_text),
                "seconds": round(run.seconds, DIGITS),
                "pairs_per_second": round(pairs / run.seconds),
            }
        )
        return
    click.echo(
        f"留言 {len(asked.rows)} 条，发布 {len(answers.rows)} 条；参加评判的留言 {run.queries} 条"
    )
    for name, figures in (("本系统", run.ours), ("普通 TF-IDF", run.plain)):
        click.echo(
            f"  {name}：第一条就对 {figures.p_at_1:.3f}，前 {evaluation.FIRST} 条有对的 "
            f"{figures.hit_at_5:.3f}"
        )
    if run.unanswered:
        say(f"有 {run.unanswered} 条留言的键在发布文件中找不到，不参加评判")


def _by_names(
    gathered: evaluation_files.Gathered, chosen: Texts, names: dict[str, list[str]], as_json: bool
) -> None:
    events = [row.text for row in chosen.rows]
    run = evaluation.judge_by_names(gathered.topics, events, names)
    if as_json:
        print_json(
            {
                "topics": run.topics,
                "fitting": run.ours,
                "fitting_share": round(run.ours / run.topics, DIGITS),
                "baseline": {
                    "fitting": run.plain,
                    "fitting_share": round(run.plain / run.topics, DIGITS),
                },
                "by_chance": round(run.by_chance, 1),
                "events": len(events),
                "names": len(names),
                "messages": gathered.messages,
                "topics_gathered": len(gathered.topics),
                "refused": gathered.refused,
                "seconds": round(run.seconds, DIGITS),
            }
        )
        return
    click.echo(
        f"留言 {gathered.messages} 条，聚成话题 {len(gathered.topics)} 个，活动 {len(events)} 项；"
        f"提到名单中事项、参加评判的话题 {run.topics} 个"
    )
    click.echo(f"  前 {evaluation.FIRST} 项活动中有合适的：")
    for name, count in (("本系统", run.ours), ("普通 TF-IDF", run.plain), ("随机", run.by_chance)):
        click.echo(f"  {name}：{count:.0f} 个（{count / run.topics:.1%}）")


def _rounded(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, DIGITS) for name, value in figures.items()}
