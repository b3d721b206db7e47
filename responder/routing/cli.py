"""``responder routing``: train, evaluate, show."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext

from responder.core.console import DONE_WITH_REFUSALS, json_option, print_json, say
from responder.core.database import db, end_read
from responder.core.errors import Invalid
from responder.core.times import utc_now
from responder.routing import labelled, learning, model_store, service, snapshot
from responder.routing.learning import Outcome, Report
from responder.routing.models import Category
from responder.routing.snapshot import Snapshot
from responder.settings import Settings

DIGITS = 4
_FILE = click.Path(path_type=Path)


@click.group()
def routing() -> None:
    """分派：从确认过的留言学习分类，评估，查看现用模型。"""


@routing.command("train")
@click.option("--train", "path", type=_FILE, help="改从文件学习：category,text 两列。")
@json_option
@with_appcontext
def train(path: Path | None, as_json: bool) -> None:
    """从确认过的留言学习；留出部分不比线索词、也不比现用模型差，才投入使用。

    例：responder routing train --json
    """
    taxonomy = snapshot.current(db.session)
    if path:
        examples = labelled.in_taxonomy(labelled.read_examples(path, _settings()), taxonomy)
    else:
        examples = learning.confirmed_examples(db.session, taxonomy)
    source = path.name if path else "确认过的留言"
    end_read()  # learning takes its time
    outcome = learning.train(examples, taxonomy, _settings().state_dir, utc_now(), source)
    if as_json:
        print_json(_outcome_as_json(outcome))
    say(_sentence(outcome))
    if outcome.refusal:
        sys.exit(DONE_WITH_REFUSALS)


def _sentence(outcome: Outcome) -> str:
    standing = outcome.standing
    before = f"，现用模型 {standing.in_use:.3f}" if standing.in_use is not None else ""
    scores = (
        f"留出部分的宏平均 F1：新模型 {standing.candidate:.3f}，线索词规则 {standing.rules:.3f}"
    )
    learned = f"学习 {outcome.card.learned} 条，留出 {outcome.card.held_out} 条。{scores}{before}。"
    return learned + (f"{outcome.refusal}。" if outcome.refusal else "已投入使用。")


def _outcome_as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "adopted": not outcome.refusal,
        "refusal": outcome.refusal,
        "held_out_macro_f1": asdict(outcome.standing),
        **asdict(outcome.card),
    }


@routing.command("evaluate")
@click.option("--train", "path", required=True, type=_FILE, help="学习用的文件：category,text。")
@click.option("--folds", type=click.IntRange(2, 20), help="交叉验证的折数，默认 5。")
@click.option("--test", "test_path", type=_FILE, help="另用一份文件检验，不做交叉验证。")
@json_option
@with_appcontext
def evaluate(path: Path, folds: int | None, test_path: Path | None, as_json: bool) -> None:
    """按本单位的线索词和学习办法，在标注好的文件上检验；什么也不保存。

    例：responder routing evaluate --train 标注.csv --folds 5 --json
    """
    if folds and test_path:
        raise Invalid("--folds 和 --test 只能用一个：请去掉其中之一")
    examples = labelled.read_examples(path, _settings())
    taxonomy = _taxonomy()
    if test_path:
        report = learning.judge(examples, labelled.read_examples(test_path, _settings()), taxonomy)
    else:
        report = learning.cross_validate(examples, taxonomy, folds or 5)
    if as_json:
        print_json(_report_as_json(report))
    else:
        _print(report)


def _taxonomy() -> Snapshot:
    """The office's taxonomy, or the shipped one where there is no office yet."""
    if sa.inspect(db.engine).has_table(Category.__tablename__):
        found = snapshot.current(db.session)
        if found.entries:
            return found
    return snapshot.as_shipped()


def _report_as_json(report: Report) -> dict[str, Any]:
    found = {key: _rounded(value) for key, value in asdict(report).items()}
    found["per_class"] = {
        name: {key: _rounded(value) for key, value in asdict(one).items()}
        for name, one in report.per_class.items()
    }
    if report.folds:
        del found["learned_rows"]
    else:
        del found["repeats"], found["grouped_macro_f1"]
    return found


def _rounded(value: Any) -> Any:
    return round(value, DIGITS) if isinstance(value, float) else value


def _print(report: Report) -> None:
    click.echo(f"宏平均 F1 {report.macro_f1:.4f}，准确率 {report.accuracy:.4f}（{report.rows} 条）")
    if report.grouped_macro_f1 is not None:
        click.echo(
            f"其中 {report.repeats} 条与另一条基本相同；相同的总在同一折时，"
            f"宏平均 F1 {report.grouped_macro_f1:.4f}"
        )
    for name, one in report.per_class.items():
        click.echo(
            f"  F1 {one.f1:.3f}  精确率 {one.precision:.3f}  召回率 {one.recall:.3f}  "
            f"{one.support:>5} 条  {name}"
        )
    click.echo(f"用时 {report.seconds:.1f} 秒")


@routing.command("show")
@json_option
@with_appcontext
def show(as_json: bool) -> None:
    """查看分类的版本、现用模型的日期和成绩、已确认的条数。

    例：responder routing show
    """
    taxonomy = snapshot.current(db.session)
    model = service.model_in_use()
    confirmed = service.confirmed_count(db.session)
    valid = [entry for entry in taxonomy.entries.values() if entry.valid]
    first_level = sum(not entry.parent for entry in valid)
    if as_json:
        print_json(
            {
                "taxonomy_version": taxonomy.version,
                "first_level": first_level,
                "second_level": len(valid) - first_level,
                "confirmations": confirmed,
                "model": asdict(model.card) if model else None,
            }
        )
        return
    second_level = len(valid) - first_level
    click.echo(f"分类第 {taxonomy.version} 版：一级 {first_level} 个，二级 {second_level} 个")
    click.echo(f"已确认分类的留言 {confirmed} 条")
    click.echo(_card(model.card) if model else "还没有学成的模型：现由线索词建议分类")


def _card(card: model_store.Card) -> str:
    return (
        f"现用模型：{card.trained_at[:10]} 从{card.source}学习 {card.learned} 条、"
        f"{card.categories} 个分类；留出 {card.held_out} 条，宏平均 F1 {card.macro_f1:.3f}"
        f"（线索词规则 {card.rules_macro_f1:.3f}）"
    )


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
