"""The registers of the year and the release plan: each as its office would send it in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import select

from responder.accounts.models import Unit
from responder.core.database import db
from responder.core.errors import DomainError
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.intake.registers.columns import Column, UnitNames
from responder.openness.applications import importing as applications
from responder.openness.applications.outcomes import all_outcomes, leaves
from responder.openness.applications.rows import register_columns
from responder.openness.catalogue import column_importing
from responder.openness.catalogue import importing as publications
from responder.openness.evaluations import importing as scores
from responder.openness.evaluations.models import EvaluationRound
from responder.openness.findings import importing as findings
from responder.openness.tasks import importing as tasks
from responder.openness.tasks.task_rows import task_columns
from responder.openness.trainings import importing as trainings
from responder.openness.trainings.occasion_rows import occasion_columns
from responder.planning.plans import importing as plans
from responder.planning.plans.plan_rows import plan_columns
from tools.fuzzing import texts, workbooks
from tools.fuzzing.cells import Grid, grids, words
from tools.fuzzing.readers import NOW

YEAR, TODAY = 2026, NOW.date()


class Register(NamedTuple):
    """Its columns, and what reads a file of it."""

    columns: Sequence[Column]
    read: Callable[[Path], Any]


def registers() -> dict[str, Register]:
    """Those of the office whose application is at work."""
    session, attempt = db.session, Attempt(CONSOLE, NOW)
    units = UnitNames(session.scalars(select(Unit)))
    round_ = EvaluationRound(id=1, year=YEAR, number=1, indicators=[])
    return {
        "plan": Register(
            plan_columns(YEAR, units, None),
            lambda path: plans.rehearse(session, plans.read_file(session, path, YEAR, CONSOLE)),
        ),
        "tasks": Register(
            task_columns(YEAR, units),
            lambda path: tasks.read_file(session, path, YEAR, TODAY),
        ),
        "findings": Register(
            findings.finding_columns(units),
            lambda path: findings.rehearse(session, findings.read_file(session, path, TODAY)),
        ),
        "trainings": Register(
            occasion_columns(units),
            lambda path: trainings.rehearse(session, trainings.read_file(session, path, TODAY)),
        ),
        "publications": Register(
            publications.publication_columns(publications.ColumnNames(())),
            lambda path: publications.read_file(session, path, attempt),
        ),
        "catalogue": Register(
            column_importing.columns_of(session, units),
            lambda path: column_importing.read_file(session, path),
        ),
        "applications": Register(
            register_columns(leaves(all_outcomes(session))),
            lambda path: applications.rehearse(
                session, applications.read_file(session, path, TODAY)
            ),
        ),
        "scores": Register(
            scores.score_columns(round_, units),
            lambda path: scores.read_file(session, path, round_),
        ),
    }


def fuzz_registers(_app: Flask, files: int, number: int) -> dict[str, tuple[int, int]]:
    """So many files of each register; register → (files read, files refused as a whole).

    :raises Exception: whatever a reader raises that is no refusal.
    """
    return {name: _each(one, files, number) for name, one in registers().items()}


def _each(register: Register, files: int, number: int) -> tuple[int, int]:
    read = refused = 0

    @seed(number)
    @settings(
        max_examples=files,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(_files(register.columns))
    def each(file: tuple[str, bytes]) -> None:
        nonlocal read, refused
        with TemporaryDirectory(prefix="responder-fuzz-") as folder:
            path = Path(folder, f"表{file[0]}")
            path.write_bytes(file[1])
            try:
                register.read(path)
                read += 1
            except DomainError:
                refused += 1

    each()
    db.session.rollback()
    return read, refused


def _files(columns: Sequence[Column]) -> st.SearchStrategy[tuple[str, bytes]]:
    grid = _grids(columns)
    return st.one_of(
        texts.csvs(grid).map(lambda content: (".csv", content)),
        texts.json_lines(grid).map(lambda content: (".jsonl", content)),
        workbooks.xlsx(grid).map(lambda content: (".xlsx", content)),
    )


def _grids(columns: Sequence[Column]) -> st.SearchStrategy[Grid]:
    """Tables with the register's own headings, and now and then a word that a cell may say."""
    headings = [column.heading for column in columns]
    needed = [column.heading for column in columns if column.required]
    said = [word for one in columns for word in (one.example, *one.choices) if word]
    cells = st.one_of(st.sampled_from(said), words, workbooks.values)
    return grids(cells, headings, needed)
