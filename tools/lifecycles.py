"""``python -m tools.lifecycles``: write docs/lifecycles.md from the tables themselves.

A diagram (Mermaid) and a table of steps for every :class:`Lifecycle` in the product; a test
says when the file is out of date.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import responder
from responder.core.lifecycle import Lifecycle, Transition
from responder.core.permissions import ROLE_LABELS, ROLE_PERMISSIONS, Permission

PAGE = Path(__file__).parents[1] / "docs" / "lifecycles.md"

HEAD = """# Lifecycles

Made from the tables by `python -m tools.lifecycles`; `tests/meta/test_lifecycles.py` says when
this page is out of date. A step with * needs a reason. The reviews, the secrecy check and the
signature of an item, and the signature of a change of what is public, may also be taken by the
deputy (代办) of somebody on leave.
"""


def lifecycles() -> list[Lifecycle]:
    """Every table in the product, by name."""
    found: dict[str, Lifecycle] = {}
    for module in pkgutil.walk_packages(responder.__path__, "responder."):
        if module.name.rpartition(".")[2].endswith("lifecycle"):
            values = vars(import_module(module.name)).values()
            found |= {one.name: one for one in values if isinstance(one, Lifecycle)}
    return [found[name] for name in sorted(found)]


def holders(permission: Permission) -> str:
    """The roles that have a right, in the office's words."""
    return "、".join(
        ROLE_LABELS[role] for role, rights in ROLE_PERMISSIONS.items() if permission in rights
    )


def diagram(table: Lifecycle) -> Iterator[str]:
    """One lifecycle as Mermaid: an arrow for each step that leads elsewhere."""
    yield "stateDiagram-v2"
    for code, label in table.states.items():
        yield f'    state "{label}" as {code}'
    yield f"    [*] --> {table.initial}"
    arrows: dict[tuple[str, str], list[str]] = {}
    for step in table.transitions:
        for source in step.sources:
            if step.target is not None:
                arrows.setdefault((str(source), str(step.target)), []).append(_marked(step))
    for (source, target), labels in arrows.items():
        yield f"    {source} --> {target} : {'、'.join(labels)}"


def steps(table: Lifecycle) -> Iterator[str]:
    """One lifecycle as a table: every step, from where, to where, by whom."""
    yield "| step | action | from | to | right | roles |"
    yield "|---|---|---|---|---|---|"
    for step in table.transitions:
        sources = "、".join(table.states[source] for source in step.sources)
        target = "—" if step.target is None else table.states[step.target]
        yield (
            f"| {_marked(step)} | `{step.action}` | {sources} | {target} "
            f"| `{step.permission}` | {holders(step.permission)} |"
        )


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for table in lifecycles():
        drawn, listed = "\n".join(diagram(table)), "\n".join(steps(table))
        parts.append(f"## {table.name}\n\n```mermaid\n{drawn}\n```\n\n{listed}\n")
    return "\n".join(parts)


def _marked(step: Transition) -> str:
    return f"{step.label}*" if step.needs_note else step.label


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
