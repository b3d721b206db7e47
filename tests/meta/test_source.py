"""The rules of the house that a machine can hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask

from responder import create_app

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for package in ("responder", "nlp")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
LONGEST_FUNCTION = 50
LONGEST_MODULE = 400


def test_commit_occurs_in_one_file() -> None:
    found = [p.relative_to(ROOT).as_posix() for p in SOURCES if ".commit(" in p.read_text("utf-8")]
    assert found == ["responder/core/database.py"]


def test_modules_and_functions_are_short() -> None:
    long = []
    for path in SOURCES:
        text = path.read_text("utf-8")
        if text.count("\n") >= LONGEST_MODULE:
            long.append(f"{path.name}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                length = node.end_lineno - node.lineno + 1
                if length >= LONGEST_FUNCTION:
                    long.append(f"{path.name}: {node.name} has {length} lines")
    assert long == []


# What takes up to a second to load (or need not be there), and few commands need: imported where
# it is used.
HEAVY = {"authlib", "dask", "distributed", "jieba", "joserfc", "pypinyin", "requests", "sklearn"}


def _imported(node: ast.Import | ast.ImportFrom) -> str:
    name = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
    return (name or "").partition(".")[0]


def test_imports_stand_at_the_top() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom)) and _imported(node) not in HEAVY
    ]
    # The command builds the application, and the application holds the commands.
    assert [place for place in hidden if not place.startswith("responder/cli.py")] == []


def test_a_command_does_not_wait_for_what_it_does_not_use() -> None:
    program = f"import sys, responder.cli; print(sys.modules.keys() & {HEAVY!r})"
    command = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert command.stdout.strip() == "set()", command.stderr


def test_only_edges_read_the_clock() -> None:
    edges = re.compile(
        r"(views|api|cli|jobs|serving|timing|times|filters|helpers|database|importing|steps|loader|years|errands/exports|entering|second_step)"
    )
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if re.search(r"utc_now\(\)|datetime\.now\(|date\.today\(", path.read_text("utf-8"))
    ]
    assert [path for path in readers if not edges.search(path)] == []


LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def test_no_line_of_a_log_has_the_words_of_an_exception() -> None:
    """They may be what somebody wrote; its kind and place are told by ``exc_info``."""
    told = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in SOURCES
        for handler in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(handler, ast.ExceptHandler) and handler.name
        for call in ast.walk(handler)
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in LEVELS
        if any(_is_said(argument, handler.name) for argument in call.args)
    ]
    assert told == []


def _is_said(argument: ast.expr, name: str) -> bool:
    """Whether an exception becomes text here: itself, or by ``str()`` or in an f-string."""
    if isinstance(argument, ast.JoinedStr):
        return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(argument))
    if isinstance(argument, ast.Call) and getattr(argument.func, "id", "") in {"str", "repr"}:
        return any(_is_said(one, name) for one in argument.args)
    return isinstance(argument, ast.Name) and argument.id == name


def test_templates_have_no_inline_script_or_style() -> None:
    bad = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", re.I)
    found = [
        path.name
        for path in (ROOT / "responder/templates").rglob("*.html")
        if bad.search(path.read_text("utf-8"))
    ]
    assert found == []


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if files.returncode:
        pytest.skip("not a git checkout")
    bad = re.compile(
        r"pythonhoste[d]|py[p]i\.org|npm[j]s|de[b]\.debian|(?<![\w./])/(work|farm|root)/"
    )
    found = []
    for name in files.stdout.split():
        path = ROOT / name
        if path.suffix in {".png", ".mo"} or not path.is_file() or path == Path(__file__):
            continue
        if bad.search(path.read_text("utf-8", errors="replace")):
            found.append(name)
    assert found == []


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    named = [*project["dependencies"], *extras["dev"], *extras["bench"]]
    reasons = (ROOT / "docs/decisions/0002-dependencies.md").read_text("utf-8").lower()
    names = [re.split(r"[\[<>=]", entry)[0] for entry in named]
    assert [name for name in names if f"`{name}`" not in reasons and name != "responder"] == []


def test_no_template_word_is_taken_twice(settings, monkeypatch) -> None:
    """A second filter or global of one name would silently replace the first."""
    taken: list[str] = []

    def note(method, kind):
        def noted(app, function, name=None):
            taken.append(f"{kind} {name or function.__name__}")
            return method(app, function, name)

        return noted

    for kind in ("filter", "global"):
        method = getattr(Flask, f"add_template_{kind}")
        monkeypatch.setattr(Flask, f"add_template_{kind}", note(method, kind))
    create_app(settings)
    assert [name for name, times in Counter(taken).items() if times > 1] == []


def test_each_lock_of_the_database_has_a_number_of_its_own() -> None:
    numbers = Counter(
        node.value.value
        for path in SOURCES
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id.endswith("_LOCK")
    )
    assert len(numbers) > 8
    assert [number for number, times in numbers.items() if times > 1] == []
