"""``responder plan gaps``: what nothing answers, at the console."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext

from responder.core.console import json_option, print_json, say
from responder.core.database import db
from responder.core.privacy import mask
from responder.core.times import chinese_moment
from responder.planning.linking.gaps import Gap, Order, load_gaps, open_gaps
from responder.planning.views import zone
from responder.topics import heat_settings


@click.command("gaps")
@click.option(
    "--order",
    type=click.Choice([one.value for one in Order]),
    default=Order.HEAT.value,
    help="排序：heat 按热度，clock 按应回应时间，最早的在前。",
)
@json_option
@with_appcontext
def gaps(order: str, as_json: bool) -> None:
    """列出既没有发布活动、也没有回应的热点话题。

    应回应时间自话题热度达到“较热”门槛之日起，按时限规则计算；判为无需回应的不列。

    例：responder plan gaps --order clock --json
    """
    here = zone()
    threshold = heat_settings.hot_from(db.session)
    found = load_gaps(db.session, open_gaps(db.session, Order(order), here), here)
    if as_json:
        print_json({"threshold": threshold, "topics": [_as_json(gap) for gap in found]})
        return
    for gap in found:
        hint = f"（建议 {len(gap.suggestions)} 条）" if gap.suggestions else ""
        due = f"应于 {chinese_moment(gap.clock.due_at, here)}前回应"
        label = mask(gap.topic.label)
        click.echo(f"{gap.topic.id:>5}  热度 {gap.topic.heat:>5.1f}  {label}{hint}  {due}")
    say(f"热度 {threshold:.0f} 以上、没有发布活动也没有回应的话题：{len(found)} 个")


def _as_json(gap: Gap) -> dict[str, Any]:
    return {
        "id": gap.topic.id,
        "label": mask(gap.topic.label),
        "heat": gap.topic.heat,
        "messages": gap.topic.message_count,
        "hot_since": gap.hot_since,
        "due_at": gap.clock.due_at,
        "came_back": gap.verdict is not None,
        "suggestions": [
            {
                "event_id": link.event_id,
                "theme": link.event.theme,
                "score": link.score,
                "reasons": link.reasons,
            }
            for link in gap.suggestions
        ],
    }
