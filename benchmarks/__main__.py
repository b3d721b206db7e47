"""``python -m benchmarks``: run every benchmark, one JSON object a line."""

from __future__ import annotations

import json

from benchmarks import (
    calendar,
    demo_world,
    incremental,
    order,
    pages,
    repeats,
    second_domain,
    stability,
    tone,
    topic_quality,
    topic_settings,
)

BENCHMARKS = {
    "demo_world": demo_world.measure,
    "pages": pages.measure,
    "calendar": calendar.measure,
    "topic_quality": topic_quality.measure,
    "second_domain": second_domain.measure,
    "order": order.measure,
    "stability": stability.measure,
    "incremental": incremental.measure,
    "topic_settings": topic_settings.measure,
    "tone": tone.measure,
    "repeats": repeats.measure,
}


def main() -> None:
    for name, measure in BENCHMARKS.items():
        print(json.dumps({"benchmark": name, **measure()}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
