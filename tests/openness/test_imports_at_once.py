"""The same file sent several times at the same moment is stored once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import func, select

from responder.accounts.models import Unit
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.openness.applications import importing as applications
from responder.openness.applications import outcomes
from responder.openness.applications.models import Application
from responder.openness.findings import importing as findings
from responder.openness.findings.models import Finding
from responder.openness.tasks import importing as tasks
from responder.openness.tasks.models import Task
from responder.openness.trainings import importing as trainings
from responder.openness.trainings.models import Occasion
from tests.databases import DATABASES
from tests.factories import NOW
from tests.installations import at_once, installation

TODAY, ATTEMPT = date(2026, 11, 20), Attempt(CONSOLE, NOW)
UNIT = "市水利局"


def store_applications(path: Path) -> None:
    applications.store(applications.read_file(db.session, path, TODAY), ATTEMPT)


def store_trainings(path: Path) -> None:
    file = trainings.read_file(db.session, path, TODAY)
    with transaction(CONSOLE, NOW) as session:
        trainings.store(session, file, ATTEMPT)


def store_findings(path: Path) -> None:
    file = findings.read_file(db.session, path, TODAY)
    with transaction(CONSOLE, NOW) as session:
        findings.store(session, file, ATTEMPT)


def store_tasks(path: Path) -> None:
    file = tasks.read_file(db.session, path, 2026, TODAY)
    with transaction(CONSOLE, NOW) as session:
        tasks.store(session, file, ATTEMPT)


CASES: list[tuple[Any, Callable[[Path], None], dict[str, Any]]] = [
    (
        Application, store_applications,
        {
            "收到日期": "2026-03-02", "申请方式": "网络", "申请人类型": "自然人",
            "申请人": "郑小满", "申请内容": "某项目的环评批复",
        },
    ),
    (
        Occasion, store_trainings,
        {
            "类型": "业务培训", "日期": "2026-03-02", "名称": "第一期培训",
            "主办单位": UNIT, "人数": 30,
        },
    ),
    (
        Finding, store_findings,
        {
            "问题来源": "第三方测评", "检查名称": "第二次测评", "检查日期": "2026-03-02",
            "问题描述": "栏目三个月没有更新", "责任单位": UNIT,
        },
    ),
    (
        Task, store_tasks,
        {
            "级别": "市级", "序号": 1, "任务": "公开重大项目信息", "要求": "按季度公开",
            "牵头单位": UNIT, "完成时限": "2026-12-31",
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("model", "store", "row"), CASES, ids=lambda one: getattr(one, "__name__", "")
)
@pytest.mark.parametrize("kind", DATABASES)
def test_a_file_sent_at_the_same_moment_is_stored_once(kind, tmp_path, model, store, row) -> None:
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(row))
        for number in range(20):
            changed = {name: _own(name, cell, number) for name, cell in row.items()}
            sheet.write_row(number + 1, 0, list(changed.values()))
    with installation(kind, tmp_path) as app:
        with app.app_context(), transaction(CONSOLE, NOW) as session:
            outcomes.seed_outcomes(session)
            session.add(Unit(code="SL", name=UNIT))
        assert at_once(app, lambda _number: store(path)) == []
        with app.app_context():
            assert db.session.scalar(select(func.count()).select_from(model)) == 20


def _own(name: str, cell: Any, number: int) -> Any:
    """Of each row its own."""
    if name == "序号":
        return number + 1
    own = name in ("申请内容", "名称", "问题描述", "任务")
    return f"{cell}{number}" if own else cell
