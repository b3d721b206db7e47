"""The way of a report from its draft to its signature, as a table."""

from __future__ import annotations

from responder.core.lifecycle import Attempt, Lifecycle, Transition
from responder.core.office import public_lines
from responder.core.permissions import Permission
from responder.reports.documents.content import sentences
from responder.reports.documents.models import Report, ReportState
from responder.responses import rules as response_rules

_S = ReportState
_P = Permission

STEP = "documents.advance"
OPEN = (_S.DRAFT, _S.RETURNED)


def is_written(report: Report, _attempt: Attempt) -> str | None:
    """What a person has to write is written."""
    missing = [one.label for one in report.said.slots if one.required and not one.text.strip()]
    if missing:
        return f"还没有填写{'、'.join(missing)}：请先点“填写”"
    return None


def holds_no_private_data(report: Report, _attempt: Attempt) -> str | None:
    """What citizens said was masked when it was composed; this is what people wrote since, and
    of a report without anything to write its sentences, which are the office's own.
    """
    said = report.said
    texts = {one.code: one.text for one in said.slots}
    labels = {one.code: one.label for one in said.slots}
    if not said.slots:
        texts, labels = {"text": sentences(said)}, {"text": "正文"}
    found = response_rules.private_data_in(texts, labels, public_lines())
    return response_rules.gate_sentence(found)


def wrote_none_of_it(report: Report, attempt: Attempt) -> str | None:
    """Nobody signs what they wrote."""
    if attempt.people & set(report.writer_ids):
        return "您生成、填写或送签过这份报告，不能签发：请由其他同事签发"
    return None


def _void(sources: tuple[ReportState, ...], permission: Permission) -> Transition:
    return Transition(
        "void",
        "作废",
        sources,
        _S.VOID,
        permission,
        needs_note=True,
        tone="outline-danger",
        endpoint=STEP,
    )


REPORT = Lifecycle(
    name="report",
    states={
        _S.DRAFT: "草稿",
        _S.SUBMITTED: "待签发",
        _S.RETURNED: "已退回",
        _S.SIGNED: "已签发",
        _S.VOID: "已作废",
    },
    initial=_S.DRAFT,
    transitions=(
        # No buttons of their own: pages that show what will change.
        Transition("write", "填写", (_S.DRAFT,), None, _P.REPORT_WRITE),
        Transition("write", "填写", (_S.RETURNED,), _S.DRAFT, _P.REPORT_WRITE),
        Transition("compose", "重新汇总", (_S.DRAFT,), None, _P.REPORT_WRITE),
        Transition("compose", "重新汇总", (_S.RETURNED,), _S.DRAFT, _P.REPORT_WRITE),
        Transition(
            "submit",
            "送签",
            OPEN,
            _S.SUBMITTED,
            _P.REPORT_WRITE,
            guards=(is_written, holds_no_private_data),
            endpoint=STEP,
        ),
        Transition(
            "take_back",
            "撤回送签",
            (_S.SUBMITTED,),
            _S.DRAFT,
            _P.REPORT_WRITE,
            tone="outline-secondary",
            endpoint=STEP,
        ),
        Transition(
            "sign",
            "签发",
            (_S.SUBMITTED,),
            _S.SIGNED,
            _P.RESPONSE_SIGN,
            guards=(is_written, holds_no_private_data, wrote_none_of_it),
            endpoint=STEP,
        ),
        Transition(
            "return",
            "退回",
            (_S.SUBMITTED,),
            _S.RETURNED,
            _P.RESPONSE_SIGN,
            needs_note=True,
            tone="outline-danger",
            endpoint=STEP,
        ),
        _void(OPEN, _P.REPORT_WRITE),
        _void((_S.SUBMITTED, _S.SIGNED), _P.RESPONSE_SIGN),
    ),
)

STATE_TONES = {
    _S.DRAFT: "soon",
    _S.SUBMITTED: "accent",
    _S.RETURNED: "late",
    _S.SIGNED: "fine",
}
