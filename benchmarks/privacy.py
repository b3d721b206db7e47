"""``python -m benchmarks.privacy``: how well personal data is found, and how quickly.

Cases: ``tests/core/privacy_cases.txt``, written by hand, right ones and tempting wrong ones.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from responder.core.privacy import find

CASES = Path(__file__).parents[1] / "tests" / "core" / "privacy_cases.txt"
MARKED = re.compile(r"⟦(?P<kind>[a-z_]+):(?P<text>[^⟧]*)⟧")
Span = tuple[str, int, int]
ROUNDS = 200

# Of some 300 characters each, as people write: nothing in it; dates and figures; a telephone.
TYPICAL = {
    "plain": "滨江路的工地夜里十一点以后还在施工，打桩的声音很大，老人孩子都睡不好，"
    "已经向物业反映过多次，一直没有人来处理，希望有关部门尽快到现场看一看。",
    "figures": "2026年3月5日起，12路公交车改线后每天只有8班，早上7:30那班常常晚点20分钟，"
    "票价由1元调到2元，沿线3个小区约1200户居民出行不便，请核实后恢复原线路。",
    "personal": "我是翠湖名苑的业主，小区3栋2单元的电梯上周停了4天，物业电话没有人接，"
    "请帮忙催一下，我的手机13812345678，白天都可以联系，谢谢你们的帮助。",
}


@dataclass(frozen=True)
class Case:
    """A text, and what is to be found in it: kind, first character, past the last."""

    text: str
    wanted: frozenset[Span]


def cases() -> Iterator[Case]:
    """The cases of the file, in its order."""
    for line in CASES.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield _case(line)


def _case(line: str) -> Case:
    text, wanted, place = "", set(), 0
    for mark in MARKED.finditer(line):
        text += line[place : mark.start()]
        wanted.add((mark["kind"], len(text), len(text) + len(mark["text"])))
        text += mark["text"]
        place = mark.end()
    return Case(text + line[place:], frozenset(wanted))


def found_in(text: str) -> set[Span]:
    """What the product finds in a text."""
    return {(one.kind, one.start, one.end) for one in find(text)}


def mistakes() -> list[tuple[Case, set[Span], set[Span]]]:
    """Each case with what was missed in it and what was found without being there."""
    compared = [(case, found_in(case.text)) for case in cases()]
    return [
        (case, set(case.wanted - found), found - case.wanted)
        for case, found in compared
        if found != case.wanted
    ]


def scores() -> dict[str, dict[str, float]]:
    """Kind → precision, recall, and how many were to be found; ``all`` is every kind."""
    right: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for case in cases():
        here = found_in(case.text)
        for counter, spans in (
            (right, here & case.wanted),
            (wanted, case.wanted),
            (found, here),
        ):
            for kind, _, _ in spans:
                counter.update((kind, "all"))
    return {
        kind: {
            "precision": round(right[kind] / found[kind], 4) if found[kind] else 1.0,
            "recall": round(right[kind] / count, 4),
            "cases": count,
        }
        for kind, count in sorted(wanted.items())
    }


def microseconds() -> dict[str, float]:
    """What a text of 300 characters costs, by what is in it: the median of many."""
    return {name: _cost((sentence * 5)[:300]) for name, sentence in TYPICAL.items()}


def _cost(text: str) -> float:
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        find(text)
        spent.append(time.perf_counter() - began)
    return round(median(spent) * 1e6, 1)


def measure() -> dict[str, Any]:
    """The finder on its case file, and its cost."""
    return {
        "texts": sum(1 for _ in cases()),
        "texts_without": sum(not case.wanted for case in cases()),
        "kinds": scores(),
        "microseconds_a_300_character_text": microseconds(),
    }


def main() -> None:
    measured = measure()
    print(f"{measured['texts']} texts, {measured['texts_without']} of them without personal data")
    for kind, score in measured["kinds"].items():
        print(
            f"{kind:10}  precision {score['precision']:.3f}  recall {score['recall']:.3f}"
            f"  of {score['cases']:.0f}"
        )
    for case, missed, wrong in mistakes():
        named = [f"missed {kind}" for kind, _, _ in missed]
        named += [f"wrong {kind} {case.text[start:end]}" for kind, start, end in wrong]
        print(f"  {case.text}: {', '.join(named)}")
    print("microseconds a text of 300 characters:", measured["microseconds_a_300_character_text"])
    print(json.dumps({"benchmark": "privacy", **measured}, ensure_ascii=False))


if __name__ == "__main__":
    main()
