"""Sentences that rules and guards tell people, read from the source.

What a function returns that is declared to return ``str | None``, a reason or nothing, is a
sentence for a page; what it writes into it becomes a numbered place.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "responder"
HAN = re.compile(r"[\u4e00-\u9fff]")
# What is told to people by what it is called with: refusals, and what came of an errand.
SAYING = {
    "Delayed",
    "Forbidden",
    "GuardRefused",
    "Invalid",
    "NotFound",
    "NotLetIn",
    "Outcome",
    "SignedOut",
    "Stale",
    "WrongState",
}
# Modules that only commands use: what they say is read on a console, which speaks Chinese.
CONSOLE = re.compile(r"cli$|^evaluation|^labelled$|^verifying$|^rotating$|^serving$|^exporting$")
PATTERN = re.compile(r"[|\\[\]〇]")  # of what is searched for, not said
SHORTEST = 4
NO_PAGES = {"migrations", "demo", "operating"}
# Modules that say whole sentences in other ways: each of their texts counts.
TALKING = (
    "core/disk.py",
    "openness/applications/rules.py",
    "openness/applications/tables.py",
    "openness/assessment/rules.py",
    "openness/catalogue/syncing.py",
    "openness/evaluations/rules.py",
    "publishing/packages/rules.py",
    "responses/drafting/checking.py",
    "responses/drafting/facts.py",
    "warnings/matters.py",
)


def sentences() -> list[str]:
    """Every such sentence once, in the order of the files."""
    found = [
        text
        for path in sorted(PACKAGE.rglob("*.py"))
        if not NO_PAGES & set(path.parts) and not CONSOLE.search(path.stem)
        for text in _of_module(ast.parse(path.read_text("utf-8")))
    ]
    for name in TALKING:
        texts = _all_of(ast.parse((PACKAGE / name).read_text("utf-8")))
        found += [text for text in texts if len(text) >= SHORTEST and not PATTERN.search(text)]
    return list(dict.fromkeys(found))


def _of_module(tree: ast.Module) -> Iterator[str]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and _gives_a_reason(function):
            for node in ast.walk(function):
                if isinstance(node, ast.Return):
                    yield from filter(None, map(_text, _branches(node.value)))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _name(call.func) in SAYING and call.args:
            yield from filter(None, map(_text, _branches(call.args[0])))


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")


def _all_of(tree: ast.Module) -> Iterator[str]:
    inside = {
        id(one) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for one in node.values
    }
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and not {id(node)} & (inside | told):
            yield from filter(None, [_text(node)])


def _gives_a_reason(function: ast.FunctionDef) -> bool:
    return function.returns is not None and ast.unparse(function.returns) == "str | None"


def _branches(value: ast.expr | None) -> list[ast.expr]:
    if isinstance(value, ast.IfExp):
        return [*_branches(value.body), *_branches(value.orelse)]
    return [] if value is None else [value]


def _text(value: ast.expr) -> str:
    """The sentence with numbered places; empty for what is none."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        text = value.value
    elif isinstance(value, ast.JoinedStr):
        text, places = "", 0
        for piece in value.values:
            if isinstance(piece, ast.Constant):
                text += str(piece.value)
            else:
                places += 1
                text += f"%(p{places})s"
    else:
        return ""
    return text if HAN.search(text) else ""
