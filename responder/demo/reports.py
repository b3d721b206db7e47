"""Reports of the demo: one in each state, composed from what its office has recorded."""

from __future__ import annotations

from datetime import datetime, timedelta

from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.office import public_lines
from responder.core.times import local
from responder.core.work_calendar import load_calendar
from responder.demo import lookup
from responder.planning.briefing.reading import Standpoint
from responder.reports.documents import queries, rules, service
from responder.reports.documents.composing.daily import working_day_before
from responder.reports.documents.kinds import find_kind
from responder.reports.documents.rules import Request
from responder.settings import Settings
from responder.topics import service as topics

WRITER, SIGNER = "press", "signer"
ANALYSIS = "办结总体及时。超时工单集中在需要多部门会商的事项，不满意的多因答复只说“已转办”。"
SUMMARY = (
    "群众对本话题反映集中，主要要求说明原因、明确完成时间。研判：属民生类诉求，情绪以焦急为主，"
    "如近日没有明确答复，留言可能继续增加。"
)
OUTLOOK = "随着处置推进，新增留言有望减少；如再次发生同类问题，容易出现反复。"
ADVICE = (
    "一是由责任单位当日公布原因和完成时间；二是在话题集中的小区张贴告示；三是热线统一口径答复。"
)
JUDGEMENT = "本月关切以住房、交通和供水为主，网络渠道上升较快，多数要求给出时间表。"
DAILY_ADVICE = "序号 1：请责任单位当日回应，并通报进展。"


def load_reports(now: datetime, settings: Settings) -> None:
    """Monthly tables, an analysis, reports on the hottest topics, briefs of days before."""
    today = local(now, settings.zone).date()
    at = Standpoint(now, settings.zone, public_lines())
    before = rules.month_before(rules.of_month(f"{today:%Y-%m}", today))
    _make("hotline", before, at, {"analysis": ANALYSIS, "advice": ADVICE}, ("submit", "sign"))
    _make("hotline", rules.of_month(f"{today:%Y-%m}", today), at, {}, ())
    _make("concerns", before, at, {"judgement": JUDGEMENT, "advice": ADVICE}, ("submit",))
    hottest = list(db.session.scalars(topics.topics_by_heat(min_messages=2).limit(3)))
    written = {"summary": SUMMARY, "outlook": OUTLOOK, "advice": ADVICE}
    ways = ((), ("submit", "return"), ("submit", "sign"))
    ids = [topic.id for topic in hottest]
    for topic_id, steps in zip(ids, ways, strict=False):
        _make("special", rules.of_topic(topic_id, today), at, written, steps)
    work, day = load_calendar(db.session), today
    for steps in (("submit", "sign"), ("void",)):
        day = working_day_before(day, work)
        morning = Standpoint(rules.at_brief_hour(day, at.zone), at.zone, at.public)
        _make("daily", Request(day, day), morning, {"advice": DAILY_ADVICE}, steps)


def _make(
    code: str, request: Request, at: Standpoint, texts: dict[str, str], steps: tuple[str, ...]
) -> None:
    writer, signer = lookup.actor(WRITER), lookup.actor(SIGNER)
    with transaction(writer, at.now) as session:
        attempt = Attempt(writer, at.now)
        report_id = service.make(session, find_kind(code), request, at, attempt).id
        if texts:
            service.write(session, queries.find(session, report_id), texts, attempt)
    for place, action in enumerate(steps, 1):
        who = signer if action in ("sign", "return") else writer
        note = {"return": "请把涉及的楼栋数核对清楚后再报。", "void": "重复生成。"}.get(action, "")
        attempt = Attempt(who, at.now + timedelta(seconds=place), note)
        with transaction(who, attempt.now) as session:
            service.advance(session, queries.find(session, report_id), action, attempt)
