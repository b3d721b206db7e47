"""What the city answers: figures of press events, responses, policy documents."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from responder.core.permissions import Permission
from responder.planning.events.lifecycle import TOOK_PLACE
from responder.planning.models import FORM_LABELS, Form, PressEvent
from responder.publishing.models import Entry
from responder.publishing.packages.models import PolicyPackage
from responder.publishing.packages.released import Interpretation, PolicyDocument
from responder.reports.statistics.figure import Figure, Section, rows_of
from responder.reports.statistics.spans import Span
from responder.responses.models import ResponseItem


def _press_events(_span: Span) -> Select[Any]:
    return rows_of(
        PressEvent, title=PressEvent.theme, at=PressEvent.starts_at, unit_id=PressEvent.unit_id,
        channel=PressEvent.form,
    ).where(PressEvent.state.in_(TOOK_PLACE))  # fmt: skip


def _conferences(span: Span) -> Select[Any]:
    return _press_events(span).where(PressEvent.form.in_((Form.CONFERENCE, Form.BRIEFING)))


def _response_items(_span: Span) -> Select[Any]:
    return rows_of(
        ResponseItem, title=ResponseItem.title, at=ResponseItem.found_at,
        unit_id=ResponseItem.unit_id,
    )  # fmt: skip


def _responses(_span: Span) -> Select[Any]:
    return rows_of(
        Entry, title=Entry.title, at=Entry.published_at, unit_id=ResponseItem.unit_id
    ).join(ResponseItem, ResponseItem.id == Entry.item_id)


def _documents(_span: Span) -> Select[Any]:
    return rows_of(
        PolicyDocument, title=PolicyDocument.title, at=PolicyDocument.published_at,
        unit_id=PolicyPackage.unit_id,
    ).join(PolicyPackage, PolicyPackage.id == PolicyDocument.package_id)  # fmt: skip


def _interpretations(_span: Span) -> Select[Any]:
    return rows_of(
        Interpretation, title=Interpretation.title, at=Interpretation.published_at,
        unit_id=PolicyPackage.unit_id, channel=Interpretation.column_name,
    ).join(PolicyPackage, PolicyPackage.id == Interpretation.package_id)  # fmt: skip


_S = Section.RESPONSE

FIGURES: tuple[Figure, ...] = (
    Figure(
        "press_events", _S, "新闻发布活动", "场",
        "已举行的新闻发布会、通气会、吹风会等各种形式的发布活动，按开始时间计。",
        "press_event", _press_events, page=("planning.show_event", "event_id"),
        channels=FORM_LABELS, permission=Permission.PLAN_READ_ALL,
    ),
    Figure(
        "press_conferences", _S, "新闻发布会、通气会", "场",
        "已举行的发布活动中形式为新闻发布会、新闻通气会的。",
        "press_event", _conferences, page=("planning.show_event", "event_id"),
        channels=FORM_LABELS, among="press_events", permission=Permission.PLAN_READ_ALL,
    ),
    Figure(
        "response_items", _S, "回应事项", "件",
        "立项的群众关切，按发现时间计。",
        "response_item", _response_items, page=("responses.show", "item_id"),
        permission=Permission.RESPONSE_READ, private=True,
    ),
    Figure(
        "responses", _S, "回应关切", "条",
        "在“回应关切”栏目公开的条目，按首次公开时间计；此后更正或撤回的仍计。",
        "entry", _responses, page=("publishing.show", "entry_id"),
    ),
    Figure(
        "policy_documents", _S, "公开政策文件", "件",
        "随政策文件包公开的文件，按公开时间计；此后撤回的仍计。",
        "policy_document", _documents, page=("interpretations.document", "document_id"),
    ),
    Figure(
        "interpretations", _S, "政策解读", "篇",
        "公开的政策解读材料，按公开时间计；此后撤回的仍计。",
        "policy_interpretation", _interpretations,
        page=("interpretations.show", "interpretation_id"),
    ),
)  # fmt: skip
