"""Tables of tasks as offices send them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.planning.plans.workbooks import plan_file

HEADINGS = (
    "年度", "级别", "序号", "任务名称", "任务要求", "牵头单位", "配合单位", "对应省任务",
    "完成时限", "时序进度", "依据", "备注",
)  # fmt: skip
CITY = (
    "", "市级任务", 1, "推进老旧小区改造信息公开", "公开计划和进展", "市住房和城乡建设局",
    "市民政局", "1", "2026-12-20", "3月底前制定方案；9月底前完成改造", "要点", "",
)  # fmt: skip
PROVINCE = ("", "省级任务", 1, "推进民生领域信息公开", "", "", "", "", "", "", "省要点", "")


def row(base: Sequence[object] = CITY, **changes: object) -> list[object]:
    """A good row, changed: ``row(完成时限="持续推进")``."""
    return [changes.get(name, value) for name, value in zip(HEADINGS, base, strict=True)]


def tasks_file(folder: Path, *rows: Sequence[object]) -> Path:
    above = ("2026年政务公开重点任务分解表",)
    return plan_file(folder, *rows, headings=HEADINGS, above=above, name="任务.xlsx")
