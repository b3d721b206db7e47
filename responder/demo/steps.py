"""The demo's plan, events and items, each walked along its lifecycle by the right people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.accounts.proofs import PASSWORD, Proven
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Actor
from responder.core.work_calendar import WorkCalendar, load_calendar
from responder.demo import lookup
from responder.demo.world import DemoEvent, DemoItem, DemoReview, DemoWorld
from responder.planning import service as planning
from responder.planning.models import FORM_LABELS, LinkState, PressEvent, TopicEventLink
from responder.publishing import service as publishing
from responder.responses import service as responses
from responder.responses.commenting import service as commenting
from responder.responses.models import Level
from responder.responses.service import StepFacts
from responder.settings import Settings
from responder.topics.models import Topic

FORMS = {label: form for form, label in FORM_LABELS.items()}

EVENT_STEPS: dict[str, tuple[str, ...]] = {
    "proposed": (),
    "approved": ("approve",),
    "preparing": ("approve", "prepare"),
    "confirmed": ("approve", "prepare", "confirm"),
    "held": ("approve", "prepare", "confirm", "hold"),
    "evaluated": ("approve", "prepare", "confirm", "hold", "evaluate"),
    "postponed": ("approve", "prepare", "postpone"),
    "cancelled": ("approve", "cancel"),
}
EVENT_NOTES = {"postpone": "相关数据尚在核对，推迟发布", "cancel": "议题并入下一场发布会"}
EVALUATION = "媒体如实报道了发布内容，主要关切得到回应；数据口径须在下次发布前再核对一次。"

# Who takes each step of a review, and the verb when it passes.
REVIEWERS = {
    "first_review": ("first", "approve_first"),
    "second_review": ("second", "approve_second"),
    "third_review": ("third", "approve_third"),
    "secrecy_review": ("secrecy", "approve_secrecy"),
    "signing": ("signer", "sign"),
}
WRITING_TIME = timedelta(minutes=40)
NOTHING_SECRET = dict.fromkeys(responses.SECRECY_QUESTIONS, False)

# A remark that still waits for its editor: of which item, on which words, what is said.
REMARK = ("it-night-market", "原摊主优先登记", "请写明登记的地点和截止时间，摊主会问。")


def load_plan(world: DemoWorld) -> None:
    """The year's plan, adopted at its beginning."""
    with transaction(CONSOLE) as session:
        units = _units(session)
        for entry in world.plan:
            plan = planning.get_or_create_plan(session, entry.year)
            planning.add_entry(
                session,
                plan,
                number=entry.number,
                theme=entry.theme,
                form=FORMS[entry.form],
                month=entry.month,
                day=entry.day,
                unit=units[entry.unit_code],
                speaker=entry.speaker,
                basis=entry.basis,
                remark=entry.remark,
            )
        for plan in planning.list_plans(session):
            adopted_on = world.today.replace(year=plan.year, month=1, day=15)
            planning.adopt(session, plan, adopted_on, "市政府第 3 次常务会议")


def load_events(world: DemoWorld, now: datetime) -> None:
    """Each event, proposed and prepared by one press officer, approved by another."""
    press, deputy = lookup.actor("press"), lookup.actor("deputy")
    calendar = load_calendar(db.session)
    for planned in world.events:
        demo = _on_a_working_day(planned, calendar, now)
        with transaction(press, min(now, demo.starts_at - timedelta(days=20))) as session:
            event = _create_event(session, demo, press)
        for action in EVENT_STEPS[demo.state]:
            moment = demo.starts_at + timedelta(hours=2) if action in ("hold", "evaluate") else now
            actor = deputy if action == "approve" else press
            with transaction(actor, min(now, moment)) as session:
                event = planning.get_event(session, event.id)
                note = EVENT_NOTES.get(action, "")
                _prepare(session, event, action, actor, min(now, moment))
                planning.advance_event(session, event, action, actor, min(now, moment), note)


def _prepare(
    session: Session, event: PressEvent, action: str, actor: Actor, moment: datetime
) -> None:
    """What a step asks for: the checklist done before the day is certain, an evaluation after."""
    if action == "confirm":
        for task in planning.tasks_of(session, event):
            if task.days > 0:
                planning.finish_task(session, task, actor, moment)
    elif action == "evaluate":
        event.evaluation = EVALUATION
        for task in planning.tasks_of(session, event):
            planning.finish_task(session, task, actor, moment)


def _on_a_working_day(demo: DemoEvent, calendar: WorkCalendar, now: datetime) -> DemoEvent:
    """The event, moved off a holiday: further back when it is past, further on when not."""
    step = timedelta(days=-1 if demo.starts_at < now else 1)
    moment = demo.starts_at
    while not calendar.is_working(moment.date()):
        moment += step
    return replace(demo, starts_at=moment)


def _create_event(session: Session, demo: DemoEvent, press: Actor) -> PressEvent:
    plan = planning.find_plan(session, demo.starts_at.year)
    entries = {entry.number: entry for entry in plan.entries} if plan else {}
    return planning.create_event(
        session,
        press,
        theme=demo.theme,
        form=FORMS[demo.form],
        starts_at=demo.starts_at,
        unit=_units(session)[demo.unit_code],
        place=demo.place,
        speaker=demo.speaker,
        summary=demo.summary,
        plan_entry=entries.get(demo.plan_number) if demo.plan_number else None,
    )


def link_events(world: DemoWorld, topic_of: Mapping[str, int], now: datetime) -> None:
    """Suggest links; the press officer has confirmed those of the events already settled."""
    press = lookup.actor("press")
    settled = {
        (topic_of[event.storyline], event.theme)
        for event in world.events
        if event.storyline
        and event.storyline in topic_of
        and event.state in ("confirmed", "held", "evaluated")
    }
    proposals = planning.propose_links(db.session, now)
    with transaction(CONSOLE, now) as session:
        planning.store_proposals(session, proposals)
    with transaction(press, now) as session:
        suggested = select(TopicEventLink).where(TopicEventLink.state == LinkState.SUGGESTED)
        for link in session.scalars(suggested).all():
            if (link.topic_id, link.event.theme) in settled:
                planning.decide_link(session, link, True, press, now)


def load_items(world: DemoWorld, topic_of: Mapping[str, int], settings: Settings) -> None:
    """Each item, from its opening to its state."""
    for demo in world.items:
        item_id = _open(demo, topic_of)
        moment = _write(demo, item_id, demo.opened_at + WRITING_TIME)
        for review in demo.reviews:
            moment = _review(demo, item_id, review)
        _finish(demo, item_id, moment, settings)
        if demo.key == REMARK[0]:
            _remark(item_id, moment)


def _open(demo: DemoItem, topic_of: Mapping[str, int]) -> int:
    analyst = lookup.actor("analyst")
    with transaction(analyst, demo.opened_at) as session:
        topic_id = topic_of.get(demo.storyline)
        item = responses.open_item(
            session,
            analyst,
            demo.opened_at,
            title=demo.title,
            concern=demo.concern,
            concern_source=demo.concern_source,
            unit=_units(session)[demo.unit_code],
            level=Level(demo.level),
            found_at=demo.opened_at,
            topic=session.get(Topic, topic_id) if topic_id else None,
        )
        return item.id


def _write(demo: DemoItem, item_id: int, moment: datetime) -> datetime:
    """The editor writes the answer, and hands it in unless it is still a draft."""
    editor = lookup.actor("editor")
    with transaction(editor, moment) as session:
        item = responses.find_item(session, item_id)
        if demo.answer:
            responses.save_draft(session, item, demo.answer, editor, moment, item.version_id)
        if demo.state != "draft":
            responses.advance(session, item, "submit", Attempt(editor, moment))
    return moment


def _review(demo: DemoItem, item_id: int, review: DemoReview) -> datetime:
    username, verb = REVIEWERS[review.step]
    passes = review.decision == "pass"
    reviewer = lookup.actor(username)
    with transaction(reviewer, review.at) as session:
        item = responses.find_item(session, item_id)
        attempt = Attempt(reviewer, review.at, review.comment)
        facts = StepFacts(NOTHING_SECRET, Proven(reviewer.id or 0, PASSWORD))
        responses.advance(session, item, verb if passes else "return", attempt, facts)
    if passes or demo.state == "draft":
        return review.at
    editor = lookup.actor("editor")
    again = review.at + WRITING_TIME
    with transaction(editor, again) as session:
        item = responses.find_item(session, item_id)
        responses.advance(session, item, "submit", Attempt(editor, again))
    return again


def _remark(item_id: int, moment: datetime) -> None:
    """The last reviewer says something of a passage before deciding."""
    third = lookup.actor("third")
    with transaction(third, moment) as session:
        item = responses.find_item(session, item_id)
        commenting.comment(session, item, *REMARK[1:], [Attempt(third, moment)])


def _finish(demo: DemoItem, item_id: int, moment: datetime, settings: Settings) -> None:
    """The press officer schedules, publishes, archives."""
    press = lookup.actor("press")
    attempt = Attempt(press, moment)
    with transaction(press, moment) as session:
        item = responses.find_item(session, item_id)
        if demo.state == "scheduled" and demo.scheduled_for:
            publishing.schedule(session, item, demo.scheduled_for, attempt)
    if demo.published_at:
        with transaction(press, demo.published_at) as session:
            item = responses.find_item(session, item_id)
            published = Attempt(press, demo.published_at)
            publishing.publish(session, item, published, settings)
            if demo.state == "archived":
                responses.advance(session, item, "archive", published)


def _units(session: Session) -> dict[str, Unit]:
    return {unit.code: unit for unit in accounts.units(session)}
