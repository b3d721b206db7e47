"""``responder report``: figures and documents at the console."""

from __future__ import annotations

import click

from responder.reports.statistics import cli as statistics


@click.group()
def report() -> None:
    """统计与报告：指标、口径、记录，年度总结和各类报表。

    例：responder report figures --year 2026
    """


for command in statistics.commands:
    report.add_command(command)
