"""Every step of an application: the arrow of the table, and what else it leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.core.clocks import find_rule
from responder.core.errors import GuardRefused, Invalid
from responder.core.lifecycle import Attempt, Transition
from responder.core.texts import clean
from responder.core.times import SHANGHAI, local, start_of_day
from responder.core.work_calendar import hold_calendar
from responder.openness.applications import clocks, outcomes, rules
from responder.openness.applications.lifecycle import APPLICATION
from responder.openness.applications.models import (
    Application,
    ApplicationExtension,
    ClockKind,
    MaterialRequest,
)
from responder.openness.applications.registering import touch
from responder.openness.applications.step_facts import Facts, Step, check_day, told


def take(
    session: Session,
    application: Application,
    action: str,
    attempt: Attempt,
    facts: Facts | None = None,
    zone: ZoneInfo = SHANGHAI,
) -> Transition:
    """Take one step of the table.

    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.advance`.
    :raises Invalid: no such action, or its form does not say what it must.
    """
    facts = facts or Facts()
    today = local(attempt.now, zone).date()
    step = Step(session, application, attempt, facts, zone, facts.on or today)
    hold_calendar(session)
    APPLICATION.allow(application, action, attempt)
    check_day(step, action)
    transition = APPLICATION.advance(session, application, action, attempt, told(step))
    if action in _EFFECTS:
        _EFFECTS[action](step)
    touch(application, attempt)
    session.flush()
    return transition


def _accept(step: Step) -> None:
    clocks.stop(step.application, ClockKind.CORRECTION, step.day, step.zone)


def _ask_correction(step: Step) -> None:
    """Within seven working days, once; the clock of the reply ends, and begins anew later."""
    application, facts = step.application, step.facts
    asking = next(c for c in application.clocks if c.kind is ClockKind.CORRECTION)
    last = clocks.due_day(asking, step.zone)
    if step.day > last:
        raise GuardRefused(
            f"告知补正的期限已于 {last} 届满（{asking.rule.length_label}）：不能再要求补正，"
            "请按现有内容答复"
        )
    matter = clean(facts.matter).strip()
    if not matter:
        raise Invalid("请写明需要补正的事项", {"matter": "必填"})
    if facts.until is None or facts.until <= step.day:
        raise Invalid("请填写合理的补正期限，须晚于告知之日", {"until": "必填"})
    application.correction_asked_on, application.correction_due_on = step.day, facts.until
    application.correction_matter = matter
    for kind in (ClockKind.CORRECTION, ClockKind.REPLY):
        clocks.stop(application, kind, step.day, step.zone)


def _receive_correction(step: Step) -> None:
    """Article 30: the clock of the reply begins with the day of the corrected application."""
    step.application.corrected_on = step.day
    clocks.begin_reply_anew(
        step.session, step.application, step.day, step.zone, "收到补正后的申请之日"
    )


def _consult(step: Step) -> None:
    facts, whom = step.facts, " ".join(clean(step.facts.whom).split())
    if facts.consulted is None:
        raise Invalid("请选择征求谁的意见：第三方，或其他行政机关", {"consulted": "请选择"})
    if not whom:
        raise Invalid("请写明征求意见的对象", {"whom": "必填"})
    if facts.delivered_on is not None:
        _check_delivery(facts.delivered_on, step.day, step.today)
    clocks.suspend(
        step.session, step.application, step.day, facts.consulted, whom,
        step.attempt.actor.name, facts.delivered_on, step.zone,
    )  # fmt: skip


def _deliver(step: Step) -> None:
    """The letter has arrived: their fifteen working days run from then."""
    pause = step.application.reply_clock.open_pause
    opinion = step.application.running(ClockKind.OPINION)
    assert pause is not None
    assert opinion is not None, "the step is guarded"
    _check_delivery(step.day, local(pause.since, step.zone).date(), step.today)
    pause.delivered_on = step.day
    note = clocks.opinion_note(step.day)
    clocks.begin_elsewhen(step.session, opinion, step.day, step.zone, note)


def _check_delivery(day: date, sent_on: date, today: date) -> None:
    if problem := rules.day_problem(day, sent_on, "发出之日", today):
        raise Invalid(f"送达日期有误：{problem}", {"delivered_on": "请核对"})


def _end_consultation(step: Step) -> None:
    clocks.resume(step.session, step.application, step.day, step.zone)


def _extend(step: Step) -> None:
    """Article 33: consent of the head, notice to the applicant, at most so long, in time."""
    facts, clock = step.facts, step.application.reply_clock
    limit = find_rule(step.session, clocks.EXTENSION_RULE).length
    if not facts.length or not 1 <= facts.length <= limit:
        raise Invalid(f"请填写延长几个工作日，1 到 {limit}", {"length": "请填写"})
    approver, reason = " ".join(clean(facts.approver).split()), clean(step.attempt.note).strip()
    if not approver:
        raise Invalid("请填写同意延期的政府信息公开工作机构负责人", {"approver": "必填"})
    if not reason:
        raise Invalid("请写明延期的理由", {"note": "必填"})
    if facts.told_on is None:
        raise Invalid("请填写告知申请人的日期：延期须告知申请人", {"told_on": "必填"})
    if problem := rules.day_problem(facts.told_on, step.day, "同意延期之日", step.today):
        raise Invalid(f"告知日期有误：{problem}", {"told_on": "请核对"})
    last = clocks.due_day_on(step.session, clock, step.day, step.zone)
    if step.day > last:
        raise GuardRefused(f"答复期限已于 {last} 届满，不能再延长：请尽快答复")
    if facts.told_on > last:
        raise Invalid(
            f"告知申请人须在原答复期限（{last}）届满之前：请核对告知日期", {"told_on": "请核对"}
        )
    at = start_of_day(step.day, step.zone)
    extension = ApplicationExtension(
        length=facts.length, reason=reason, asked_at=at, asked_by_id=step.attempt.actor.id,
        asked_by_name=step.attempt.actor.name, granted=True, decided_at=at,
        decided_by_name=approver, decision="", told_on=facts.told_on,
    )  # fmt: skip
    clocks.extend(step.session, step.application, extension, step.zone)


def _ask_material(step: Step) -> None:
    facts, matter = step.facts, clean(step.facts.matter).strip()
    if facts.unit is None:
        raise Invalid("请选择提供材料的单位", {"unit_id": "请选择"})
    if not matter:
        raise Invalid("请写明需要提供什么", {"matter": "必填"})
    if facts.until is not None and facts.until < step.day:
        raise Invalid("提供材料的期限早于转办之日：请改正", {"until": "请核对"})
    step.application.materials.append(
        MaterialRequest(unit=facts.unit, matter=matter, asked_on=step.day, due_on=facts.until)
    )


def _receive_material(step: Step) -> None:
    wanted = {one.id: one for one in step.application.open_material}
    material = wanted.get(step.facts.material_id or 0)
    if material is None:
        raise Invalid("请选择是哪个单位的材料", {"material_id": "请选择"})
    if step.day < material.asked_on:
        raise Invalid(
            f"收到材料的日期早于转办之日（{material.asked_on}）：请核对", {"on": "请核对"}
        )
    material.received_on = step.day
    material.received_note = clean(step.attempt.note).strip()[:500]


def _ask_fee(step: Step) -> None:
    """The clock of the reply ends, and begins anew once the fee is in."""
    last = clocks.due_day(step.application.reply_clock, step.zone)
    if step.day > last:
        raise GuardRefused(f"答复期限已于 {last} 届满，收费通知须在期限内发出：请尽快答复")
    step.application.fee_asked_on = step.day
    clocks.stop(step.application, ClockKind.REPLY, step.day, step.zone)
    clocks.begin(
        step.session, step.application, ClockKind.FEE, step.day, step.zone, "申请人收到收费通知之日"
    )


def _receive_fee(step: Step) -> None:
    step.application.fee_paid_on = step.day
    clocks.stop(step.application, ClockKind.FEE, step.day, step.zone)
    clocks.begin_reply_anew(
        step.session, step.application, step.day, step.zone, "申请人完成缴费之日"
    )


def _reply(step: Step) -> None:
    application, facts = step.application, step.facts
    outcome = outcomes.find(step.session, facts.outcome_id)
    number, text = " ".join(clean(facts.reply_number).split()), clean(facts.reply_text).strip()
    if not number:
        raise Invalid("请填写答复书的文号", {"reply_number": "必填"})
    if not text and not application.files:
        raise Invalid("请填写答复内容，或先在“附件”上传答复书", {"reply_text": "必填"})
    application.outcome, application.reply_number = outcome, number
    application.reply_text = text
    application.late = step.day > clocks.due_day(application.reply_clock, step.zone)
    _close(step)


def _close(step: Step) -> None:
    step.application.closed_on = step.day
    clocks.stop_all(step.session, step.application, step.day, step.zone)


def _check_waited(step: Step, action: str) -> None:
    """Nobody has given up before their time ran out."""
    last = None
    if action == "abandon":
        last = step.application.correction_due_on
    elif action == "leave_unpaid" and (fee := step.application.running(ClockKind.FEE)):
        last = clocks.due_day(fee, step.zone)
    if last is not None and step.day <= last:
        raise Invalid(f"期限到 {last} 为止，须在其后才不再处理：请核对日期", {"on": "请核对"})


def _closing(action: str) -> Callable[[Step], None]:
    """Ends without a reply, in the outcome that the form has for it."""

    def close(step: Step) -> None:
        _check_waited(step, action)
        step.application.outcome = outcomes.closing(step.session, action)
        _close(step)

    return close


def _void(step: Step) -> None:
    clocks.stop_all(step.session, step.application, step.day, step.zone)


def _reopen(step: Step) -> None:
    """The reply was entered by mistake: all as if it never had been; its text stays to go on."""
    application = step.application
    application.outcome, application.closed_on, application.late = None, None, False
    clocks.run_on(application)


_EFFECTS: dict[str, Callable[[Step], None]] = {
    "accept": _accept,
    "ask_correction": _ask_correction,
    "receive_correction": _receive_correction,
    "abandon": _closing("abandon"),
    "leave_unpaid": _closing("leave_unpaid"),
    "withdraw": _closing("withdraw"),
    "reply": _reply,
    "consult": _consult,
    "deliver": _deliver,
    "end_consultation": _end_consultation,
    "extend": _extend,
    "ask_material": _ask_material,
    "receive_material": _receive_material,
    "ask_fee": _ask_fee,
    "receive_fee": _receive_fee,
    "void": _void,
    "reopen": _reopen,
}
