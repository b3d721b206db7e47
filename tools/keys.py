"""``python -m tools.keys``: write docs/keys.md from the table of the keys."""

from __future__ import annotations

from pathlib import Path

from responder.guide.keys import GROUPS
from responder.guide.rules import KeyGroup

PAGE = Path(__file__).parents[1] / "docs" / "keys.md"
HEAD = """# 快捷键

由 `python -m tools.keys` 从 `responder/guide/keys.py` 写出；页面上按 `?` 看到的、`/keys` 列出的，
都是这张表。单独的字母键在输入文字时不起作用，也可以在偏好里关掉；输入法选字时，键都归输入法用。
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *map(_section, GROUPS)])


def _section(group: KeyGroup) -> str:
    rows = [f"| {' '.join(f'`{way}`' for way in key.keys)} | {key.does} |" for key in group.keys]
    return "\n".join([f"## {group.title}", "", "| 键 | 作用 |", "|---|---|", *rows, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
