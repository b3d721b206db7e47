"""``python -m benchmarks [NAME …]``: run every benchmark, or those named; a JSON object a line."""

from __future__ import annotations

import argparse
import json

from benchmarks import (
    answers,
    audit_chain,
    calendar,
    demo_world,
    incremental,
    linking,
    naming,
    order,
    pages,
    presses,
    repeats,
    second_domain,
    stability,
    statistics,
    tone,
    topic_quality,
    topic_settings,
    weight,
)

BENCHMARKS = {
    "demo_world": demo_world.measure,
    "pages": pages.measure,
    "presses": presses.measure,
    "weight": weight.measure,
    "calendar": calendar.measure,
    "topic_quality": topic_quality.measure,
    "second_domain": second_domain.measure,
    "order": order.measure,
    "stability": stability.measure,
    "incremental": incremental.measure,
    "topic_settings": topic_settings.measure,
    "tone": tone.measure,
    "repeats": repeats.measure,
    "linking": linking.measure,
    "naming": naming.measure,
    "answers": answers.measure,
    "statistics": statistics.measure,
    "audit_chain": audit_chain.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="NAME")
    for name in parser.parse_args().names or BENCHMARKS:
        told = {"benchmark": name, **BENCHMARKS[name]()}
        print(json.dumps(told, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
