"""What stands beside the demo's items: a judgement, units that are asked, what was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core import privacy
from responder.core.database import transaction
from responder.core.lifecycle import Attempt
from responder.demo import lookup
from responder.planning.briefing.reading import Standpoint
from responder.publishing.after import service as after
from responder.publishing.after.models import Effect
from responder.responses.consulting import service as consulting
from responder.responses.judging import service as judging
from responder.responses.judging.kinds import kinds_in_use
from responder.responses.judging.rules import Colour, Grade
from responder.responses.models import SETTLED, ItemState, Level, ResponseItem
from responder.responses.units import service as units
from responder.settings import Settings

TASK = "请提供有关规定、已经采取的措施和下一步的时间安排，写明依据。"
MATERIAL = "已派人现场核实，问题属实；整改方案正在会签，预计本周内报送。"
CONCLUSION = "情况由主管部门核实，数字以主管部门报送的为准；口径商定前各单位不单独对外发布。"
WORDING = "情况已经核实，正在整改；进展每周公布一次，办结后公布结果。"
FINDINGS = "发布后提问的人减少，仍有人问具体日期；答复里没有写明日期。"
LESSONS = "下次发布前，先请承办单位给出日期。"


def load_beside(now: datetime, settings: Settings) -> None:
    """One open item with all of it, one published item with an evaluation."""
    analyst, editor, liaison = (
        Attempt(lookup.actor(name), now, "涉及面广，连续多日有人反映")
        for name in ("analyst", "editor", "liaison")
    )
    with transaction(analyst.actor, now) as session:
        ordinary = ResponseItem.level == Level.ORDINARY
        items = session.scalars(select(ResponseItem).where(ordinary).order_by(ResponseItem.id))
        listed = items.all()
        _judge_and_ask(session, listed, analyst, liaison)
        _settle(session, listed, editor)
        _evaluate(session, listed, analyst, settings)


def _open(items: Sequence[ResponseItem]) -> list[ResponseItem]:
    return [one for one in items if one.state not in SETTLED][:1]


def _judge_and_ask(
    session: Session, items: Sequence[ResponseItem], analyst: Attempt, liaison: Attempt
) -> None:
    due_at = analyst.now + timedelta(days=1)
    for item in _open(items):
        opinion = judging.Opinion(Grade.NONE, Colour.NONE, kinds_in_use(session)[1:2], True)
        judging.judge(session, item, opinion, analyst)
        own = session.get_one(Unit, liaison.actor.unit_id)
        others = [] if item.unit is own else [item.unit]
        for unit in [*others, own]:
            part = units.assign(session, item, units.Ask(unit, TASK, due_at), analyst)
        session.flush()
        units.send(session, part, MATERIAL, liaison, part.version_id)


def _settle(session: Session, items: Sequence[ResponseItem], editor: Attempt) -> None:
    for item in _open(items):
        held_at = editor.now - timedelta(hours=1)
        meeting = consulting.consult(
            session, item, editor, held_at=held_at, units=item.unit.name, people="",
            conclusion=CONCLUSION,
        )  # fmt: skip
        session.flush()
        consulting.agree(
            session, item, editor, text=WORDING, agreed_by=item.unit.name,
            consultation_id=meeting.id, seen=0,
        )  # fmt: skip


def _evaluate(
    session: Session, items: Sequence[ResponseItem], analyst: Attempt, settings: Settings
) -> None:
    at = Standpoint(analyst.now, settings.zone, privacy.public_lines(settings.public_lines))
    for item in [one for one in items if one.state is ItemState.PUBLISHED and one.topic_id][:1]:
        after.evaluate(
            session, item, analyst, at, effect=Effect.PARTLY, asked_again=True,
            findings=FINDINGS, lessons=LESSONS, seen=0,
        )  # fmt: skip
