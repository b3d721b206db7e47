"""What a template may do: show values, repeat, choose. Nothing else runs.

A template is somebody's file. It is Jinja's sandbox that renders it, and before that each
placeholder is read: whatever is not a known name, a loop over a known list or a condition
on one is refused, with the place where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

LOOPS_WITHIN = 3  # topics, questions of each, and one more
PLACE_LENGTH = 40

Names = Mapping[str, Any]
_BLOCK = re.compile(r"\{%[-+]?\s*(?P<end>end)?(?P<kind>for|if)\b")
_LOOP = {"index": "", "first": "", "last": "", "length": ""}
_CONDITIONS = (nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand)


class Refused(Exception):
    """Placeholders that cannot be; ``problems`` are sentences with their places."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


class Sandbox(ImmutableSandboxedEnvironment):
    """Renders templates that use the given names alone.

    :param names: what a placeholder may name: a value of the kind that will stand there. A
        list's first element says what its elements have.
    """

    def __init__(self, names: Names) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.names = names
        # Nothing of these is needed, and some of it takes all the memory there is.
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()

    def from_string(self, source: Any, *arguments: Any, **named: Any) -> Any:
        """As Jinja's, of a part of a Word file.

        :raises Refused: a placeholder of it is none.
        """
        try:
            tree = self.parse(source)
        except TemplateSyntaxError as error:
            where = place(source, _unpaired(source) or error.lineno)
            raise Refused(
                [f"{where}：占位符写得不完整（括号、for 与 endfor、if 与 endif 须成对）"]
            ) from error
        if problems := list(_Reader(source, self.names).read(tree)):
            raise Refused(list(dict.fromkeys(problems)))
        return super().from_string(source, *arguments, **named)

    def call(self, *_arguments: Any, **_named: Any) -> Any:
        raise Refused(["占位符不能调用函数"])


def _unpaired(source: str) -> int:
    """The line of a for or if that nothing closes, or of what closes none; 0 for neither."""
    opened: list[tuple[str, int]] = []
    for tag in _BLOCK.finditer(source):
        line = source.count("\n", 0, tag.start()) + 1
        kind, closes = tag["kind"], bool(tag["end"])
        if not closes:
            opened.append((kind, line))
        elif not opened:
            return line
        elif opened[-1][0] != kind:
            return opened[-1][1]
        else:
            opened.pop()
    return opened[0][1] if opened else 0


def place(source: str, line: int) -> str:
    """The paragraph that a line of a part's source belongs to, in words.

    :param source: with a line for each paragraph, as docxtpl makes it.
    """
    lines = source.split("\n")
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    words = " ".join(unescape(re.sub(r"<[^>]+>", "", text)).split())
    shown = words[:PLACE_LENGTH] + ("……" if len(words) > PLACE_LENGTH else "")
    return f"“{shown}”处" if shown else "模板中"


class _Reader:
    """Reads one part's placeholders against the names that there are."""

    def __init__(self, source: str, names: Names) -> None:
        self._source = source
        self._names = names
        self._kinds: dict[type[nodes.Node], Callable[..., Iterator[str]]] = {
            nodes.Output: self._output,
            nodes.For: self._for,
            nodes.If: self._if,
        }

    def read(self, tree: nodes.Template) -> Iterator[str]:
        yield from self._body(tree.body, dict(self._names), 0)

    def _body(self, body: list[nodes.Node], names: dict[str, Any], depth: int) -> Iterator[str]:
        for node in body:
            kind = self._kinds.get(type(node))
            if kind is None:
                yield f"{self._at(node)}：只能用占位符、for 循环和 if 条件"
            else:
                yield from kind(node, names, depth)

    def _output(self, node: nodes.Output, names: dict[str, Any], _depth: int) -> Iterator[str]:
        for shown in node.nodes:
            if isinstance(shown, nodes.TemplateData):
                continue
            value, problem = self._value(shown, names)
            if problem:
                yield problem
            elif isinstance(value, (list, dict)):
                yield f"{self._at(shown)}：{_spelt(shown)} 是一组内容，须写出其中哪一项"

    def _for(self, node: nodes.For, names: dict[str, Any], depth: int) -> Iterator[str]:
        if depth >= LOOPS_WITHIN:
            yield f"{self._at(node)}：循环最多套 {LOOPS_WITHIN} 层"
            return
        value, problem = self._value(node.iter, names)
        if problem:
            yield problem
            return
        if not isinstance(value, list):
            yield f"{self._at(node)}：{_spelt(node.iter)} 不是列表，不能用 for 循环"
            return
        if not isinstance(node.target, nodes.Name) or node.test or node.recursive:
            yield f"{self._at(node)}：循环只能写作 for 名称 in 列表"
            return
        within = {**names, node.target.name: value[0], "loop": _LOOP}
        yield from self._body(node.body, within, depth + 1)
        yield from self._body(node.else_, names, depth)

    def _if(self, node: nodes.If, names: dict[str, Any], depth: int) -> Iterator[str]:
        yield from self._condition(node.test, names)
        yield from self._body(node.body, names, depth)
        yield from self._body(list(node.elif_), names, depth)
        yield from self._body(node.else_, names, depth)

    def _condition(self, node: nodes.Node, names: dict[str, Any]) -> Iterator[str]:
        if isinstance(node, _CONDITIONS):
            for child in node.iter_child_nodes():
                yield from self._condition(child, names)
        elif not isinstance(node, nodes.Const):
            _, problem = self._value(node, names)
            if problem:
                yield problem

    def _value(self, node: nodes.Node, names: dict[str, Any]) -> tuple[Any, str]:
        """What a name stands for, and otherwise what is wrong with it."""
        if isinstance(node, nodes.Name):
            if node.name in names:
                return names[node.name], ""
            return None, f"{self._at(node)}：没有“{node.name}”这个占位符"
        if isinstance(node, nodes.Getattr):
            whole, problem = self._value(node.node, names)
            if problem:
                return None, problem
            if isinstance(whole, dict) and node.attr in whole:
                return whole[node.attr], ""
            return None, f"{self._at(node)}：{_spelt(node.node)} 没有“{node.attr}”这一项"
        return None, f"{self._at(node)}：占位符里只能写名称，不能有运算、函数或筛选"

    def _at(self, node: nodes.Node) -> str:
        return place(self._source, node.lineno)


def _spelt(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_spelt(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else "此处"
