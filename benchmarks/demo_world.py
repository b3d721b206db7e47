"""How large the demo world is, and how well its storylines come out as topics."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import select

from benchmarks.instance import demo_instance
from nlp import evaluate
from responder.core.database import db
from responder.core.times import local, utc_now
from responder.demo.generate import generate
from responder.intake.models import Message
from responder.topics.models import Membership


def measure() -> dict[str, Any]:
    """Counts of the world, and the agreement of topics with storylines."""
    world = generate(local(utc_now()).date())
    storyline_of = {m.external_id: m.storyline for m in world.messages if m.storyline}
    with demo_instance() as app, app.app_context():
        rows = db.session.execute(
            select(Message.external_id, Membership.topic_id).join(
                Membership, Membership.message_id == Message.id
            )
        )
        topic_of: dict[str | None, int] = dict(rows.tuples().all())
    known: dict[str | None, str] = {
        key: storyline for key, storyline in storyline_of.items() if key in topic_of
    }
    scores = evaluate(topic_of, known)
    return {
        "messages": len(world.messages),
        "by_channel": dict(Counter(message.channel for message in world.messages)),
        "storylines": len(world.storylines),
        "events": len(world.events),
        "items": len(world.items),
        "pair_f1": round(scores.pair_f1, 3),
        "bcubed_f1": round(scores.bcubed_f1, 3),
        "hot_topic_f1": round(scores.hot_topic_f1, 3),
    }
