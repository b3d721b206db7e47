"""``responder catalogue`` at the console."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from responder.openness.catalogue import cli
from responder.openness.catalogue.rules import Cadence
from responder.openness.years import local_today
from tests.factories import unit
from tests.openness.catalogue.factories import TODAY, area, column, published, seeded
from tests.openness.catalogue.test_importing import COLUMNS, col
from tests.openness.workbooks import sheets, table_file


@pytest.fixture
def run(app: Flask) -> Any:
    """Run ``catalogue …`` and return the result; domain errors come through."""

    def invoke(*arguments: str) -> Any:
        return app.test_cli_runner(catch_exceptions=False).invoke(cli.catalogue, list(arguments))

    return invoke


def told(result: Any) -> Any:
    return json.loads(result.stdout)


def test_columns_and_items_come_in(session, run, tmp_path) -> None:
    seeded()
    unit()
    path = table_file(tmp_path, COLUMNS, col("A", "要闻"), col("B", "孤", "Z"))
    result = run("import-columns", str(path), "--json")
    assert (result.exit_code, told(result)["created"], told(result)["errors"]) == (1, 1, 1)
    items = table_file(
        tmp_path, ("频道", "标题", "发布日期"), ["要闻", "甲", "2026-03-05"], name="信息.xlsx"
    )
    arguments = ("import", str(items), "--column-heading", "频道", "--json")
    assert told(run(*arguments, "--dry-run"))["created"] == 1
    assert told(run(*arguments))["created"] == 1
    assert told(run(*arguments))["duplicates"] == 1
    assert run("import", str(items), "--column-heading", "频道").exit_code == 0


def test_what_is_stale_is_told(session, run) -> None:
    column(code="A", name="日报", cadence=Cadence.DAILY)
    fresh = column(code="B", name="年报", cadence=Cadence.YEARLY)
    published(fresh, day=TODAY)
    found = told(run("stale", "--json"))
    assert found["counts"]["late"] == 1
    (one,) = found["columns"]
    assert (one["code"], one["urgency"], one["last"]) == ("A", "late", None)
    assert "[已超期] A 日报  从未发布" in run("stale").stdout
    assert "年报" in run("stale", "--all").stdout
    assert found["as_of"] == local_today().isoformat()


def test_counts_of_a_year_and_the_catalogue_as_a_file(session, run, tmp_path) -> None:
    published(column(code="A", name="监管", key_area=area()))
    found = told(run("counts", "--year", "2026", "--json"))
    assert (found["published_items"], found["key_area_items"], found["new_columns"]) == (1, 1, 0)
    assert found["columns"] == [{"code": "A", "name": "监管", "items": 1}]
    assert "      1  A 监管" in run("counts", "--year", "2026").stdout
    assert told(run("sync", "--json")) == {"created": 0, "known": 0, "unmapped": 0, "closed": 0}
    out = tmp_path / "目录.xlsx"
    assert told(run("export", "--year", "2026", "--out", str(out), "--json"))["year"] == 2026
    assert "公开目录" in sheets(out.read_bytes())
